// TenantStore on the embedded database.
//
// Threads: event loop.  Suspends: everything.  Errors: as TenantStore.
#pragma once

#include "store/sqlite/sqlite_database.hpp"
#include "store/tenant_store.hpp"

namespace signalbox::store::sqlite {

class SqliteTenantStore final : public TenantStore {
public:
    /// The database must outlive the store.
    explicit SqliteTenantStore(SqliteDatabase& database) : database_(database) {}

    Task<Result<void>> add_tenant(model::Tenant tenant, NewKey key) override;
    Task<Result<model::Tenant>> get_tenant(TenantId id) override;
    Task<Result<Page<model::Tenant>>> list_tenants(PageRequest request) override;
    Task<Result<model::Tenant>> change_tenant(TenantId id, TenantChange change) override;
    Task<Result<void>> delete_tenant(TenantId id, Instant now) override;
    Task<Result<void>> rotate_tenant_key(TenantId id, NewKey key, Instant old_keys_end) override;
    Task<Result<void>> add_key(NewKey key) override;
    Task<Result<Page<model::ApiKey>>> list_keys(PageRequest request) override;
    Task<Result<void>> delete_key(KeyId id) override;
    Task<Result<std::optional<model::ApiKey>>> find_key(std::string hash, Instant now) override;
    Task<Result<void>> set_admin_key(std::string hash, Instant now) override;
    Task<Result<bool>> has_admin_key() override;

private:
    SqliteDatabase& database_;
};

}  // namespace signalbox::store::sqlite
