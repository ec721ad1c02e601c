#include "store/sqlite/attempt_rows.hpp"

#include "store/refusals.hpp"
#include "store/sqlite/job_changes.hpp"
#include "store/sqlite/job_rows.hpp"
#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/ready_rows.hpp"
#include "store/sqlite/row_reader.hpp"

#include <algorithm>

namespace signalbox::store::sqlite {

namespace {

RunPhase to_phase(std::int64_t stored) {
    return static_cast<RunPhase>(
        std::clamp<std::int64_t>(stored, 0, static_cast<std::int64_t>(RunPhase::kUploading))
    );
}

Result<OpenAttempt> read_open_attempt(const Query& query) {
    RowReader row(query);
    OpenAttempt attempt;
    attempt.id.job.text = row.text();
    attempt.id.n = row.small_integer();
    attempt.tenant.text = row.text();
    attempt.phase = to_phase(row.integer());
    attempt.weight = row.small_integer();
    return attempt;
}

}  // namespace

Result<AttemptRow> get_attempt_row(Connection& connection, const AttemptId& id) {
    Query query = connection.query(
        "SELECT a.seq, a.job, a.phase, a.memory_bytes, a.running_at, a.finished_at, a.lost,"
        " a.verdict_hash, j.cancel_requested"
        " FROM jobs j JOIN attempts a ON a.job = j.seq WHERE j.id = ?1 AND a.n = ?2",
        id.job.text,
        id.n
    );
    SB_TRY(const bool found, query.next());
    if (!found) {
        return fail(attempt_over(id));
    }
    RowReader row(query);
    AttemptRow attempt;
    attempt.seq = row.integer();
    attempt.job_seq = row.integer();
    attempt.phase = to_phase(row.integer());
    attempt.memory_bytes = row.integer();
    attempt.running_at = row.instant_or_null();
    attempt.finished_at = row.instant_or_null();
    attempt.lost = row.flag();
    attempt.verdict_hash = row.text();
    attempt.cancel_requested = row.flag();
    return attempt;
}

Result<void> check_epoch(Connection& connection, Epoch epoch) {
    SB_TRY(
        const auto present,
        connection.find_integer("SELECT epoch FROM leases WHERE name = 'dispatch'")
    );
    if (present != epoch.number) {
        return fail(
            Code::kGone,
            "EPOCH_OVER",
            "dispatching in epoch " + std::to_string(epoch.number) +
                " is over, the present one is " + std::to_string(present.value_or(0))
        );
    }
    return {};
}

Result<std::optional<ClaimedAttempt>> claim_job(
    Connection& connection, Epoch epoch, const Claim& claim, std::chrono::seconds longest_delay
) {
    SB_OK(check_epoch(connection, epoch));
    SB_TRY(const auto row, find_ready_row(connection, claim, longest_delay));
    if (!row) {
        return std::nullopt;
    }
    const std::int32_t n = row->job.attempt + 1;
    SB_OK(connection.run(
        "INSERT INTO attempts (job, n, tenant, token_hash, epoch, place, memory_bytes, claimed_at,"
        " last_beat, sumo_version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
        row->seq,
        n,
        claim.tenant.text,
        claim.token_hash,
        epoch.number,
        claim.where,
        row->memory_bytes,
        claim.now,
        row->job.spec.sumo_version
    ));
    SB_OK(connection.run(
        "UPDATE jobs SET attempt = ?2, attempt_open = 1, has_results = 1, has_log = 1"
        " WHERE seq = ?1",
        row->seq,
        n
    ));
    return ClaimedAttempt{.id = {.job = row->job.id, .n = n}, .tenant = claim.tenant};
}

Result<bool> store_beat(Connection& connection, const Beat& beat) {
    SB_TRY(const AttemptRow attempt, get_attempt_row(connection, beat.attempt));
    if (attempt.finished_at) {
        return fail(attempt_over(beat.attempt));
    }
    const bool runs = beat.phase >= RunPhase::kRunning;
    SB_OK(connection.run(
        "UPDATE attempts SET phase = ?2, last_beat = ?3, usage = ?4, running_at = ?5"
        " WHERE seq = ?1",
        attempt.seq,
        static_cast<std::int64_t>(std::max(beat.phase, attempt.phase)),
        beat.now,
        to_column(beat.usage),
        runs && !attempt.running_at ? beat.now : attempt.running_at
    ));
    if (runs && !attempt.running_at) {
        SB_OK(mark_running(connection, attempt.job_seq, beat.attempt.n, beat.now));
    }
    SB_OK(connection.run(
        "UPDATE jobs SET progress = CASE WHEN ?2 = '' THEN progress ELSE ?2 END,"
        " figures = CASE WHEN ?3 = '' THEN figures ELSE ?3 END WHERE seq = ?1",
        attempt.job_seq,
        to_column(beat.progress),
        to_column(beat.figures)
    ));
    return attempt.cancel_requested;
}

Result<AttemptView> find_attempt_by_token(Connection& connection, const std::string& token_hash) {
    const ReadSnapshot snapshot(connection);
    Query query = connection.query(
        "SELECT j.id, a.n, a.memory_bytes, a.finished_at IS NOT NULL"
        " FROM attempts a JOIN jobs j ON j.seq = a.job WHERE a.token_hash = ?1",
        token_hash
    );
    SB_TRY(const bool found, query.next());
    if (!found) {
        return fail(Code::kUnauthenticated, "ATTEMPT_TOKEN_UNKNOWN", "no attempt has this token");
    }
    SB_TRY(JobRow row, get_job_row(connection, std::nullopt, {query.text(0)}));
    return AttemptView{
        .id = {.job = row.job.id, .n = static_cast<std::int32_t>(query.integer(1))},
        .tenant = std::move(row.job.tenant),
        .spec = std::move(row.job.spec),
        .memory_bytes = query.integer(2),
        .ended = query.integer(3) != 0,
        .token_hash = token_hash
    };
}

Result<std::vector<OpenAttempt>> list_open_attempt_rows(Connection& connection) {
    return collect(
        connection.query(
            "SELECT j.id, a.n, a.tenant, a.phase, t.priority_weight"
            " FROM attempts a INDEXED BY attempts_open JOIN jobs j ON j.seq = a.job"
            " JOIN tenants t ON t.id = a.tenant WHERE a.finished_at IS NULL ORDER BY j.id"
        ),
        read_open_attempt
    );
}

}  // namespace signalbox::store::sqlite
