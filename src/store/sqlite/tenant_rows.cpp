#include "store/sqlite/tenant_rows.hpp"

#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/row_reader.hpp"

namespace signalbox::store::sqlite {

namespace {

Result<model::Tenant> get_tenant(Query query, const TenantId& id) {
    SB_TRY(const bool found, query.next());
    if (!found) {
        return fail(tenant_not_found(id));
    }
    return read_tenant(query);
}

}  // namespace

std::string select_tenants(std::string_view rest) {
    std::string sql =
        "SELECT id, max_cpu, max_memory_gi, max_concurrent_jobs, max_queued_jobs, priority_weight,"
        " on_limit, s3_prefixes, created_at, seq FROM tenants ";
    sql.append(rest);
    return sql;
}

Result<model::Tenant> read_tenant(const Query& query) {
    RowReader row(query);
    model::Tenant tenant;
    tenant.id.text = row.text();
    tenant.limits.max_cpu = row.small_integer();
    tenant.limits.max_memory_gi = row.small_integer();
    tenant.limits.max_concurrent_jobs = row.small_integer();
    tenant.limits.max_queued_jobs = row.small_integer();
    tenant.limits.priority_weight = row.small_integer();
    tenant.limits.on_limit = row.word(model::parse_on_limit);
    SB_TRY(tenant.s3_prefixes, texts_from_column(row.text()));
    tenant.created_at = row.instant();
    SB_OK(row.problem());
    return tenant;
}

Result<model::Tenant> get_tenant_row(Connection& connection, const TenantId& id) {
    static const std::string kSql = select_tenants("WHERE id = ?1 AND deleted_at IS NULL");
    return get_tenant(connection.query(kSql, id.text), id);
}

Result<model::Tenant> get_tenant_even_deleted(Connection& connection, const TenantId& id) {
    static const std::string kSql = select_tenants("WHERE id = ?1");
    return get_tenant(connection.query(kSql, id.text), id);
}

Result<ActiveUse> count_active(Connection& connection, const TenantId& tenant) {
    Query query = connection.query(
        "SELECT count(*), sum(cpu), sum(memory_bytes) FROM jobs INDEXED BY jobs_active"
        " WHERE tenant = ?1 AND status IN ('PENDING', 'RUNNING')",
        tenant.text
    );
    SB_OK(query.next());
    return ActiveUse{
        .jobs = query.integer(0), .cpu = query.integer(1), .memory_bytes = query.integer(2)
    };
}

Result<std::int64_t> count_queued(Connection& connection, const TenantId& tenant) {
    SB_TRY(
        const auto count,
        connection.find_integer(
            "SELECT n FROM job_counts WHERE tenant = ?1 AND status = 'QUEUED'", tenant.text
        )
    );
    return count.value_or(0);
}

Result<model::TenantUsage> read_usage(Connection& connection, const TenantId& tenant) {
    SB_TRY(const ActiveUse active, count_active(connection, tenant));
    SB_TRY(const std::int64_t queued, count_queued(connection, tenant));
    SB_TRY(
        const auto storage,
        connection.find_integer("SELECT storage_bytes FROM tenants WHERE id = ?1", tenant.text)
    );
    return model::TenantUsage{
        .active_jobs = static_cast<std::int32_t>(active.jobs),
        .cpu = static_cast<std::int32_t>(active.cpu),
        .memory_gi = static_cast<std::int32_t>(to_gibibytes(active.memory_bytes)),
        .queued_jobs = static_cast<std::int32_t>(queued),
        .storage_bytes = storage.value_or(0)
    };
}

Error tenant_not_found(const TenantId& id) {
    return {Code::kNotFound, "TENANT_NOT_FOUND", "Tenant " + id.text + " not found"};
}

}  // namespace signalbox::store::sqlite
