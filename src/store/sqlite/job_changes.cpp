#include "store/sqlite/job_changes.hpp"

#include <string>
#include <utility>

namespace signalbox::store::sqlite {

Result<void> end_job(
    Connection& connection,
    const JobRow& row,
    model::JobEnds end,
    std::string_view error,
    Instant now
) {
    SB_OK(connection.run(
        "UPDATE jobs SET status = ?2, reason = ?3, error = ?4, finished_at = ?5, attempt_open = 0,"
        " cancel_requested = 0, not_before = 0 WHERE seq = ?1",
        row.seq,
        to_word(end.status),
        to_word(end.reason),
        error,
        now
    ));
    return note_change(connection, row.seq, end.status, to_word(end.reason), row.job.attempt, now);
}

Result<void> send_back(
    Connection& connection,
    const JobRow& row,
    const model::TryAgain& again,
    const model::Verdict& verdict,
    Instant now
) {
    SB_OK(connection.run(
        "UPDATE jobs SET status = 'PENDING', reason = ?2, error = ?3, attempt_open = 0,"
        " not_before = ?4, memory_bytes = ?5, started_at = NULL, progress = '', figures = '',"
        " infrastructure_retries = infrastructure_retries + ?6,"
        " out_of_memory_retries = out_of_memory_retries + ?7 WHERE seq = ?1",
        row.seq,
        to_word(verdict.reason),
        verdict.error,
        now + again.delay,
        again.memory_bytes,
        again.counts_as_infrastructure,
        again.counts_as_out_of_memory
    ));
    return note_change(
        connection,
        row.seq,
        model::JobStatus::kPending,
        to_word(verdict.reason),
        row.job.attempt,
        now
    );
}

Result<void> mark_running(
    Connection& connection, std::int64_t job_seq, std::int32_t attempt, Instant now
) {
    SB_OK(connection.run(
        "UPDATE jobs SET status = 'RUNNING', reason = '', error = '', started_at = ?2"
        " WHERE seq = ?1",
        job_seq,
        now
    ));
    return note_change(connection, job_seq, model::JobStatus::kRunning, "", attempt, now);
}

Result<model::Job> cancel_job(
    Connection& connection, const std::optional<TenantId>& tenant, const JobId& id, Instant now
) {
    SB_TRY(JobRow row, get_job_row(connection, tenant, id));
    const model::JobStatus status = row.job.status;
    if (is_final(status) && status != model::JobStatus::kCancelled) {
        return fail(
            Code::kConflict,
            "JOB_FINISHED",
            "Job " + id.text + " is " + std::string(to_word(status)) +
                " already; only a job that has not ended can be cancelled"
        );
    }
    if (row.attempt_open) {
        SB_OK(connection.run("UPDATE jobs SET cancel_requested = 1 WHERE seq = ?1", row.seq));
    } else if (!is_final(status)) {
        SB_OK(end_job(
            connection,
            row,
            {.status = model::JobStatus::kCancelled, .reason = model::Reason::kCancelled},
            "cancelled before it started",
            now
        ));
    }
    SB_TRY(row, get_job_row(connection, tenant, id));
    return complete_job(connection, std::move(row));
}

Result<model::Job> complete_job(Connection& connection, JobRow row) {
    if (row.job.attempt == 0) {
        return std::move(row.job);
    }
    SB_TRY(row.job.attempts, read_attempts(connection, row.seq));
    SB_TRY(row.job.files, read_files(connection, row));
    return std::move(row.job);
}

}  // namespace signalbox::store::sqlite
