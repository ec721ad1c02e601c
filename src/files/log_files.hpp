// Logs: one append-only file per attempt, addressed by byte offset for ever.
//
// Offsets never change: when a log outgrows its limit, the middle is dropped and reading there
// continues behind the gap, which the reader is told. A repeat of stored bytes is fine, a hole is
// refused with the offset that is expected.
//
// Threads: event loop.  Suspends: everything.
// Errors: kConflict for a gap (context `expected`), kNoSpace, kNotFound.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "files/result_files.hpp"

#include <string>

namespace signalbox::files {

/// May change from one start to the next.
struct LogLimits {
    std::uint64_t max_bytes = std::uint64_t{64} << 20U;
    std::uint64_t head_bytes = std::uint64_t{8} << 20U;  ///< always kept, from the start
};

struct LogChunk {
    std::string bytes;
    std::uint64_t offset = 0;         ///< of the first byte; behind the asked one after a gap
    std::uint64_t dropped_bytes = 0;  ///< between the asked offset and `offset`
    std::uint64_t size = 0;           ///< of the log so far
};

class LogFiles {
public:
    virtual ~LogFiles() = default;

    /// Returns the offset that comes next.
    virtual Task<Result<std::uint64_t>> append(
        ResultPlace place, std::uint64_t offset, std::string bytes
    ) = 0;

    /// At most `max_bytes` from `offset`; empty at the end, and for a log that has not begun.
    virtual Task<Result<LogChunk>> read(
        ResultPlace place, std::uint64_t offset, std::size_t max_bytes
    ) = 0;

    /// Where the last `lines` lines begin.
    virtual Task<Result<std::uint64_t>> find_tail(ResultPlace place, std::int64_t lines) = 0;

    /// Durable up to here; before the outcome that ends the log is stored.
    virtual Task<Result<void>> sync(ResultPlace place) = 0;

    /// All attempts of the job.
    virtual Task<Result<void>> remove_all(TenantId tenant, JobId job) = 0;
};

}  // namespace signalbox::files
