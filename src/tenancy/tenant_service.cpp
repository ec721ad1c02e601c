#include "tenancy/tenant_service.hpp"

#include "base/hash.hpp"

#include <utility>

namespace signalbox::tenancy {

namespace {

Failure wrong_field(std::string_view name, std::string message) {
    return fail(contract::field_error("body." + std::string(name), std::move(message)));
}

Failure tenant_not_found(std::string_view id) {
    return fail(Code::kNotFound, "TENANT_NOT_FOUND", "Tenant " + std::string(id) + " not found");
}

Result<TenantId> parse_new_id(
    const std::string& text, const std::vector<std::string>& reserved_ids
) {
    const std::string id = model::normalize_tenant_id(text);
    if (!model::is_tenant_id(id)) {
        return wrong_field(
            "tenant_id",
            "\"" + id + "\" is not 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends"
        );
    }
    if (model::is_reserved_tenant_id(id, reserved_ids)) {
        return wrong_field("tenant_id", "\"" + id + "\" is a reserved name");
    }
    return TenantId{id};
}

// Ids in paths are mapped as at registration; what cannot be one is nobody's.
Result<TenantId> parse_known_id(const std::string& text) {
    const std::string id = model::normalize_tenant_id(text);
    if (!model::is_tenant_id(id)) {
        return tenant_not_found(text.substr(0, 100));
    }
    return TenantId{id};
}

model::TenantLimits apply(model::TenantLimits limits, const contract::TenantFields& fields) {
    limits.max_cpu = fields.max_cpu.value_or(limits.max_cpu);
    limits.max_memory_gi = fields.max_memory_gi.value_or(limits.max_memory_gi);
    limits.max_concurrent_jobs = fields.max_concurrent_jobs.value_or(limits.max_concurrent_jobs);
    limits.max_queued_jobs = fields.max_queued_jobs.value_or(limits.max_queued_jobs);
    limits.priority_weight = fields.priority_weight.value_or(limits.priority_weight);
    limits.on_limit = fields.on_limit.value_or(limits.on_limit);
    return limits;
}

// Whose key is asked for; empty for a key of no tenant.
Result<TenantId> tenant_of(const contract::KeyRequest& request) {
    if (request.role != model::Role::kTenant) {
        if (!request.tenant_id.empty()) {
            return wrong_field(
                "tenant_id",
                "goes with the role tenant only; the role is " +
                    std::string(model::to_word(request.role))
            );
        }
        return TenantId{};
    }
    std::string id = request.tenant_id;
    if (id.empty() && request.scope.tenants.size() == 1) {
        id = request.scope.tenants.front();
    }
    if (id.empty()) {
        return wrong_field("tenant_id", "is missing; a key of the role tenant belongs to one");
    }
    return parse_known_id(id);
}

}  // namespace

TenantService::TenantService(TenancyConfig config, Parts parts)
    : config_(std::move(config)), parts_(parts), ids_(parts.clock, parts.random) {}

Task<Result<TenantWithKey>> TenantService::register_tenant(contract::RegisterRequest request) {
    SB_CO_TRY(const TenantId id, parse_new_id(request.tenant_id, config_.reserved_ids));
    TenantWithKey made{
        .tenant =
            {
                .id = id,
                .limits = apply(config_.default_limits, request.fields),
                .s3_prefixes = request.fields.s3_prefixes.value_or(std::vector<std::string>{}),
                .created_at = parts_.clock.now(),
            },
        .secret = make_secret(),
    };
    store::NewKey key = make_tenant_key(id, made.secret);
    SB_CO_OK(co_await parts_.store.add_tenant(made.tenant, std::move(key)));
    parts_.authenticator.forget_keys();
    co_return made;
}

Task<Result<model::Tenant>> TenantService::get_tenant(std::string id) {
    SB_CO_TRY(TenantId tenant, parse_known_id(id));
    co_return co_await parts_.store.get_tenant(std::move(tenant));
}

Task<Result<store::Page<model::Tenant>>> TenantService::list_tenants(store::PageRequest request) {
    co_return co_await parts_.store.list_tenants(std::move(request));
}

Task<Result<model::Tenant>> TenantService::change_tenant(
    std::string id, contract::TenantFields fields
) {
    SB_CO_OK(contract::require_some_field(fields));
    SB_CO_TRY(TenantId tenant, parse_known_id(id));
    store::TenantChange change{
        .max_cpu = fields.max_cpu,
        .max_memory_gi = fields.max_memory_gi,
        .max_concurrent_jobs = fields.max_concurrent_jobs,
        .max_queued_jobs = fields.max_queued_jobs,
        .priority_weight = fields.priority_weight,
        .on_limit = fields.on_limit,
        .s3_prefixes = fields.s3_prefixes,
    };
    co_return co_await parts_.store.change_tenant(std::move(tenant), std::move(change));
}

Task<Result<void>> TenantService::delete_tenant(std::string id) {
    SB_CO_TRY(TenantId tenant, parse_known_id(id));
    SB_CO_OK(co_await parts_.store.delete_tenant(std::move(tenant), parts_.clock.now()));
    parts_.authenticator.forget_keys();
    co_return Result<void>();
}

Task<Result<TenantWithKey>> TenantService::regenerate_key(std::string id) {
    SB_CO_TRY(const TenantId tenant, parse_known_id(id));
    SB_CO_TRY(model::Tenant found, co_await parts_.store.get_tenant(tenant));
    TenantWithKey made{.tenant = std::move(found), .secret = make_secret()};
    store::NewKey key = make_tenant_key(tenant, made.secret);
    const Instant old_keys_end = parts_.clock.now() + config_.key_overlap;
    SB_CO_OK(co_await parts_.store.rotate_tenant_key(tenant, std::move(key), old_keys_end));
    parts_.authenticator.forget_keys();
    co_return made;
}

Task<Result<KeyWithSecret>> TenantService::create_key(contract::KeyRequest request) {
    const Instant now = parts_.clock.now();
    if (request.expires_at && *request.expires_at <= now) {
        co_return wrong_field("expires_at", "is in the past");
    }
    SB_CO_TRY(const TenantId tenant, tenant_of(request));
    if (!tenant.empty()) {
        SB_CO_OK(co_await parts_.store.get_tenant(tenant));
    }
    KeyWithSecret made{
        .key =
            {
                .id = KeyId{ids_.next()},
                .name = std::move(request.name),
                .role = request.role,
                .tenant = tenant,
                .scope = std::move(request.scope),
                .created_at = now,
                .expires_at = request.expires_at,
            },
        .secret = make_secret(),
    };
    store::NewKey key{.key = made.key, .hash = sha256_hex(made.secret)};
    SB_CO_OK(co_await parts_.store.add_key(std::move(key)));
    parts_.authenticator.forget_keys();
    co_return made;
}

Task<Result<store::Page<model::ApiKey>>> TenantService::list_keys(store::PageRequest request) {
    co_return co_await parts_.store.list_keys(std::move(request));
}

Task<Result<void>> TenantService::delete_key(std::string id) {
    if (!is_uuid(id)) {
        co_return fail(Code::kNotFound, "KEY_NOT_FOUND", "Key " + id.substr(0, 100) + " not found");
    }
    SB_CO_OK(co_await parts_.store.delete_key(KeyId{std::move(id)}));
    parts_.authenticator.forget_keys();
    co_return Result<void>();
}

std::string TenantService::make_secret() {
    return config_.key_form.prefix + parts_.random.alphanumerics(config_.key_form.length);
}

store::NewKey TenantService::make_tenant_key(const TenantId& tenant, const std::string& secret) {
    model::ApiKey key;
    key.id = KeyId{ids_.next()};
    key.name = tenant.text;
    key.role = model::Role::kTenant;
    key.tenant = tenant;
    key.created_at = parts_.clock.now();
    return {.key = std::move(key), .hash = sha256_hex(secret)};
}

}  // namespace signalbox::tenancy
