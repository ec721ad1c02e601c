#include "store/sqlite/sqlite_job_store.hpp"

#include "store/refusals.hpp"
#include "store/sqlite/job_changes.hpp"
#include "store/sqlite/job_lists.hpp"
#include "store/sqlite/job_rows.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/submission.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <utility>

namespace signalbox::store::sqlite {

namespace {

// A job with more result files is read on the pool.
constexpr std::int64_t kFilesReadOnLoop = 200;

Result<bool> has_many_files(Connection& connection, const JobRow& row) {
    if (row.job.attempt == 0) {
        return false;
    }
    SB_TRY(
        const auto further,
        connection.find_integer(
            "SELECT 1 FROM result_files WHERE job = ?1 AND attempt = ?2 LIMIT 1 OFFSET ?3",
            row.seq,
            row.job.attempt,
            kFilesReadOnLoop
        )
    );
    return further.has_value();
}

// Nothing when the job is too large to be read on the loop.
Result<std::optional<model::Job>> look_up_job(
    Connection& connection, const std::optional<TenantId>& tenant, const JobId& id
) {
    const ReadSnapshot snapshot(connection);
    SB_TRY(JobRow row, get_job_row(connection, tenant, id));
    SB_TRY(const bool many, has_many_files(connection, row));
    if (many) {
        return std::nullopt;
    }
    SB_TRY(model::Job job, complete_job(connection, std::move(row)));
    return job;
}

Result<model::StateChange> read_change(const Query& query) {
    RowReader row(query);
    model::StateChange change;
    change.status = row.word(model::parse_job_status);
    change.reason = row.text();
    if (const auto attempt = row.integer_or_null()) {
        change.attempt = static_cast<std::int32_t>(*attempt);
    }
    change.at = row.instant();
    SB_OK(row.problem());
    return change;
}

Result<void> forget_result_rows(
    Connection& connection, const std::optional<TenantId>& tenant, const JobId& id
) {
    SB_TRY(const JobRow row, get_job_row(connection, tenant, id));
    if (!is_final(row.job.status)) {
        return fail(job_not_final("Results can be deleted", row.job.status));
    }
    SB_OK(connection.run("DELETE FROM result_files WHERE job = ?1", row.seq));
    SB_OK(
        connection.run("UPDATE jobs SET has_results = 0, result_bytes = 0 WHERE seq = ?1", row.seq)
    );
    return {};
}

}  // namespace

Task<Result<Admission>> SqliteJobStore::submit(Submission submission) {
    return database_.write([submission = std::move(submission)](Connection& connection) {
        return submit_job(connection, submission);
    });
}

Task<Result<std::optional<Admission>>> SqliteJobStore::find_replay(
    TenantId tenant, IdempotencyKey key, Instant now
) {
    return database_.look_up([tenant = std::move(tenant), key = std::move(key), now](
                                 Connection& connection
                             ) { return find_replay_row(connection, tenant, key, now); });
}

Task<Result<model::Job>> SqliteJobStore::get_job(std::optional<TenantId> tenant, JobId id) {
    auto look_up = [tenant, id](Connection& connection) {
        return look_up_job(connection, tenant, id);
    };
    SB_CO_TRY(auto job, co_await database_.look_up(std::move(look_up)));
    if (job) {
        co_return *std::move(job);
    }
    auto read = [tenant = std::move(tenant),
                 id = std::move(id)](Connection& connection) -> Result<model::Job> {
        const ReadSnapshot snapshot(connection);
        SB_TRY(JobRow row, get_job_row(connection, tenant, id));
        return complete_job(connection, std::move(row));
    };
    co_return co_await database_.read(std::move(read));
}

Task<Result<std::vector<JobId>>> SqliteJobStore::find_ids(
    std::optional<TenantId> tenant, std::string part, std::int64_t limit
) {
    return database_.read([tenant = std::move(tenant), part = std::move(part), limit](
                              Connection& connection
                          ) { return find_job_ids(connection, tenant, part, limit); });
}

Task<Result<JobPage>> SqliteJobStore::list_jobs(
    JobFilter filter, PageRequest request, bool with_total
) {
    return database_.read([filter = std::move(filter), request = std::move(request), with_total](
                              Connection& connection
                          ) { return list_job_rows(connection, filter, request, with_total); });
}

Task<Result<std::vector<model::StateChange>>> SqliteJobStore::get_history(JobId id) {
    return database_.look_up([id = std::move(id)](Connection& connection) {
        return collect(
            connection.query(
                "SELECT status, reason, attempt, at FROM history"
                " WHERE job = (SELECT seq FROM jobs WHERE id = ?1) ORDER BY seq",
                id.text
            ),
            read_change
        );
    });
}

Task<Result<QueuePlace>> SqliteJobStore::get_queue_place(JobId id) {
    return database_.read([id = std::move(id)](Connection& connection) {
        return find_queue_place(connection, id);
    });
}

Task<Result<model::Job>> SqliteJobStore::request_cancel(
    std::optional<TenantId> tenant, JobId id, Instant now
) {
    return database_.write([tenant = std::move(tenant), id = std::move(id), now](
                               Connection& connection
                           ) { return cancel_job(connection, tenant, id, now); });
}

Task<Result<model::TenantUsage>> SqliteJobStore::get_usage(TenantId tenant) {
    return database_.look_up([tenant = std::move(tenant)](Connection& connection) {
        const ReadSnapshot snapshot(connection);
        return read_usage(connection, tenant);
    });
}

Task<Result<model::StatusCounts>> SqliteJobStore::count_by_status(std::optional<TenantId> tenant) {
    return database_.read([tenant = std::move(tenant)](Connection& connection) {
        return count_jobs(connection, tenant);
    });
}

Task<Result<std::vector<std::pair<Instant, std::int64_t>>>> SqliteJobStore::submissions_per_minute(
    std::int64_t minutes, Instant now
) {
    return database_.read([minutes, now](Connection& connection) {
        return count_submissions(connection, minutes, now);
    });
}

Task<Result<std::optional<Instant>>> SqliteJobStore::oldest_queued() {
    return database_.look_up([](Connection& connection) -> Result<std::optional<Instant>> {
        SB_TRY(
            const auto submitted,
            connection.find_integer("SELECT submitted_at FROM jobs INDEXED BY jobs_by_status"
                                    " WHERE status = 'QUEUED' ORDER BY id LIMIT 1")
        );
        return submitted ? std::optional(to_instant(*submitted)) : std::nullopt;
    });
}

Task<Result<void>> SqliteJobStore::forget_results(std::optional<TenantId> tenant, JobId id) {
    return database_.write([tenant = std::move(tenant), id = std::move(id)](Connection& connection
                           ) { return forget_result_rows(connection, tenant, id); });
}

Task<Result<void>> SqliteJobStore::set_pinned(TenantId tenant, JobId id, bool pinned) {
    return database_.write(
        [tenant = std::move(tenant), id = std::move(id), pinned](Connection& connection
        ) -> Result<void> {
            SB_TRY(
                const auto changed,
                connection.run(
                    "UPDATE jobs SET pinned = ?3 WHERE id = ?1 AND tenant = ?2",
                    id.text,
                    tenant.text,
                    pinned
                )
            );
            if (changed == 0) {
                return fail(job_not_found());
            }
            return {};
        }
    );
}

}  // namespace signalbox::store::sqlite
