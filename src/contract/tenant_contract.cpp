#include "contract/tenant_contract.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "contract/json_fields.hpp"
#include "contract/requests.hpp"

#include <algorithm>
#include <array>

namespace signalbox::contract {

namespace {

using namespace std::string_view_literals;

constexpr TextRule kName{.min = 1, .max = 100};
constexpr std::array kKeyFields{"name"sv, "role"sv, "tenant_id"sv, "scopes"sv, "expires_at"sv};
constexpr std::array kScopeFields{"tenants"sv, "clusters"sv, "namespaces"sv};
constexpr std::array kRoleWords{"admin"sv, "tenant"sv, "debugger"sv, "viewer"sv};

std::optional<std::int32_t> find_small(BodyReader& reader, std::string_view name, IntRule rule) {
    const auto number = reader.find_int(name, rule);
    return number ? std::optional(static_cast<std::int32_t>(*number)) : std::nullopt;
}

void check_prefixes(BodyReader& reader, const std::vector<std::string>& prefixes) {
    constexpr std::string_view kScheme = "s3://";
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
        if (!prefixes[i].starts_with(kScheme) || prefixes[i].size() == kScheme.size()) {
            reader.refuse(
                "s3_prefixes." + std::to_string(i),
                shown(prefixes[i]) + " does not start with s3:// and a bucket"
            );
        }
    }
}

// On the wire an absent list means all and an empty one nothing; see the header.
std::vector<std::string> read_scope_list(BodyReader& reader, std::string_view name) {
    const auto names = reader.find_texts(name, {.max_items = 1000, .item = kName});
    if (!names) {
        return {};
    }
    return names->empty() ? std::vector<std::string>{""} : *names;
}

void write_scope_list(auto& f, std::string_view name, auto& names) {
    if constexpr (std::is_const_v<std::remove_reference_t<decltype(names)>>) {
        std::optional<std::vector<std::string>> written;
        if (!names.empty()) {
            written = names == std::vector<std::string>{""} ? std::vector<std::string>{} : names;
        }
        f(name, written);
    } else {
        std::optional<std::vector<std::string>> read;
        f(name, read);
        if (read) {
            names = read->empty() ? std::vector<std::string>{""} : *read;
        }
    }
}

void list_fields(auto& f, auto& v) {
    f.if_set("max_cpu", v.max_cpu);
    f.if_set("max_memory_gi", v.max_memory_gi);
    f.if_set("max_concurrent_jobs", v.max_concurrent_jobs);
    f.if_set("max_queued_jobs", v.max_queued_jobs);
    f.if_set("priority_weight", v.priority_weight);
    f.if_set("on_limit", v.on_limit);
    f.if_set("s3_prefixes", v.s3_prefixes);
}

}  // namespace

template <>
struct WordsOf<model::Role> {
    static auto word(model::Role role) { return model::to_word(role); }

    static auto parse(std::string_view word) { return model::parse_role(word); }
};

template <>
struct Fields<model::Scope> {
    static void list(auto& f, auto& v) {
        write_scope_list(f, "tenants", v.tenants);
        write_scope_list(f, "clusters", v.clusters);
        write_scope_list(f, "namespaces", v.namespaces);
    }
};

template <>
struct Fields<RegisterRequest> {
    static void list(auto& f, auto& v) {
        f("tenant_id", v.tenant_id);
        list_fields(f, v.fields);
    }
};

template <>
struct Fields<TenantFields> {
    static void list(auto& f, auto& v) { list_fields(f, v); }
};

template <>
struct Fields<TenantView> {
    static void list(auto& f, auto& v) {
        f.required("tenant_id", v.tenant_id);
        f.derived("namespace", v.tenant_id);
        f("api_key", v.api_key);
        f("max_cpu", v.limits.max_cpu);
        f("max_memory_gi", v.limits.max_memory_gi);
        f("max_concurrent_jobs", v.limits.max_concurrent_jobs);
        f("created_at", v.created_at);
        f("on_limit", v.limits.on_limit);
        f("max_queued_jobs", v.limits.max_queued_jobs);
        f("priority_weight", v.limits.priority_weight);
        f("s3_prefixes", v.s3_prefixes);
    }
};

template <>
struct Fields<TenantsPage> {
    static void list(auto& f, auto& v) {
        f("tenants", v.tenants);
        f("next_cursor", v.next_cursor);
    }
};

template <>
struct Fields<KeyRequest> {
    static void list(auto& f, auto& v) {
        f("name", v.name);
        f("role", v.role);
        f.if_any("tenant_id", v.tenant_id);
        f("scopes", v.scope);
        f("expires_at", v.expires_at);
    }
};

template <>
struct Fields<KeyView> {
    static void list(auto& f, auto& v) {
        f.required("key_id", v.key.id.text);
        f("name", v.key.name);
        f("role", v.key.role);
        f.text_or_null("tenant_id", v.key.tenant.text);
        f("scopes", v.key.scope);
        f("created_at", v.key.created_at);
        f("expires_at", v.key.expires_at);
        f.if_set("key", v.secret);
    }
};

template <>
struct Fields<KeysPage> {
    static void list(auto& f, auto& v) {
        f("keys", v.keys);
        f("next_cursor", v.next_cursor);
    }
};

