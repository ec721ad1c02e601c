#include "store/sqlite/job_lists.hpp"

#include "store/sqlite/job_rows.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <utility>

namespace signalbox::store::sqlite {

namespace {

// A place in the queue names at most this many jobs that are in the way.
constexpr std::int64_t kMaxActiveShown = 20;

std::optional<std::string> tenant_text(const std::optional<TenantId>& tenant) {
    return tenant ? std::optional(tenant->text) : std::nullopt;
}

std::optional<std::string> status_text(const JobFilter& filter) {
    return filter.status ? std::optional<std::string>(to_word(*filter.status)) : std::nullopt;
}

Result<std::int64_t> count_matching(Connection& connection, const JobFilter& filter) {
    if (!filter.scenario_id) {
        SB_TRY(
            const auto total,
            connection.find_integer(
                "SELECT sum(n) FROM job_counts"
                " WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR status = ?2)",
                tenant_text(filter.tenant),
                status_text(filter)
            )
        );
        return total.value_or(0);
    }
    std::string sql = "SELECT count(*) FROM jobs WHERE scenario_id = ?3";
    sql += filter.tenant ? " AND tenant = ?1" : "";
    sql += filter.status ? " AND status = ?2" : "";
    SB_TRY(
        const auto total,
        connection.find_integer(
            sql, tenant_text(filter.tenant), status_text(filter), *filter.scenario_id
        )
    );
    return total.value_or(0);
}

Result<std::int64_t> find_position(Connection& connection, const JobRow& row) {
    const std::string waiting =
        row.job.status == model::JobStatus::kQueued
            ? "INDEXED BY jobs_queued WHERE status = 'QUEUED'"
            : "INDEXED BY jobs_waiting WHERE status = 'PENDING' AND attempt_open = 0";
    SB_TRY(
        const auto ahead,
        connection.find_integer(
            "SELECT count(*) FROM jobs " + waiting +
                " AND tenant = ?1 AND (priority > ?2 OR (priority = ?2 AND id < ?3))",
            row.job.tenant.text,
            row.job.spec.priority,
            row.job.id.text
        )
    );
    return ahead.value_or(0) + 1;
}

bool waits(const JobRow& row) {
    return row.job.status == model::JobStatus::kQueued ||
           (row.job.status == model::JobStatus::kPending && !row.attempt_open);
}

Result<model::Job> read_job(const Query& query) {
    SB_TRY(JobRow row, read_job_row(query));
    return std::move(row.job);
}

}  // namespace

// One statement for each combination of filters, so that each finds its index.
std::string page_sql(const JobFilter& filter, bool resumed) {
    std::string where = "WHERE true";
    where += filter.tenant ? " AND tenant = ?1" : "";
    where += filter.status ? " AND status = ?2" : "";
    where += filter.scenario_id ? " AND scenario_id = ?3" : "";
    where += resumed ? " AND id < ?4" : "";
    return select_jobs(where + " ORDER BY id DESC LIMIT ?5");
}

Result<JobPage> list_job_rows(
    Connection& connection, const JobFilter& filter, const PageRequest& request, bool with_total
) {
    const ReadSnapshot snapshot(connection);
    SB_TRY(
        auto rows,
        collect(
            connection.query(
                page_sql(filter, request.after.has_value()),
                tenant_text(filter.tenant),
                status_text(filter),
                filter.scenario_id,
                request.after,
                request.limit + 1
            ),
            read_job_row
        )
    );
    JobPage result;
    if (std::cmp_greater(rows.size(), request.limit)) {
        rows.pop_back();
        result.page.next = rows.back().job.id.text;
    }
    for (JobRow& row : rows) {
        SB_TRY(row.job.files, read_files(connection, row));
        result.page.rows.push_back(std::move(row.job));
    }
    if (with_total) {
        SB_TRY(result.total, count_matching(connection, filter));
    }
    return result;
}

Result<std::vector<JobId>> find_job_ids(
    Connection& connection,
    const std::optional<TenantId>& tenant,
    const std::string& part,
    std::int64_t limit
) {
    // Reads an index only; whole ids, the common case, are looked up elsewhere.
    const std::string sql = std::string("SELECT id FROM jobs WHERE ") +
                            (tenant ? "tenant = ?3 AND " : "?3 IS NULL AND ") +
                            "(substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1)"
                            " ORDER BY id DESC LIMIT ?2";
    return collect(
        connection.query(sql, part, limit, tenant_text(tenant)),
        [](const Query& row) -> Result<JobId> { return JobId{row.text(0)}; }
    );
}

Result<QueuePlace> find_queue_place(Connection& connection, const JobId& id) {
    const ReadSnapshot snapshot(connection);
    SB_TRY(const JobRow row, get_job_row(connection, std::nullopt, id));
    QueuePlace place;
    if (waits(row)) {
        SB_TRY(place.position, find_position(connection, row));
    }
    SB_TRY(const model::Tenant tenant, get_tenant_even_deleted(connection, row.job.tenant));
    place.limits = tenant.limits;
    SB_TRY(place.usage, read_usage(connection, row.job.tenant));
    static const std::string kActive = select_jobs(
        "INDEXED BY jobs_active WHERE tenant = ?1 AND status IN ('PENDING', 'RUNNING')"
        " ORDER BY id LIMIT ?2"
    );
    SB_TRY(
        place.active,
        collect(connection.query(kActive, row.job.tenant.text, kMaxActiveShown), read_job)
    );
    Query open = connection.query(
        "SELECT coalesce(sum(phase < ?1), 0), coalesce(sum(phase >= ?1), 0) FROM attempts"
        " WHERE finished_at IS NULL",
        static_cast<std::int64_t>(RunPhase::kUploading)
    );
    SB_TRY(const bool counted, open.next());
    if (counted) {
        place.everywhere.running = open.integer(0);
        place.everywhere.delivering = open.integer(1);
    }
    return place;
}

Result<model::StatusCounts> count_jobs(
    Connection& connection, const std::optional<TenantId>& tenant
) {
    Query query = connection.query(
        "SELECT status, sum(n) FROM job_counts WHERE ?1 IS NULL OR tenant = ?1 GROUP BY status",
        tenant_text(tenant)
    );
    model::StatusCounts counts{};
    for (;;) {
        SB_TRY(const bool more, query.next());
        if (!more) {
            return counts;
        }
        if (const auto status = model::parse_job_status(query.text(0))) {
            counts.at(static_cast<std::size_t>(*status)) = query.integer(1);
        }
    }
}

Result<std::vector<std::pair<Instant, std::int64_t>>> count_submissions(
    Connection& connection, std::int64_t minutes, Instant now
) {
    constexpr std::int64_t kMinute = 60'000;
    const std::int64_t last = now.time_since_epoch().count() / kMinute;
    const std::int64_t first = last - minutes + 1;
    std::vector<std::pair<Instant, std::int64_t>> series;
    for (std::int64_t minute = first; minute <= last; ++minute) {
        series.emplace_back(to_instant(minute * kMinute), 0);
    }
    Query query = connection.query(
        "SELECT submitted_at / ?3, count(*) FROM jobs WHERE submitted_at >= ?1 AND submitted_at < "
        "?2"
        " GROUP BY 1",
        first * kMinute,
        (last + 1) * kMinute,
        kMinute
    );
    for (;;) {
        SB_TRY(const bool more, query.next());
        if (!more) {
            return series;
        }
        series.at(static_cast<std::size_t>(query.integer(0) - first)).second = query.integer(1);
    }
}

}  // namespace signalbox::store::sqlite
