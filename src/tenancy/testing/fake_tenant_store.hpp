// A TenantStore in memory that counts its look-ups, and a loop that runs one coroutine to its end.
//
// Threads: one.  Suspends: never really.  Errors: as the interface says.
#pragma once

#include "store/tenant_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::tenancy::testing {

/// What the coroutine returned.
template <class T>
T run(Task<T> task) {
    boost::asio::io_context loop;
    std::optional<T> result;
    boost::asio::co_spawn(
        loop,
        std::move(task),
        [&result](const std::exception_ptr& problem, T value) {
            if (problem) {
                std::rethrow_exception(problem);
            }
            result.emplace(std::move(value));
        }
    );
    loop.run();
    return std::move(*result);
}

class FakeTenantStore final : public store::TenantStore {
public:
    std::map<std::string, model::Tenant> tenants;
    std::vector<store::NewKey> keys;
    std::string admin_hash;
    int lookups = 0;

    Task<Result<void>> add_tenant(model::Tenant tenant, store::NewKey key) override {
        if (tenants.contains(tenant.id.text)) {
            co_return fail(
                Code::kConflict, "TENANT_EXISTS", "Tenant " + tenant.id.text + " already exists"
            );
        }
        tenants.emplace(tenant.id.text, std::move(tenant));
        keys.push_back(std::move(key));
        co_return Result<void>();
    }

    Task<Result<model::Tenant>> get_tenant(TenantId id) override {
        const auto found = tenants.find(id.text);
        if (found == tenants.end()) {
            co_return not_found(id);
        }
        co_return found->second;
    }

    Task<Result<store::Page<model::Tenant>>> list_tenants(store::PageRequest /*request*/) override {
        store::Page<model::Tenant> page;
        for (const auto& [id, tenant] : tenants) {
            page.rows.push_back(tenant);
        }
        co_return page;
    }

    Task<Result<model::Tenant>> change_tenant(TenantId id, store::TenantChange change) override {
        const auto found = tenants.find(id.text);
        if (found == tenants.end()) {
            co_return not_found(id);
        }
        found->second.limits.max_cpu = change.max_cpu.value_or(found->second.limits.max_cpu);
        co_return found->second;
    }

    Task<Result<void>> delete_tenant(TenantId id, Instant /*now*/) override {
        if (tenants.erase(id.text) == 0) {
            co_return not_found(id);
        }
        std::erase_if(keys, [&id](const auto& key) { return key.key.tenant == id; });
        co_return Result<void>();
    }

    Task<Result<void>> rotate_tenant_key(TenantId id, store::NewKey key, Instant old_keys_end)
        override {
        for (store::NewKey& old : keys) {
            if (old.key.tenant == id) {
                old.key.expires_at = old_keys_end;
            }
        }
        keys.push_back(std::move(key));
        co_return Result<void>();
    }

    Task<Result<void>> add_key(store::NewKey key) override {
        keys.push_back(std::move(key));
        co_return Result<void>();
    }

    Task<Result<store::Page<model::ApiKey>>> list_keys(store::PageRequest /*request*/) override {
        store::Page<model::ApiKey> page;
        for (const store::NewKey& key : keys) {
            page.rows.push_back(key.key);
        }
        co_return page;
    }

    Task<Result<void>> delete_key(KeyId id) override {
        if (std::erase_if(keys, [&id](const auto& key) { return key.key.id == id; }) == 0) {
            co_return fail(Code::kNotFound, "KEY_NOT_FOUND", "Key " + id.text + " not found");
        }
        co_return Result<void>();
    }

    Task<Result<std::optional<model::ApiKey>>> find_key(std::string hash, Instant now) override {
        ++lookups;
        for (const store::NewKey& key : keys) {
            if (key.hash == hash && (!key.key.expires_at || *key.key.expires_at > now)) {
                co_return std::optional(key.key);
            }
        }
        co_return std::optional<model::ApiKey>();
    }

    Task<Result<void>> set_admin_key(std::string hash, Instant /*now*/) override {
        admin_hash = std::move(hash);
        co_return Result<void>();
    }

    Task<Result<bool>> has_admin_key() override { co_return !admin_hash.empty(); }

private:
    static Failure not_found(const TenantId& id) {
        return fail(Code::kNotFound, "TENANT_NOT_FOUND", "Tenant " + id.text + " not found");
    }
};

}  // namespace signalbox::tenancy::testing
