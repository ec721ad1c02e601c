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

    /// Makes a stored archive young again; before a submission that names it commits. kNotFound.
    virtual Task<Result<void>> touch(std::string sha256) = 0;

    /// Hashes behind `after` of archives not adopted or touched since `before`, ascending, at most
    /// `limit`; for the collection of garbage.
    virtual Task<Result<std::vector<std::string>>> list_older_than(
        Instant before, std::string after, std::size_t limit
    ) = 0;

    /// Removes it unless it was adopted or touched since `before`; it need not be there.
    virtual Task<Result<void>> remove(std::string sha256, Instant before) = 0;
};

}  // namespace signalbox::files
