// Goes through the files below a directory that somebody else may have filled: no link is followed,
// no other file system entered by a trick, depth and number are bounded.
//
// Threads: any (blocking).  Suspends: never.
// Errors: kNotFound for a missing root; open_beneath also kInvalid for what is no regular file.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace signalbox::worker {

struct FoundFile {
    std::string path;   ///< relative to the root, `/`
    struct stat facts;  ///< of the entry itself, not of what a link points to
};

struct WalkLimits {
    std::size_t max_entries = 1'000'000;
    std::size_t max_depth = 64;
};

struct WalkReport {
    bool cut = false;  ///< a limit was hit, or a directory could not be read
};

/// Calls `visit` for everything that is no directory, in no particular order; it says false to
/// stop.
[[nodiscard]] Result<WalkReport> walk_files(
    const std::filesystem::path& root,
    const std::function<bool(const FoundFile&)>& visit,
    WalkLimits limits = {}
);

/// A regular file below `root`, for reading; links anywhere on the way are refused.
[[nodiscard]] Result<UniqueFd> open_beneath(
    const std::filesystem::path& root, const std::string& path
);

/// A new file below `root`, whose directory exists; a file that is there is replaced.
[[nodiscard]] Result<UniqueFd> create_beneath(
    const std::filesystem::path& root, const std::string& path
);

/// Nothing when it is not there.
void remove_beneath(const std::filesystem::path& root, const std::string& path);

}  // namespace signalbox::worker