TenantFields read_tenant_fields(BodyReader& reader) {
    TenantFields fields;
    fields.max_cpu = find_small(reader, "max_cpu", {.min = 1, .max = 1000});
    fields.max_memory_gi = find_small(reader, "max_memory_gi", {.min = 1, .max = 5000});
    fields.max_concurrent_jobs = find_small(reader, "max_concurrent_jobs", {.min = 1, .max = 200});
    fields.max_queued_jobs = find_small(reader, "max_queued_jobs", {.min = 0, .max = 1'000'000});
    fields.priority_weight = find_small(reader, "priority_weight", {.min = 1, .max = 100});
    fields.on_limit = read_on_limit(reader);
    fields.s3_prefixes =
        reader.find_texts("s3_prefixes", {.max_items = 100, .item = {.min = 1, .max = 1000}});
    if (fields.s3_prefixes) {
        check_prefixes(reader, *fields.s3_prefixes);
    }
    return fields;
}

Result<RegisterRequest> decode_register_request(std::string_view text) {
    SB_TRY(BodyReader reader, BodyReader::from_json(text));
    RegisterRequest request;
    request.tenant_id = reader.get_text("tenant_id", kName);
    request.fields = read_tenant_fields(reader);
    SB_OK(reader.finish());
    return request;
}

Result<TenantFields> decode_tenant_patch(std::string_view text) {
    SB_TRY(BodyReader reader, BodyReader::from_json(text));
    TenantFields fields = read_tenant_fields(reader);
    SB_OK(reader.finish());
    SB_OK(require_some_field(fields));
    return fields;
}

Result<void> require_some_field(const TenantFields& fields) {
    if (fields == TenantFields{}) {
        return fail(
            Code::kInvalid,
            "NOTHING_TO_UPDATE",
            "Nothing to update: give at least one of max_cpu, max_memory_gi, max_concurrent_jobs, "
            "max_queued_jobs, priority_weight, on_limit, s3_prefixes"
        );
    }
    return {};
}

Result<std::string> decode_regenerate_request(std::string_view text) {
    SB_TRY(BodyReader reader, BodyReader::from_json(text));
    std::string id = reader.get_text("tenant_id", kName);
    SB_OK(reader.finish());
    return id;
}

std::string encode_regenerate_request(std::string_view tenant_id) {
    return JsonWriter().begin_object().key("tenant_id").text(tenant_id).end_object().take();
}

Result<KeyRequest> decode_key_request(std::string_view text) {
    SB_TRY(BodyReader reader, BodyReader::from_json(text));
    KeyRequest request;
    request.name = reader.get_text("name", kName);
    if (request.name.contains(':')) {
        reader.refuse("name", shown(request.name) + " holds a colon, which ends a name in headers");
    }
    if (!reader.has("role")) {
        reader.refuse("role", "is missing", "missing");
    } else if (const auto word = reader.find_word("role", kRoleWords)) {
        request.role = *model::parse_role(*word);
    }
    request.tenant_id = reader.find_text("tenant_id", kName).value_or("");
    request.scope = {
        .tenants = read_scope_list(reader, "scopes.tenants"),
        .clusters = read_scope_list(reader, "scopes.clusters"),
        .namespaces = read_scope_list(reader, "scopes.namespaces"),
    };
    // A restriction that would not be kept must not be taken.
    reader.refuse_others("", kKeyFields);
    reader.refuse_others("scopes", kScopeFields);
    if (const auto expires = reader.find_text("expires_at", kName)) {
        request.expires_at = parse_rfc3339(*expires);
        if (!request.expires_at) {
            reader.refuse("expires_at", shown(*expires) + " is not a time of RFC 3339");
        }
    }
    SB_OK(reader.finish());
    return request;
}

TenantView make_tenant_view(const model::Tenant& tenant, std::optional<std::string> api_key) {
    return {
        .tenant_id = tenant.id.text,
        .api_key = std::move(api_key),
        .limits = tenant.limits,
        .s3_prefixes = tenant.s3_prefixes,
        .created_at = tenant.created_at,
    };
}

std::string encode(const RegisterRequest& request) {
    return encode_fields(request);
}

std::string encode(const TenantFields& fields) {
    return encode_fields(fields);
}

std::string encode(const TenantView& tenant) {
    return encode_fields(tenant);
}

std::string encode(const TenantsPage& page) {
    return encode_fields(page);
}

std::string encode(const KeyRequest& request) {
    return encode_fields(request);
}

std::string encode(const KeyView& key) {
    return encode_fields(key);
}

std::string encode(const KeysPage& page) {
    return encode_fields(page);
}

Result<TenantView> decode_tenant_view(std::string_view text) {
    return decode_fields<TenantView>(text);
}

Result<TenantsPage> decode_tenants_page(std::string_view text) {
    return decode_fields<TenantsPage>(text);
}

Result<KeyView> decode_key_view(std::string_view text) {
    return decode_fields<KeyView>(text);
}

Result<KeysPage> decode_keys_page(std::string_view text) {
    return decode_fields<KeysPage>(text);
}

}  // namespace signalbox::contract
