#include "store/sqlite/outcome.hpp"

#include "store/admission.hpp"
#include "store/refusals.hpp"
#include "store/sqlite/attempt_rows.hpp"
#include "store/sqlite/job_changes.hpp"
#include "store/sqlite/job_rows.hpp"
#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <variant>

namespace signalbox::store::sqlite {

namespace {

// The attempt has ended before: the same again, a contradiction, or too late.
Result<OutcomeReceipt> answer_repeat(
    const Outcome& outcome, Authority authority, const AttemptRow& attempt, model::JobStatus status
) {
    const OutcomeReceipt repeat{.repeated = true, .status = status};
    if (authority == Authority::kLeaseHolder) {
        return repeat;
    }
    if (attempt.lost) {
        return fail(attempt_over(outcome.attempt));
    }
    if (attempt.verdict_hash != outcome.verdict_hash) {
        return fail(
            Code::kConflict,
            "VERDICT_DIFFERS",
            "attempt " + std::to_string(outcome.attempt.n) + " of job " + outcome.attempt.job.text +
                " has ended with another verdict already"
        );
    }
    return repeat;
}

Result<void> close_attempt(
    Connection& connection, const AttemptRow& attempt, const Outcome& outcome, bool lost
) {
    const model::Verdict& verdict = outcome.verdict;
    SB_OK(connection.run(
        "UPDATE attempts SET finished_at = ?2, lost = ?3, reason = ?4, error = ?5,"
        " verdict_hash = ?6, figures = ?7, sumo = ?8,"
        " usage = CASE WHEN ?3 THEN usage ELSE ?9 END,"
        " sumo_version = CASE WHEN ?10 = '' THEN sumo_version ELSE ?10 END WHERE seq = ?1",
        attempt.seq,
        outcome.now,
        lost,
        to_word(verdict.reason),
        verdict.error,
        outcome.verdict_hash,
        to_column(verdict.figures),
        to_column(verdict.sumo),
        to_column(verdict.usage),
        verdict.sumo.version
    ));
    return {};
}

Result<void> store_files(
    Connection& connection, const AttemptRow& attempt, const Outcome& outcome
) {
    std::uint64_t bytes = 0;
    for (const model::ResultFile& file : outcome.verdict.files) {
        SB_OK(connection.run(
            "INSERT INTO result_files (job, attempt, path, size_bytes, sha256)"
            " VALUES (?1, ?2, ?3, ?4, ?5)",
            attempt.job_seq,
            outcome.attempt.n,
            file.path,
            file.size_bytes,
            file.sha256
        ));
        bytes += file.size_bytes;
    }
    SB_OK(connection.run(
        "UPDATE jobs SET result_bytes = result_bytes + ?2 WHERE seq = ?1", attempt.job_seq, bytes
    ));
    return {};
}

// The final figures; those of the last beat stay when the verdict has none.
Result<void> store_figures(
    Connection& connection, const JobRow& row, const model::Verdict& verdict
) {
    model::Progress progress = row.job.progress;
    if (verdict.sumo.end_time) {
        progress.simulated_seconds = verdict.sumo.end_time;
    }
    SB_OK(connection.run(
        "UPDATE jobs SET progress = ?2, figures = CASE WHEN ?3 = '' THEN figures ELSE ?3 END"
        " WHERE seq = ?1",
        row.seq,
        to_column(progress),
        to_column(verdict.figures)
    ));
    return {};
}

Result<model::AfterAttempt> decide(
    Connection& connection,
    const JobRow& row,
    const AttemptRow& attempt,
    const Outcome& outcome,
    const model::RetryPolicy& policy
) {
    SB_TRY(const model::Tenant tenant, get_tenant_even_deleted(connection, row.job.tenant));
    const model::RetryHistory history{
        .infrastructure_retries = row.infrastructure_retries,
        .out_of_memory_retries = row.out_of_memory_retries,
        .memory_bytes = attempt.memory_bytes,
        .tenant_memory_bytes = tenant.limits.max_memory_gi * kGibibyte,
        .cancel_requested = row.job.cancel_requested
    };
    return after_attempt(outcome.verdict.reason, outcome.shutdown, history, policy);
}

Result<model::JobStatus> follow_up(
    Connection& connection,
    const JobRow& row,
    const Outcome& outcome,
    const model::AfterAttempt& decision
) {
    if (const auto* const again = std::get_if<model::TryAgain>(&decision)) {
        SB_OK(send_back(connection, row, *again, outcome.verdict, outcome.now));
        return model::JobStatus::kPending;
    }
    const auto end = std::get<model::JobEnds>(decision);
    const bool decided_otherwise = end.reason != outcome.verdict.reason;
    const std::string error = decided_otherwise ? "cancelled on request" : outcome.verdict.error;
    SB_OK(store_figures(connection, row, outcome.verdict));
    SB_OK(end_job(connection, row, end, error, outcome.now));
    return end.status;
}

}  // namespace

Result<OutcomeReceipt> store_outcome(
    Connection& connection,
    const Outcome& outcome,
    Authority authority,
    const model::RetryPolicy& policy
) {
    if (outcome.verdict.reason == model::Reason::kNone) {
        return fail(Code::kInvalid, "VERDICT_WITHOUT_REASON", "a verdict needs a reason");
    }
    SB_TRY(const AttemptRow attempt, get_attempt_row(connection, outcome.attempt));
    SB_TRY(const JobRow row, get_job_row(connection, std::nullopt, outcome.attempt.job));
    if (attempt.finished_at) {
        return answer_repeat(outcome, authority, attempt, row.job.status);
    }
    const bool lost = authority == Authority::kLeaseHolder;
    SB_OK(close_attempt(connection, attempt, outcome, lost));
    SB_OK(store_files(connection, attempt, outcome));
    SB_TRY(const auto decision, decide(connection, row, attempt, outcome, policy));
    SB_TRY(const model::JobStatus status, follow_up(connection, row, outcome, decision));
    return OutcomeReceipt{.repeated = false, .status = status};
}

}  // namespace signalbox::store::sqlite
