#include "store/sqlite/job_rows.hpp"

#include "store/admission.hpp"
#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/row_reader.hpp"

namespace signalbox::store::sqlite {

namespace {

constexpr std::string_view kColumns =
    "seq, id, tenant, status, reason, error, submitted_at, started_at, finished_at, progress, "
    "figures, attempt, cancel_requested, pinned, attempt_open, memory_bytes, not_before, "
    "infrastructure_retries, out_of_memory_retries, scenario_id, scenario_sha256, scenario_bytes, "
    "cpu, memory_gi, priority, config_file, sumo_version, seed, end_time, args, timeout_seconds, "
    "warnings, retry_of, callback_url";

Result<model::JobSpec> read_spec(RowReader& row) {
    model::JobSpec spec;
    spec.scenario_id = row.text();
    spec.scenario.sha256 = row.text();
    spec.scenario.size_bytes = static_cast<std::uint64_t>(row.integer());
    spec.cpu_request = row.small_integer();
    spec.memory_gi = row.small_integer();
    spec.priority = row.small_integer();
    spec.config_file = row.text();
    spec.sumo_version = row.text();
    spec.seed = row.integer_or_null();
    spec.end = row.real_or_null();
    SB_TRY(spec.args, texts_from_column(row.text()));
    spec.timeout = row.seconds();
    SB_TRY(spec.warnings, findings_from_column(row.text()));
    if (std::string retry_of = row.text(); !retry_of.empty()) {
        spec.retry_of = JobId{std::move(retry_of)};
    }
    spec.callback_url = row.text();
    return spec;
}

Result<void> read_state(RowReader& row, model::Job& job) {
    job.id.text = row.text();
    job.tenant.text = row.text();
    job.status = row.word(model::parse_job_status);
    job.reason = row.word(model::parse_reason);
    job.error = row.text();
    job.submitted_at = row.instant();
    job.started_at = row.instant_or_null();
    job.finished_at = row.instant_or_null();
    SB_TRY(job.progress, progress_from_column(row.text()));
    if (const std::string figures = row.text(); !figures.empty()) {
        SB_TRY(job.figures, figures_from_column(figures));
    }
    job.attempt = row.small_integer();
    job.cancel_requested = row.flag();
    job.pinned = row.flag();
    return {};
}

Result<model::Attempt> read_attempt(const Query& query) {
    RowReader row(query);
    model::Attempt attempt;
    attempt.n = row.small_integer();
    attempt.reason = row.word(model::parse_reason);
    attempt.error = row.text();
    attempt.started_at = row.instant();
    attempt.running_at = row.instant_or_null();
    attempt.finished_at = row.instant_or_null();
    attempt.where = row.text();
    attempt.sumo_version = row.text();
    attempt.memory_bytes = row.integer();
    SB_OK(row.problem());
    return attempt;
}

Result<model::ResultFile> read_file_row(const Query& query) {
    RowReader row(query);
    model::ResultFile file;
    file.path = row.text();
    file.size_bytes = static_cast<std::uint64_t>(row.integer());
    file.sha256 = row.text();
    return file;
}

}  // namespace

std::string select_jobs(std::string_view rest) {
    std::string sql = "SELECT ";
    sql.append(kColumns).append(" FROM jobs ").append(rest);
    return sql;
}

Result<JobRow> read_job_row(const Query& query) {
    RowReader row(query);
    JobRow result;
    result.seq = row.integer();
    SB_OK(read_state(row, result.job));
    result.attempt_open = row.flag();
    result.memory_bytes = row.integer();
    result.not_before = row.instant();
    result.infrastructure_retries = row.small_integer();
    result.out_of_memory_retries = row.small_integer();
    SB_TRY(result.job.spec, read_spec(row));
    SB_OK(row.problem());
    return result;
}

Result<JobRow> get_job_row(
    Connection& connection, const std::optional<TenantId>& tenant, const JobId& id
) {
    static const std::string kSql = select_jobs("WHERE id = ?1");
    Query query = connection.query(kSql, id.text);
    SB_TRY(const bool found, query.next());
    if (!found) {
        return fail(job_not_found());
    }
    SB_TRY(JobRow row, read_job_row(query));
    if (tenant && row.job.tenant != *tenant) {
        return fail(job_not_found());
    }
    return row;
}

Result<std::int64_t> insert_job(
    Connection& connection, const Submission& submission, model::JobStatus status
) {
    const model::JobSpec& spec = submission.spec;
    SB_OK(connection.run(
        "INSERT INTO jobs (id, tenant, status, submitted_at, memory_bytes, scenario_id,"
        " scenario_sha256, scenario_bytes, cpu, memory_gi, priority, config_file, sumo_version,"
        " seed, end_time, args, timeout_seconds, warnings, retry_of, callback_url)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
        " ?18, ?19, ?20)",
        submission.id.text,
        submission.tenant.text,
        to_word(status),
        submission.now,
        demand_of(spec).memory_bytes,
        spec.scenario_id,
        spec.scenario.sha256,
        spec.scenario.size_bytes,
        spec.cpu_request,
        spec.memory_gi,
        spec.priority,
        spec.config_file,
        spec.sumo_version,
        spec.seed,
        spec.end,
        to_column(spec.args),
        spec.timeout.count(),
        to_column(spec.warnings),
        spec.retry_of ? std::optional(spec.retry_of->text) : std::nullopt,
        spec.callback_url
    ));
    const std::int64_t seq = connection.last_row_id();
    SB_OK(note_change(connection, seq, status, "", 0, submission.now));
    return seq;
}

Result<std::vector<model::Attempt>> read_attempts(Connection& connection, std::int64_t job_seq) {
    return collect(
        connection.query(
            "SELECT n, reason, error, claimed_at, running_at, finished_at, place, sumo_version,"
            " memory_bytes FROM attempts WHERE job = ?1 ORDER BY n",
            job_seq
        ),
        read_attempt
    );
}

Result<std::vector<model::ResultFile>> read_files(Connection& connection, const JobRow& row) {
    if (row.job.attempt == 0) {
        return std::vector<model::ResultFile>();
    }
    return collect(
        connection.query(
            "SELECT path, size_bytes, sha256 FROM result_files WHERE job = ?1 AND attempt = ?2"
            " ORDER BY path",
            row.seq,
            row.job.attempt
        ),
        read_file_row
    );
}

Result<void> note_change(
    Connection& connection,
    std::int64_t job_seq,
    model::JobStatus status,
    std::string_view reason,
    std::int32_t attempt,
    Instant at
) {
    SB_OK(connection.run(
        "INSERT INTO history (job, status, reason, attempt, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        job_seq,
        to_word(status),
        reason,
        attempt == 0 ? std::nullopt : std::optional(attempt),
        at
    ));
    return {};
}

Error job_not_found() {
    return {Code::kNotFound, "JOB_NOT_FOUND", "Job not found"};
}

}  // namespace signalbox::store::sqlite
