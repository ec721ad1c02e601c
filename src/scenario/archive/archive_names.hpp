// Which names an archive may use, and which of them collide.
//
// Threads: any.  Suspends: never.  Errors: kInvalid `UNSAFE_ARCHIVE`.
#pragma once

#include "base/error.hpp"
#include "scenario/archive/archive.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

struct CleanName {
    std::string name;     ///< relative, `/`, no `.`, no empty parts
    bool folder = false;  ///< it ended in a separator
    bool junk = false;    ///< `__MACOSX/`, `.DS_Store`, `Thumbs.db`
};

/// `is_utf8`: the archive says so; otherwise bytes that are not UTF-8 are code page 437.
[[nodiscard]] Result<CleanName> clean_name(
    std::string_view raw, bool is_utf8, const ArchiveLimits& limits
);

struct NamedEntry {
    std::string_view name;
    bool folder = false;
};

/// Duplicates among files (exact, by case, by Unicode form), and one name as file and folder.
[[nodiscard]] Result<void> check_collisions(const std::vector<NamedEntry>& entries);

/// A name fit for a sentence: valid UTF-8, control characters as `?`, not longer than a line.
[[nodiscard]] std::string printable(std::string_view name);

}  // namespace signalbox::scenario
