// Tenants and their keys.
//
// Keys are stored as SHA-256 of the secret. A deleted tenant's name stays taken until its records
// are purged.
//
// Threads: event loop.  Suspends: everything.  Errors: as noted; else as in JobStore.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "model/principal.hpp"
#include "model/tenant.hpp"
#include "store/page.hpp"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::store {

struct NewKey {
    model::ApiKey key;
    std::string hash;  ///< SHA-256 of the secret, hexadecimal
};

struct TenantChange {
    std::optional<std::int32_t> max_cpu;
    std::optional<std::int32_t> max_memory_gi;
    std::optional<std::int32_t> max_concurrent_jobs;
    std::optional<std::int32_t> max_queued_jobs;
    std::optional<std::int32_t> priority_weight;
    std::optional<model::OnLimit> on_limit;
    std::optional<std::vector<std::string>> s3_prefixes;
};

class TenantStore {
public:
    virtual ~TenantStore() = default;

    /// kConflict when the name is, or was, somebody's.
    virtual Task<Result<void>> add_tenant(model::Tenant tenant, NewKey key) = 0;

    /// kNotFound `Tenant x not found`; deleted tenants are not found.
    virtual Task<Result<model::Tenant>> get_tenant(TenantId id) = 0;

    virtual Task<Result<Page<model::Tenant>>> list_tenants(PageRequest request) = 0;

    virtual Task<Result<model::Tenant>> change_tenant(TenantId id, TenantChange change) = 0;

    /// Ends its keys with it. kConflict while it has a job that is not final.
    virtual Task<Result<void>> delete_tenant(TenantId id, Instant now) = 0;

    /// The tenant's keys so far end at `old_keys_end`; the new one is valid at once.
    virtual Task<Result<void>> rotate_tenant_key(TenantId id, NewKey key, Instant old_keys_end) = 0;

    virtual Task<Result<void>> add_key(NewKey key) = 0;

    virtual Task<Result<Page<model::ApiKey>>> list_keys(PageRequest request) = 0;

    /// kNotFound.
    virtual Task<Result<void>> delete_key(KeyId id) = 0;

    /// The live key with this hash, not expired, its tenant not deleted.
    virtual Task<Result<std::optional<model::ApiKey>>> find_key(std::string hash, Instant now) = 0;

    /// The admin key made at the first start, or the configured one; replaces the one before. It
    /// is found with an empty id and the name `admin`, and is not listed.
    virtual Task<Result<void>> set_admin_key(std::string hash, Instant now) = 0;
    virtual Task<Result<bool>> has_admin_key() = 0;
};

}  // namespace signalbox::store
