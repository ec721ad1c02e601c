// An upload being taken in: written to the local disk while it is counted and hashed.
//
// The file is removed with the SpoolFile unless somebody (ScenarioFiles::adopt) took it over.
//
// Threads: event loop; the disk on the pool.  Suspends: create, append.
// Errors: kTooLarge `File too large: 123.45MB (max: 100MB)`, kNoSpace, kInternal.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "model/job.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace signalbox::files {

class SpoolFile {
public:
    /// In the existing `directory`. The pool must outlive the file.
    static Task<Result<std::unique_ptr<SpoolFile>>> create(
        async::BlockingPool& pool, std::filesystem::path directory, std::uint64_t max_bytes
    );

    ~SpoolFile();
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;

    Task<Result<void>> append(std::string bytes);

    /// Size and hash of what was appended; nothing may be appended afterwards.
    [[nodiscard]] model::ScenarioRef finish();

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] std::uint64_t size_bytes() const;

private:
    struct State;
    SpoolFile(async::BlockingPool& pool, std::shared_ptr<State> state);

    async::BlockingPool& pool_;
    std::shared_ptr<State> state_;  ///< shared with a write that nobody waits for any more
};

/// The sentence of the contract for an upload that is too large.
[[nodiscard]] Error upload_too_large(std::uint64_t bytes, std::uint64_t max_bytes);

}  // namespace signalbox::files
