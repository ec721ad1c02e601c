// Jobs, their attempts, files and history as rows.
//
// Threads: any (blocks).  Suspends: never.
// Errors: as the connection's; kInternal for a row that cannot be read.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"
#include "model/tenant.hpp"
#include "store/job_store.hpp"
#include "store/sqlite/connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::store::sqlite {

/// A job and what only the dispatcher needs of it.
struct JobRow {
    std::int64_t seq = 0;
    model::Job job;  ///< without attempts and files
    bool attempt_open = false;
    std::int64_t memory_bytes = 0;  ///< of the present or the next attempt
    Instant not_before;
    std::int32_t infrastructure_retries = 0;
    std::int32_t out_of_memory_retries = 0;
};

/// `SELECT <columns of a JobRow> FROM jobs ` and `rest`, for read_job_row().
[[nodiscard]] std::string select_jobs(std::string_view rest);

Result<JobRow> read_job_row(const Query& query);

/// The job with this id, `tenant` absent: any tenant's; else kNotFound `Job not found`.
Result<JobRow> get_job_row(
    Connection& connection, const std::optional<TenantId>& tenant, const JobId& id
);

/// The new row's number.
Result<std::int64_t> insert_job(
    Connection& connection, const Submission& submission, model::JobStatus status
);

Result<std::vector<model::Attempt>> read_attempts(Connection& connection, std::int64_t job_seq);

/// Of the newest attempt.
Result<std::vector<model::ResultFile>> read_files(Connection& connection, const JobRow& row);

/// A line of the job's history; `attempt` 0: before the first.
Result<void> note_change(
    Connection& connection,
    std::int64_t job_seq,
    model::JobStatus status,
    std::string_view reason,
    std::int32_t attempt,
    Instant at
);

[[nodiscard]] Error job_not_found();

}  // namespace signalbox::store::sqlite
