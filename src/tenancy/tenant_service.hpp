// Tenants and their keys: registered, changed, rotated, deleted.
//
// Secrets are made here, given to the caller once and stored as hashes. Every change of a key makes
// the authenticator forget what it remembers.
//
// Threads: event loop.  Suspends: everything.
// Errors: kUnprocessable with the field, kNotFound `Tenant x not found`, kConflict; from the store.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "contract/tenant_contract.hpp"
#include "model/principal.hpp"
#include "model/tenant.hpp"
#include "store/tenant_store.hpp"
#include "tenancy/authenticator.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace signalbox::tenancy {

struct KeyForm {
    std::string prefix = "sk-";
    std::size_t length = 32;  ///< random characters behind the prefix
};

struct TenancyConfig {
    KeyForm key_form;
    model::TenantLimits default_limits;
    std::vector<std::string> reserved_ids;  ///< besides those that always are
    std::chrono::seconds key_overlap{0};    ///< how long an old key stays valid
};

struct TenantWithKey {
    model::Tenant tenant;
    std::string secret;
};

struct KeyWithSecret {
    model::ApiKey key;
    std::string secret;
};

class TenantService {
public:
    /// All must outlive the service.
    struct Parts {
        store::TenantStore& store;
        Authenticator& authenticator;
        const Clock& clock;
        Random& random;
    };

    TenantService(TenancyConfig config, Parts parts);

    TenantService(const TenantService&) = delete;
    TenantService& operator=(const TenantService&) = delete;

    Task<Result<TenantWithKey>> register_tenant(contract::RegisterRequest request);
    Task<Result<model::Tenant>> get_tenant(std::string id);
    Task<Result<store::Page<model::Tenant>>> list_tenants(store::PageRequest request);
    Task<Result<model::Tenant>> change_tenant(std::string id, contract::TenantFields fields);
    Task<Result<void>> delete_tenant(std::string id);

    /// By an admin or by the tenant itself; the key before ends after the configured overlap.
    Task<Result<TenantWithKey>> regenerate_key(std::string id);

    Task<Result<KeyWithSecret>> create_key(contract::KeyRequest request);
    Task<Result<store::Page<model::ApiKey>>> list_keys(store::PageRequest request);
    Task<Result<void>> delete_key(std::string id);

private:
    [[nodiscard]] std::string make_secret();
    [[nodiscard]] store::NewKey make_tenant_key(const TenantId& tenant, const std::string& secret);

    TenancyConfig config_;
    Parts parts_;
    UuidGenerator ids_;
};

}  // namespace signalbox::tenancy
