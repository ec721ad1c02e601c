// The transitions of a job's row, each with its line of history.
//
// Threads: the writer's.  Suspends: never.  Errors: as the connection's.
#pragma once

#include "model/job.hpp"
#include "model/retry_policy.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/job_rows.hpp"

#include <string_view>

namespace signalbox::store::sqlite {

/// Final, whatever it was before.
Result<void> end_job(
    Connection& connection,
    const JobRow& row,
    model::JobEnds end,
    std::string_view error,
    Instant now
);

/// Back to PENDING for a further attempt; what the last one showed is cleared.
Result<void> send_back(
    Connection& connection,
    const JobRow& row,
    const model::TryAgain& again,
    const model::Verdict& verdict,
    Instant now
);

Result<void> mark_running(
    Connection& connection, std::int64_t job_seq, std::int32_t attempt, Instant now
);

/// Ends a job that has no open attempt, marks one that has; again is the same.
Result<model::Job> cancel_job(
    Connection& connection, const std::optional<TenantId>& tenant, const JobId& id, Instant now
);

/// With its attempts and files.
Result<model::Job> complete_job(Connection& connection, JobRow row);

}  // namespace signalbox::store::sqlite
