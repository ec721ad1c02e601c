// Scenario archives by the hash of their content; the same archive is kept once.
//
// An upload is spooled beside the store (SpoolFile), checked there, and then adopted.
//
// Threads: event loop.  Suspends: everything.
// Errors: kNoSpace for a full disk, kNotFound for an archive that is not there.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "base/fs.hpp"
#include "model/job.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::files {

/// An open file and its size; the descriptor reads by offset.
struct OpenFile {
    UniqueFd fd;
    std::uint64_t size_bytes = 0;
};

class ScenarioFiles {
public:
    virtual ~ScenarioFiles() = default;

    /// Takes the spooled file over (it is gone afterwards); durable when it returns.
    virtual Task<Result<void>> adopt(std::filesystem::path spooled, model::ScenarioRef ref) = 0;

    virtual Task<Result<OpenFile>> open(std::string sha256) = 0;

    /// Hashes of archives older than `before`, at most `limit`; for the collection of garbage.
    virtual Task<Result<std::vector<std::string>>> list_older_than(
        Instant before, std::size_t limit
    ) = 0;

    virtual Task<Result<void>> remove(std::string sha256) = 0;
};

}  // namespace signalbox::files
