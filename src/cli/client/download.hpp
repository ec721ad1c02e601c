// Fetches one result file into a directory, whole and checked, or not at all.
//
// The bytes go to `<name>.part` and get their name when size and SHA-256 are right. What a
// broken-off download left is continued (`Range`); if the whole then is not right it is fetched
// anew, once. A file that is there already and right is not fetched again; one that is another is
// somebody's own, and replaced only on demand. Names of the server are never trusted: nothing is
// written outside the directory, no link is followed.
//
// Threads: the event loop (writes block).  Suspends: download_file, download_stream.
// Errors: kInvalid `UNSAFE_NAME`, `CHECKSUM_MISMATCH`; kConflict `FILE_EXISTS`; kNoSpace and other
// system errors; ApiClient's.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "cli/client/api_client.hpp"
#include "contract/job_answers.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace signalbox::cli {

using TransferProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct Downloaded {
    std::filesystem::path path;  ///< as the caller named the directory
    std::uint64_t bytes = 0;
    bool was_there = false;        ///< nothing had to be fetched
    std::uint64_t resumed_at = 0;  ///< bytes that an earlier try had left
};

/// Where `name` goes below `directory` (which exists); the folders between are made. kInvalid for a
/// name that leads outside, also by way of a link.
[[nodiscard]] Result<std::filesystem::path> place_below(
    const std::filesystem::path& directory, std::string_view name
);

struct DownloadOptions {
    std::filesystem::path directory;  ///< exists
    bool overwrite = false;           ///< also a file that is another
    TransferProgress on_progress;
};

/// The client must outlive the call.
Task<Result<Downloaded>> download_file(
    ApiClient& client, contract::ResultFileView file, DownloadOptions options
);

/// An answer of unknown size, as `target` of the server, into `destination`; not resumed.
Task<Result<Downloaded>> download_stream(
    ApiClient& client,
    std::string target,
    std::filesystem::path destination,
    TransferProgress on_progress
);

}  // namespace signalbox::cli
