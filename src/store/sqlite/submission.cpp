#include "store/sqlite/submission.hpp"

#include "store/sqlite/job_rows.hpp"
#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/tenant_rows.hpp"

namespace signalbox::store::sqlite {

namespace {

Result<Admission> read_admission(const Query& query) {
    RowReader row(query);
    Admission admission;
    admission.id.text = row.text();
    admission.status = row.word(model::parse_job_status);
    admission.config_file = row.text();
    SB_TRY(admission.warnings, findings_from_column(row.text()));
    admission.replayed = true;
    SB_OK(row.problem());
    return admission;
}

Result<void> remember_key(
    Connection& connection, const Submission& submission, std::int64_t job, model::JobStatus status
) {
    if (!submission.idempotency) {
        return {};
    }
    // An expired key may still stand there.
    SB_OK(connection.run(
        "INSERT OR REPLACE INTO idempotency_keys (tenant, key, fingerprint, job, status, stored_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        submission.tenant.text,
        submission.idempotency->key,
        submission.idempotency->fingerprint,
        job,
        to_word(status),
        submission.now
    ));
    return {};
}

Result<model::JobStatus> decide(Connection& connection, const Submission& submission) {
    SB_TRY(const model::Tenant tenant, get_tenant_row(connection, submission.tenant));
    SB_TRY(const ActiveUse use, count_active(connection, submission.tenant));
    SB_TRY(const std::int64_t queued, count_queued(connection, submission.tenant));
    return decide_admission(
        tenant.limits,
        use,
        queued,
        demand_of(submission.spec),
        submission.on_limit.value_or(tenant.limits.on_limit)
    );
}

}  // namespace

Result<std::optional<Admission>> find_replay_row(
    Connection& connection, const TenantId& tenant, const IdempotencyKey& key, Instant now
) {
    Query query = connection.query(
        "SELECT j.id, k.status, j.config_file, j.warnings, k.fingerprint"
        " FROM idempotency_keys k JOIN jobs j ON j.seq = k.job"
        " WHERE k.tenant = ?1 AND k.key = ?2 AND k.stored_at > ?3",
        tenant.text,
        key.key,
        now - kIdempotencyLifetime
    );
    SB_TRY(const bool found, query.next());
    if (!found) {
        return std::nullopt;
    }
    if (query.text(4) != key.fingerprint) {
        return fail(
            Code::kConflict,
            "IDEMPOTENCY_KEY_REUSED",
            "the Idempotency-Key '" + key.key + "' was used within the last " +
                std::to_string(kIdempotencyLifetime.count()) +
                " h for a submission with other content"
        );
    }
    SB_TRY(Admission admission, read_admission(query));
    return admission;
}

Result<Admission> submit_job(Connection& connection, const Submission& submission) {
    if (submission.idempotency) {
        SB_TRY(
            auto replay,
            find_replay_row(connection, submission.tenant, *submission.idempotency, submission.now)
        );
        if (replay) {
            return *std::move(replay);
        }
    }
    SB_TRY(const model::JobStatus status, decide(connection, submission));
    SB_TRY(const std::int64_t job, insert_job(connection, submission, status));
    SB_OK(remember_key(connection, submission, job, status));
    return Admission{
        .id = submission.id,
        .status = status,
        .config_file = submission.spec.config_file,
        .warnings = submission.spec.warnings
    };
}

}  // namespace signalbox::store::sqlite
