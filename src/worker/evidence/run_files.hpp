// Which files of a run's directory were its input, and which are its results.
//
// The input is remembered as it was unpacked. Results are the regular files that were not there,
// or are not the same file any more; links, pipes and devices are no results, and neither is a file
// with a name that cannot be said in JSON. What is left out is said in a sentence each.
//
// Threads: any (blocking).  Suspends: never.
// Errors: kInternal when the directory cannot be read; one unreadable file is only left out.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace signalbox::worker {

struct FileStamp {
    ino_t inode = 0;
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;  ///< ctime: no program can set it

    bool operator==(const FileStamp&) const = default;
};

using InputManifest = std::map<std::string, FileStamp, std::less<>>;

/// All files there are now.
[[nodiscard]] Result<InputManifest> record_inputs(const std::filesystem::path& run_directory);

struct RunResults {
    std::vector<model::ResultFile> files;  ///< by path, hashed
    std::vector<std::string> remarks;      ///< what is not among them and why
};

struct ResultLimits {
    std::size_t max_files = 10'000;
    std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();  ///< of all together
};

/// Nothing may write there any more.
[[nodiscard]] Result<RunResults> collect_results(
    const std::filesystem::path& run_directory,
    const InputManifest& inputs,
    ResultLimits limits = {}
);

}  // namespace signalbox::worker
