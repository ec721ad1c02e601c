// The unpacking half of archive.hpp: from checked entries to files, never through a link.
#include "base/text.hpp"
#include "scenario/archive/archive.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace signalbox::scenario {

namespace {

constexpr unsigned kFileMode = 0444;
constexpr unsigned kFolderMode = 0755;

/// The directory below `destination` that is worked in, opened part by part: no part may be a link,
/// so nothing can lead out whatever else happens in the file system.
class Folder {
public:
    explicit Folder(const std::filesystem::path& destination) : destination_(destination) {}

    /// Makes what is missing and stays open until another folder is asked for.
    Result<int> enter(std::string_view name) {
        if (folder_.valid() && name == name_) {
            return folder_.get();
        }
        SB_TRY(UniqueFd at, open_file(destination_, O_RDONLY | O_DIRECTORY));
        if (!name.empty()) {
            for (const std::string_view part : split(name, '/')) {
                SB_TRY(at, enter_part(at, std::string(part)));
            }
        }
        folder_ = std::move(at);
        name_ = name;
        return folder_.get();
    }

private:
    Result<UniqueFd> enter_part(const UniqueFd& at, const std::string& part) const {
        const bool made = ::mkdirat(at.get(), part.c_str(), kFolderMode) == 0;
        if (!made && errno != EEXIST) {
            return fail(system_error(errno, "making " + (destination_ / part).string()));
        }
        UniqueFd next(
            ::openat(at.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        );
        if (!next.valid()) {
            return fail(system_error(errno, "opening " + (destination_ / part).string()));
        }
        if (made && ::fchmod(next.get(), kFolderMode) != 0) {
            return fail(system_error(errno, "making " + (destination_ / part).string()));
        }
        return next;
    }

    const std::filesystem::path& destination_;
    UniqueFd folder_;
    std::string name_;
};

Result<void> write_entry(const Archive& archive, const std::string& name, Folder& folder) {
    const std::size_t slash = name.rfind('/');
    const bool in_root = slash == std::string::npos;
    const std::string base = in_root ? name : name.substr(slash + 1);
    SB_TRY(const int at, folder.enter(in_root ? "" : std::string_view(name).substr(0, slash)));
    const UniqueFd file(
        ::openat(at, base.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode)
    );
    if (!file.valid()) {
        return fail(system_error(errno, "unpacking '" + name + "'"));
    }
    SB_TRY(const auto source, archive.open_entry(name));
    Result<void> written;
    SB_OK(read_all(*source, [&](std::string_view piece) {
        written = write_all(file.get(), piece, "unpacking '" + name + "'");
        return written.has_value();
    }));
    SB_OK(std::move(written));
    if (::fchmod(file.get(), kFileMode) != 0) {
        return fail(system_error(errno, "unpacking '" + name + "'"));
    }
    return {};
}

}  // namespace

Result<ArchiveListing> unpack_archive(
    const std::filesystem::path& zip,
    const std::filesystem::path& destination,
    const ArchiveLimits& limits
) {
    SB_TRY(const Archive archive, Archive::open(zip, limits));
    Folder folder(destination);
    for (const std::string& name : archive.listing().folders) {
        SB_OK(folder.enter(name));
    }
    for (const ArchiveEntry& entry : archive.listing().files) {
        SB_OK(write_entry(archive, entry.name, folder));
    }
    return archive.listing();
}

}  // namespace signalbox::scenario
