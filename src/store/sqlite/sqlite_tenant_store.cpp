#include "store/sqlite/sqlite_tenant_store.hpp"

#include "store/sqlite/json_columns.hpp"
#include "store/sqlite/key_rows.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <utility>

namespace signalbox::store::sqlite {

namespace {

Result<void> insert_tenant(Connection& connection, const model::Tenant& tenant) {
    SB_TRY(
        const auto taken,
        connection.find_integer("SELECT 1 FROM tenants WHERE id = ?1", tenant.id.text)
    );
    if (taken) {
        return fail(
            Code::kConflict, "TENANT_EXISTS", "Tenant " + tenant.id.text + " already exists"
        );
    }
    SB_OK(connection.run(
        "INSERT INTO tenants (id, max_cpu, max_memory_gi, max_concurrent_jobs, max_queued_jobs,"
        " priority_weight, on_limit, s3_prefixes, created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        tenant.id.text,
        tenant.limits.max_cpu,
        tenant.limits.max_memory_gi,
        tenant.limits.max_concurrent_jobs,
        tenant.limits.max_queued_jobs,
        tenant.limits.priority_weight,
        to_word(tenant.limits.on_limit),
        to_column(tenant.s3_prefixes),
        tenant.created_at
    ));
    return {};
}

Result<model::Tenant> apply_change(
    Connection& connection, const TenantId& id, const TenantChange& change
) {
    SB_OK(get_tenant_row(connection, id));
    using Text = std::optional<std::string>;
    SB_OK(connection.run(
        "UPDATE tenants SET max_cpu = coalesce(?2, max_cpu),"
        " max_memory_gi = coalesce(?3, max_memory_gi),"
        " max_concurrent_jobs = coalesce(?4, max_concurrent_jobs),"
        " max_queued_jobs = coalesce(?5, max_queued_jobs),"
        " priority_weight = coalesce(?6, priority_weight),"
        " on_limit = coalesce(?7, on_limit), s3_prefixes = coalesce(?8, s3_prefixes)"
        " WHERE id = ?1",
        id.text,
        change.max_cpu,
        change.max_memory_gi,
        change.max_concurrent_jobs,
        change.max_queued_jobs,
        change.priority_weight,
        change.on_limit ? Text(to_word(*change.on_limit)) : Text(),
        change.s3_prefixes ? Text(to_column(*change.s3_prefixes)) : Text()
    ));
    return get_tenant_row(connection, id);
}

Result<void> remove_tenant(Connection& connection, const TenantId& id, Instant now) {
    SB_OK(get_tenant_row(connection, id));
    SB_TRY(const ActiveUse active, count_active(connection, id));
    SB_TRY(const std::int64_t queued, count_queued(connection, id));
    if (active.jobs + queued > 0) {
        return fail(
            Code::kConflict,
            "TENANT_HAS_JOBS",
            "Tenant " + id.text + " has " + std::to_string(active.jobs) + " active and " +
                std::to_string(queued) + " queued jobs; cancel them or wait for their end first"
        );
    }
    SB_OK(connection.run("DELETE FROM api_keys WHERE tenant = ?1", id.text));
    // Archives that only these named can be collected; jobs keep theirs.
    SB_OK(connection.run("DELETE FROM scenarios WHERE tenant = ?1", id.text));
    SB_OK(connection.run("UPDATE tenants SET deleted_at = ?2 WHERE id = ?1", id.text, now));
    return {};
}

Result<void> rotate_key(
    Connection& connection, const TenantId& id, const NewKey& key, Instant old_keys_end
) {
    SB_OK(get_tenant_row(connection, id));
    SB_OK(connection.run(
        "UPDATE api_keys SET expires_at = ?2"
        " WHERE tenant = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
        id.text,
        old_keys_end
    ));
    return insert_key(connection, key);
}

Result<Page<model::Tenant>> list_tenant_rows(Connection& connection, const PageRequest& request) {
    SB_TRY(const std::int64_t before, parse_page_key(request));
    static const std::string kSql =
        select_tenants("WHERE deleted_at IS NULL AND seq < ?1 ORDER BY seq DESC LIMIT ?2");
    Query query = connection.query(kSql, before, request.limit + 1);
    return collect_page<model::Tenant>(std::move(query), read_tenant, 9, request.limit);
}

}  // namespace

Task<Result<void>> SqliteTenantStore::add_tenant(model::Tenant tenant, NewKey key) {
    return database_.write(
        [tenant = std::move(tenant), key = std::move(key)](Connection& connection) -> Result<void> {
            SB_OK(insert_tenant(connection, tenant));
            return insert_key(connection, key);
        }
    );
}

Task<Result<model::Tenant>> SqliteTenantStore::get_tenant(TenantId id) {
    return database_.look_up([id = std::move(id)](Connection& connection) {
        return get_tenant_row(connection, id);
    });
}

Task<Result<Page<model::Tenant>>> SqliteTenantStore::list_tenants(PageRequest request) {
    return database_.read([request = std::move(request)](Connection& connection) {
        return list_tenant_rows(connection, request);
    });
}

Task<Result<model::Tenant>> SqliteTenantStore::change_tenant(TenantId id, TenantChange change) {
    return database_.write([id = std::move(id), change = std::move(change)](Connection& connection
                           ) { return apply_change(connection, id, change); });
}

Task<Result<void>> SqliteTenantStore::delete_tenant(TenantId id, Instant now) {
    return database_.write([id = std::move(id), now](Connection& connection) {
        return remove_tenant(connection, id, now);
    });
}

Task<Result<void>> SqliteTenantStore::rotate_tenant_key(
    TenantId id, NewKey key, Instant old_keys_end
) {
    return database_.write([id = std::move(id), key = std::move(key), old_keys_end](
                               Connection& connection
                           ) { return rotate_key(connection, id, key, old_keys_end); });
}

Task<Result<void>> SqliteTenantStore::add_key(NewKey key) {
    return database_.write([key = std::move(key)](Connection& connection) -> Result<void> {
        if (!key.key.tenant.empty()) {
            SB_OK(get_tenant_row(connection, key.key.tenant));
        }
        return insert_key(connection, key);
    });
}

Task<Result<Page<model::ApiKey>>> SqliteTenantStore::list_keys(PageRequest request) {
    return database_.read([request = std::move(request)](Connection& connection) {
        return list_key_rows(connection, request);
    });
}

Task<Result<void>> SqliteTenantStore::delete_key(KeyId id) {
    return database_.write([id = std::move(id)](Connection& connection) {
        return delete_key_row(connection, id);
    });
}

Task<Result<std::optional<model::ApiKey>>> SqliteTenantStore::find_key(
    std::string hash, Instant now
) {
    return database_.look_up([hash = std::move(hash), now](Connection& connection) {
        return find_live_key(connection, hash, now);
    });
}

Task<Result<void>> SqliteTenantStore::set_admin_key(std::string hash, Instant now) {
    return database_.write([hash = std::move(hash), now](Connection& connection) {
        return replace_admin_key(connection, hash, now);
    });
}

Task<Result<bool>> SqliteTenantStore::has_admin_key() {
    return database_.look_up([](Connection& connection) -> Result<bool> {
        SB_TRY(const auto found, connection.find_integer("SELECT 1 FROM api_keys WHERE id = ''"));
        return found.has_value();
    });
}

}  // namespace signalbox::store::sqlite
