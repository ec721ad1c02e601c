#include "scenario/archive/archive_names.hpp"

#include "base/text.hpp"
#include "scenario/archive/name_folding.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kPrintableBytes = 200;

Failure unsafe(std::string message) {
    return fail(Code::kInvalid, "UNSAFE_ARCHIVE", "Unsafe archive: " + std::move(message));
}

bool is_junk(const std::vector<std::string_view>& parts) {
    return std::ranges::find(parts, "__MACOSX") != parts.end() ||
           equals_ignoring_case(parts.back(), ".DS_Store") ||
           equals_ignoring_case(parts.back(), "Thumbs.db");
}

bool has_drive(std::string_view name) {
    return name.size() >= 2 && name[1] == ':' &&
           ((name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= 'a' && name[0] <= 'z'));
}

Result<void> check_parts(
    const std::vector<std::string_view>& parts, std::string_view name, const ArchiveLimits& limits
) {
    if (parts.size() > limits.max_depth) {
        return unsafe(
            "entry '" + printable(name) + "' is " + std::to_string(parts.size()) +
            " folders deep (max: " + std::to_string(limits.max_depth) + ")"
        );
    }
    for (const std::string_view part : parts) {
        if (part == "..") {
            return unsafe("entry '" + printable(name) + "' leaves the archive by '..'");
        }
        if (part.size() > limits.max_name_bytes) {
            return unsafe(
                "the name '" + printable(part) + "' has " + std::to_string(part.size()) +
                " bytes (max: " + std::to_string(limits.max_name_bytes) + ")"
            );
        }
    }
    return {};
}

/// U+0080 to U+009F: what some terminals take for commands.
bool has_c1_controls(std::string_view utf8) {
    for (std::size_t at = utf8.find('\xC2'); at != std::string_view::npos && at + 1 < utf8.size();
         at = utf8.find('\xC2', at + 1)) {
        if (static_cast<unsigned char>(utf8[at + 1]) < 0xA0) {
            return true;
        }
    }
    return false;
}

Result<std::string> decode(std::string_view raw, bool is_utf8, const ArchiveLimits& limits) {
    if (raw.empty()) {
        return unsafe("an entry has no name");
    }
    if (raw.size() > limits.max_path_bytes) {
        return unsafe(
            "the path '" + printable(raw) + "' has " + std::to_string(raw.size()) +
            " bytes (max: " + std::to_string(limits.max_path_bytes) + ")"
        );
    }
    if (has_control_characters(raw)) {
        return unsafe("the name '" + printable(raw) + "' holds control characters");
    }
    if (is_valid_utf8(raw)) {
        if (has_c1_controls(raw)) {
            return unsafe("the name '" + printable(raw) + "' holds control characters");
        }
        return std::string(raw);
    }
    if (is_utf8) {
        return unsafe("the name '" + printable(raw) + "' is not valid UTF-8");
    }
    return from_code_page_437(raw);
}

/// Sorted so that everything below a name directly follows it.
struct FoldedEntry {
    std::string folded;
    std::string_view name;
    bool folder = false;
};

bool sorts_before(const FoldedEntry& a, const FoldedEntry& b) {
    const auto key = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
    const auto order = std::ranges::lexicographical_compare(a.folded, b.folded, {}, key, key);
    return order || (a.folded == b.folded && !a.folder && b.folder);
}

bool is_below(std::string_view name, std::string_view folder) {
    return name.size() > folder.size() && name.starts_with(folder) && name[folder.size()] == '/';
}

}  // namespace

std::string printable(std::string_view name) {
    std::string text = to_valid_utf8(name.substr(0, kPrintableBytes));
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            c = '?';
        }
    }
    return name.size() > kPrintableBytes ? text + "…" : text;
}

Result<CleanName> clean_name(std::string_view raw, bool is_utf8, const ArchiveLimits& limits) {
    SB_TRY(std::string name, decode(raw, is_utf8, limits));
    std::ranges::replace(name, '\\', '/');
    if (name.front() == '/' || has_drive(name)) {
        return unsafe("entry '" + printable(name) + "' has an absolute name");
    }
    CleanName clean;
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(name, '/')) {
        if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
    }
    clean.folder = name.back() == '/' || parts.empty() || name.ends_with("/.");
    if (parts.empty()) {  // `./`: the root itself
        clean.junk = true;
        return clean;
    }
    SB_OK(check_parts(parts, name, limits));
    clean.junk = is_junk(parts);
    for (const std::string_view part : parts) {
        clean.name.append(clean.name.empty() ? "" : "/").append(part);
    }
    return clean;
}

Result<void> check_collisions(const std::vector<NamedEntry>& entries) {
    std::vector<FoldedEntry> sorted;
    sorted.reserve(entries.size());
    for (const NamedEntry& entry : entries) {
        sorted.push_back(
            {.folded = fold_name(entry.name), .name = entry.name, .folder = entry.folder}
        );
    }
    std::ranges::sort(sorted, sorts_before);
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const FoldedEntry& before = sorted[i - 1];
        const FoldedEntry& entry = sorted[i];
        if (before.folder) {
            continue;
        }
        if (is_below(entry.folded, before.folded) ||
            (entry.folder && entry.folded == before.folded)) {
            return unsafe("'" + printable(before.name) + "' is both a file and a folder");
        }
        if (entry.folded != before.folded) {
            continue;
        }
        if (entry.name == before.name) {
            return unsafe("'" + printable(entry.name) + "' is there twice");
        }
        return unsafe(
            "'" + printable(before.name) + "' and '" + printable(entry.name) +
            "' are one file on systems that ignore case or Unicode form"
        );
    }
    return {};
}

}  // namespace signalbox::scenario
