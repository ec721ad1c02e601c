// Tenants and what they use, as rows.
//
// Threads: any (blocks).  Suspends: never.  Errors: as the connection's; kNotFound.
#pragma once

#include "base/error.hpp"
#include "model/tenant.hpp"
#include "store/admission.hpp"
#include "store/sqlite/connection.hpp"

#include <string>
#include <string_view>

namespace signalbox::store::sqlite {

/// `SELECT <columns of a tenant> FROM tenants ` and `rest`, for read_tenant().
[[nodiscard]] std::string select_tenants(std::string_view rest);

Result<model::Tenant> read_tenant(const Query& query);

/// kNotFound `Tenant x not found`; a deleted tenant is not found.
Result<model::Tenant> get_tenant_row(Connection& connection, const TenantId& id);

Result<model::Tenant> get_tenant_even_deleted(Connection& connection, const TenantId& id);

/// Counted from the rows of the tenant's PENDING and RUNNING jobs.
Result<ActiveUse> count_active(Connection& connection, const TenantId& tenant);

/// QUEUED jobs of the tenant.
Result<std::int64_t> count_queued(Connection& connection, const TenantId& tenant);

Result<model::TenantUsage> read_usage(Connection& connection, const TenantId& tenant);

[[nodiscard]] Error tenant_not_found(const TenantId& id);

}  // namespace signalbox::store::sqlite
