// Tenants and keys on the wire.
//
// A scope list that is absent or null reaches all that the role does; `[]` reaches nothing and is
// held as a list with one empty name, which no real name equals.
//
// Threads: any.  Suspends: never.
// Errors: requests: kInvalid for malformed JSON or nothing to update, kUnprocessable with all
// fields; answers: kInvalid, kUnprocessable naming the first wrong field.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "contract/body_reader.hpp"
#include "model/principal.hpp"
#include "model/tenant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::contract {

/// What registration and PATCH may set; absent: the default, or as it was.
struct TenantFields {
    std::optional<std::int32_t> max_cpu;
    std::optional<std::int32_t> max_memory_gi;
    std::optional<std::int32_t> max_concurrent_jobs;
    std::optional<std::int32_t> max_queued_jobs;
    std::optional<std::int32_t> priority_weight;
    std::optional<model::OnLimit> on_limit;
    std::optional<std::vector<std::string>> s3_prefixes;

    bool operator==(const TenantFields&) const = default;
};

struct RegisterRequest {
    std::string tenant_id;  ///< as the caller wrote it
    TenantFields fields;

    bool operator==(const RegisterRequest&) const = default;
};

struct TenantView {
    std::string tenant_id;
    std::optional<std::string> api_key;  ///< only where a key was just made
    model::TenantLimits limits;
    std::vector<std::string> s3_prefixes;
    Instant created_at;

    bool operator==(const TenantView&) const = default;
};

struct TenantsPage {
    std::vector<TenantView> tenants;
    std::optional<std::string> next_cursor;

    bool operator==(const TenantsPage&) const = default;
};

struct KeyRequest {
    std::string name;
    model::Role role = model::Role::kViewer;
    std::string tenant_id;  ///< role tenant: whose; also the only one of `scopes.tenants`
    model::Scope scope;
    std::optional<Instant> expires_at;

    bool operator==(const KeyRequest&) const = default;
};

struct KeyView {
    model::ApiKey key;
    std::optional<std::string> secret;  ///< `key`, only where it was just made
};

struct KeysPage {
    std::vector<KeyView> keys;
    std::optional<std::string> next_cursor;
};

[[nodiscard]] Result<RegisterRequest> decode_register_request(std::string_view text);
[[nodiscard]] std::string encode(const RegisterRequest& request);

/// For PATCH with query parameters; errors stay in the reader.
[[nodiscard]] TenantFields read_tenant_fields(BodyReader& reader);
/// For PATCH with a body; kInvalid when it sets nothing.
[[nodiscard]] Result<TenantFields> decode_tenant_patch(std::string_view text);
[[nodiscard]] std::string encode(const TenantFields& fields);
/// kInvalid `Nothing to update: …` when no field is set.
[[nodiscard]] Result<void> require_some_field(const TenantFields& fields);

/// `{"tenant_id"}`.
[[nodiscard]] Result<std::string> decode_regenerate_request(std::string_view text);
[[nodiscard]] std::string encode_regenerate_request(std::string_view tenant_id);

[[nodiscard]] TenantView make_tenant_view(
    const model::Tenant& tenant, std::optional<std::string> api_key
);
[[nodiscard]] std::string encode(const TenantView& tenant);
[[nodiscard]] std::string encode(const TenantsPage& page);
[[nodiscard]] Result<TenantView> decode_tenant_view(std::string_view text);
[[nodiscard]] Result<TenantsPage> decode_tenants_page(std::string_view text);

[[nodiscard]] Result<KeyRequest> decode_key_request(std::string_view text);
[[nodiscard]] std::string encode(const KeyRequest& request);
[[nodiscard]] std::string encode(const KeyView& key);
[[nodiscard]] std::string encode(const KeysPage& page);
[[nodiscard]] Result<KeyView> decode_key_view(std::string_view text);
[[nodiscard]] Result<KeysPage> decode_keys_page(std::string_view text);

}  // namespace signalbox::contract
