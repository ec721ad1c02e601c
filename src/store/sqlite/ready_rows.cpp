#include "store/sqlite/ready_rows.hpp"

#include "store/admission.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <string>
#include <string_view>

namespace signalbox::store::sqlite {

namespace {

// As in the condition of the index jobs_waiting.
constexpr std::string_view kWaiting = " status = 'PENDING' AND attempt_open = 0";

// Of a row of jobs; ?1 is now, ?2 the latest end of a back-off, `room` an expression for what is
// free of the tenant's memory: NULL where nothing of it runs.
std::string is_ready(const std::string& room) {
    return std::string(kWaiting) + " AND (not_before <= ?1 OR not_before > ?2) AND (" + room +
           " IS NULL OR memory_bytes <= " + room + ")";
}

std::string all_ready() {
    const std::string room = "t.max_memory_gi * " + std::to_string(kGibibyte) + " - o.bytes";
    return "SELECT t.id, t.priority_weight"
           " FROM job_counts c INDEXED BY job_counts_present JOIN tenants t ON t.id = c.tenant"
           " LEFT JOIN (SELECT tenant, sum(memory_bytes) AS bytes"
           "  FROM attempts INDEXED BY attempts_open WHERE finished_at IS NULL GROUP BY tenant) o"
           "  ON o.tenant = c.tenant"
           " WHERE c.status = 'PENDING' AND c.n > 0 AND EXISTS ("
           "  SELECT 1 FROM jobs INDEXED BY jobs_waiting WHERE tenant = c.tenant AND" +
           is_ready("(" + room + ")") + ") ORDER BY c.tenant";
}

Result<ReadyTenant> read_ready(const Query& query) {
    RowReader row(query);
    ReadyTenant ready;
    ready.tenant.text = row.text();
    ready.weight = row.small_integer();
    return ready;
}

}  // namespace

Result<std::vector<ReadyTenant>> list_ready_rows(
    Connection& connection, Instant now, std::chrono::seconds longest_delay
) {
    static const std::string kSql = all_ready();
    return collect(connection.query(kSql, now, now + longest_delay), read_ready);
}

Result<std::optional<Instant>> find_next_ready(Connection& connection, Instant now) {
    static const std::string kSql =
        "SELECT min(not_before) FROM jobs INDEXED BY jobs_waiting WHERE" + std::string(kWaiting) +
        " AND not_before > ?1";
    SB_TRY(const auto at, connection.find_integer(kSql, now));
    return at ? std::optional(to_instant(*at)) : std::nullopt;
}

Result<std::optional<JobRow>> find_ready_row(
    Connection& connection, const Claim& claim, std::chrono::seconds longest_delay
) {
    SB_TRY(const model::Tenant tenant, get_tenant_row(connection, claim.tenant));
    SB_TRY(
        const auto open_bytes,
        connection.find_integer(
            "SELECT sum(memory_bytes) FROM attempts WHERE tenant = ?1 AND finished_at IS NULL",
            claim.tenant.text
        )
    );
    static const std::string kSql = select_jobs(
        "INDEXED BY jobs_waiting WHERE tenant = ?3 AND" + is_ready("?4") +
        " ORDER BY priority DESC, id LIMIT 1"
    );
    std::optional<std::int64_t> room;
    if (open_bytes) {
        room = tenant.limits.max_memory_gi * kGibibyte - *open_bytes;
    }
    Query query =
        connection.query(kSql, claim.now, claim.now + longest_delay, claim.tenant.text, room);
    SB_TRY(const bool found, query.next());
    if (!found) {
        return std::nullopt;
    }
    SB_TRY(JobRow row, read_job_row(query));
    return row;
}

}  // namespace signalbox::store::sqlite
