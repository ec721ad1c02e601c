#include "scenario/checks/file_set.hpp"

#include "base/text.hpp"
#include "scenario/options/configuration.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace signalbox::scenario {

namespace {

namespace fs = std::filesystem;

// nearest_word compares with every name; beyond this many the hint is not worth the time.
constexpr std::size_t kMaxCandidates = 2000;

std::string_view base_name(std::string_view name) {
    return name.substr(name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1);
}

/// The same base name elsewhere comes before a name spelt alike.
std::string nearest_of(std::string_view name, const std::vector<std::string>& candidates) {
    const std::string_view base = base_name(name);
    for (const std::string& candidate : candidates) {
        if (equals_ignoring_case(base_name(candidate), base)) {
            return candidate;
        }
    }
    return nearest_word(name, candidates).value_or(std::string());
}

}  // namespace

ArchiveFiles::ArchiveFiles(const Archive& archive) : archive_(archive) {}

bool ArchiveFiles::has_file(std::string_view name) const {
    return archive_.listing().find(name) != nullptr;
}

bool ArchiveFiles::has_folder(std::string_view name) const {
    const ArchiveListing& listing = archive_.listing();
    const std::string inside = std::string(name) + "/";
    const auto folder = std::ranges::lower_bound(listing.folders, inside);
    const auto file = std::ranges::lower_bound(listing.files, inside, {}, &ArchiveEntry::name);
    return name.empty() || std::ranges::binary_search(listing.folders, name) ||
           (folder != listing.folders.end() && folder->starts_with(inside)) ||
           (file != listing.files.end() && file->name.starts_with(inside));
}

Result<std::unique_ptr<ByteSource>> ArchiveFiles::open(std::string_view name) const {
    return archive_.open_entry(name);
}

std::string ArchiveFiles::nearest(std::string_view name) const {
    std::vector<std::string> names;
    for (const ArchiveEntry& file : archive_.listing().files) {
        if (names.size() == kMaxCandidates) {
            break;
        }
        names.push_back(file.name);
    }
    return nearest_of(name, names);
}

bool DirectoryFiles::has_file(std::string_view name) const {
    std::error_code ignored;
    return !name.empty() && fs::is_regular_file(root_ / name, ignored);
}

bool DirectoryFiles::has_folder(std::string_view name) const {
    std::error_code ignored;
    return fs::is_directory(root_ / name, ignored);
}

Result<std::unique_ptr<ByteSource>> DirectoryFiles::open(std::string_view name) const {
    // Links of a user's own directory may be followed; the unpacker makes none.
    std::error_code failed;
    const fs::path path = fs::canonical(root_ / name, failed);
    if (failed) {
        return fail(system_error(failed.value(), "opening " + (root_ / name).string()));
    }
    return open_file_source(path);
}

std::string DirectoryFiles::nearest(std::string_view name) const {
    const std::string folder(directory_of(name));
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator at(root_ / folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        if (names.size() == kMaxCandidates) {
            break;
        }
        std::error_code ignored;
        if (at->is_regular_file(ignored)) {
            const std::string base = at->path().filename().string();
            names.push_back(folder.empty() ? base : folder + "/" + base);
        }
    }
    std::ranges::sort(names);
    return nearest_of(name, names);
}

}  // namespace signalbox::scenario
