#include "store/sqlite/sqlite_retention_store.hpp"

#include "store/sqlite/row_reader.hpp"

#include <utility>

namespace signalbox::store::sqlite {

namespace {

Result<FinishedJob> read_finished(const Query& query) {
    RowReader row(query);
    FinishedJob job;
    job.id.text = row.text();
    job.tenant.text = row.text();
    return job;
}

Result<std::int64_t> purge(Connection& connection, Instant before, std::int64_t max_keys) {
    SB_TRY(
        const std::int64_t keys,
        connection.run(
            "DELETE FROM idempotency_keys WHERE seq IN (SELECT seq FROM idempotency_keys"
            " WHERE stored_at < ?1 ORDER BY stored_at LIMIT ?2)",
            before,
            max_keys
        )
    );
    SB_OK(connection.run("DELETE FROM api_keys WHERE expires_at < ?1", before));
    constexpr std::string_view kGone =
        " IN (SELECT id FROM tenants t WHERE deleted_at IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM jobs WHERE tenant = t.id))";
    SB_OK(connection.run("DELETE FROM job_counts WHERE tenant" + std::string(kGone)));
    SB_OK(connection.run("DELETE FROM tenants WHERE id" + std::string(kGone)));
    return keys;
}

}  // namespace

Task<Result<std::optional<Instant>>> SqliteRetentionStore::last_submission() {
    return database_.read([](Connection& connection) -> Result<std::optional<Instant>> {
        SB_TRY(const auto at, connection.find_integer("SELECT max(submitted_at) FROM jobs"));
        return at ? std::optional(to_instant(*at)) : std::nullopt;
    });
}

Task<Result<std::vector<FinishedJob>>> SqliteRetentionStore::list(
    std::string source, Instant before, std::int64_t limit
) {
    return database_.read([source = std::move(source), before, limit](Connection& connection) {
        return collect(
            connection.query(
                "SELECT id, tenant FROM jobs INDEXED BY " + source +
                    " AND finished_at < ?1 ORDER BY finished_at LIMIT ?2",
                before,
                limit
            ),
            read_finished
        );
    });
}

Task<Result<std::vector<FinishedJob>>> SqliteRetentionStore::list_with_results(
    Instant before, std::int64_t limit
) {
    return list(
        "jobs_with_results WHERE finished_at IS NOT NULL AND pinned = 0 AND has_results = 1",
        before,
        limit
    );
}

Task<Result<std::vector<FinishedJob>>> SqliteRetentionStore::list_with_logs(
    Instant before, std::int64_t limit
) {
    return list(
        "jobs_with_log WHERE finished_at IS NOT NULL AND pinned = 0 AND has_log = 1", before, limit
    );
}

Task<Result<std::vector<FinishedJob>>> SqliteRetentionStore::list_records(
    Instant before, std::int64_t limit
) {
    return list("jobs_finished WHERE finished_at IS NOT NULL AND pinned = 0", before, limit);
}

Task<Result<void>> SqliteRetentionStore::forget_log(JobId id) {
    return database_.write([id = std::move(id)](Connection& connection) -> Result<void> {
        SB_OK(connection.run("UPDATE jobs SET has_log = 0 WHERE id = ?1", id.text));
        return {};
    });
}

Task<Result<void>> SqliteRetentionStore::forget_record(JobId id) {
    return database_.write([id = std::move(id)](Connection& connection) -> Result<void> {
        // Only what has ended; the rest of the record goes with its row.
        SB_OK(connection.run("DELETE FROM jobs WHERE id = ?1 AND finished_at IS NOT NULL", id.text)
        );
        return {};
    });
}

Task<Result<std::int64_t>> SqliteRetentionStore::purge_expired(
    Instant before, std::int64_t max_keys
) {
    return database_.write([before, max_keys](Connection& connection) {
        return purge(connection, before, max_keys);
    });
}

}  // namespace signalbox::store::sqlite
