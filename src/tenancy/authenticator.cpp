#include "tenancy/authenticator.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "model/tenant.hpp"

#include <algorithm>

namespace signalbox::tenancy {

namespace {

constexpr std::size_t kMaxIdentityBytes = 200;

// One key as it was sent; refers to the headers.
struct Presented {
    std::string_view name;  ///< what stood before the colon
    std::string_view secret;
    bool in_admin_header = false;
};

void add_bearer(std::vector<Presented>& keys, std::string_view header) {
    constexpr std::string_view kScheme = "bearer";
    std::string_view secret = trim(header);
    if (equals_ignoring_case(secret.substr(0, kScheme.size()), kScheme) &&
        (secret.size() == kScheme.size() || secret[kScheme.size()] == ' ')) {
        secret = trim(secret.substr(kScheme.size()));
    }
    if (!secret.empty()) {
        keys.push_back({.name = {}, .secret = secret, .in_admin_header = false});
    }
}

void add_api_key(std::vector<Presented>& keys, std::string_view header) {
    const std::string_view text = trim(header);
    const std::size_t colon = text.rfind(':');
    const std::string_view secret = colon == std::string_view::npos ? text : text.substr(colon + 1);
    const std::string_view name =
        colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
    if (!text.empty()) {
        keys.push_back({.name = name, .secret = secret, .in_admin_header = false});
    }
}

void add_admin_key(std::vector<Presented>& keys, std::string_view header) {
    if (const std::string_view secret = trim(header); !secret.empty()) {
        keys.push_back({.name = {}, .secret = secret, .in_admin_header = true});
    }
}

std::vector<Presented> presented_keys(const Credentials& credentials, Audience audience) {
    std::vector<Presented> keys;
    if (audience == Audience::kAdmin) {
        add_admin_key(keys, credentials.x_admin_key);
    }
    add_bearer(keys, credentials.authorization);
    add_api_key(keys, credentials.x_api_key);
    if (audience == Audience::kClient) {
        add_admin_key(keys, credentials.x_admin_key);
    }
    return keys;
}

StoredKey configured_key(std::string name, model::Role role) {
    model::ApiKey key;
    key.name = std::move(name);
    key.role = role;
    return std::make_shared<const model::ApiKey>(std::move(key));
}

bool is_expired(const model::ApiKey& key, Instant now) {
    return key.expires_at && *key.expires_at <= now;
}

// No name is fine, and so is any with a static key that has none.
bool name_fits(const model::ApiKey& key, std::string_view name) {
    if (name.empty() || name == key.name || (key.id.empty() && key.name.empty())) {
        return true;
    }
    return key.role == model::Role::kTenant && model::normalize_tenant_id(name) == key.tenant.text;
}

std::string recorded(std::string_view identity) {
    std::string safe = to_valid_utf8(trim(identity).substr(0, kMaxIdentityBytes));
    std::ranges::replace_if(safe, [](char c) { return has_control_characters({&c, 1}); }, ' ');
    return safe;
}

model::Principal make_principal(const model::ApiKey& key, std::string_view service_identity) {
    return {
        .role = key.role,
        .key = key.id,
        .name = key.role == model::Role::kTenant ? key.tenant.text : key.name,
        .tenant = key.tenant,
        .scope = key.scope,
        .service_identity = recorded(service_identity),
    };
}

Failure missing() {
    return fail(
        Code::kUnauthenticated,
        "MISSING_CREDENTIAL",
        "No API key: send one as Authorization: Bearer <key> or X-API-Key: <key>, an admin's as "
        "X-Admin-Key"
    );
}

Failure invalid() {
    return fail(
        Code::kUnauthenticated,
        "INVALID_CREDENTIAL",
        "Invalid API key: unknown, expired, or not of the name sent with it"
    );
}

Failure other_role(const model::ApiKey& key) {
    return fail(
        Code::kForbidden,
        "FORBIDDEN",
        "The key in X-Admin-Key has the role " + std::string(model::to_word(key.role)) +
            "; it takes an admin's"
    );
}

}  // namespace

Result<std::vector<StaticKey>> parse_static_keys(std::string_view text) {
    std::string separated(text);
    std::ranges::replace_if(separated, [](char c) { return c == '\n' || c == '\r'; }, ',');
    std::vector<StaticKey> keys;
    std::vector<std::string> problems;
    std::size_t number = 0;
    for (const std::string_view piece : split(separated, ',')) {
        const std::string_view entry = trim(piece);
        if (entry.empty()) {
            continue;
        }
        ++number;
        const std::size_t colon = entry.find(':');
        const bool named = colon != std::string_view::npos;
        const std::string_view name = named ? trim(entry.substr(0, colon)) : std::string_view();
        const std::string_view secret = named ? trim(entry.substr(colon + 1)) : entry;
        StaticKey key{.name = std::string(name), .hash = sha256_hex(secret)};
        if (secret.empty() || secret.contains(':') || (named && name.empty())) {
            problems.push_back("entry " + std::to_string(number) + " is not <name>:<key> or <key>");
        } else if (std::ranges::find(keys, key.hash, &StaticKey::hash) != keys.end()) {
            problems.push_back("entry " + std::to_string(number) + " repeats the key of another");
        } else {
            keys.push_back(std::move(key));
        }
    }
    if (!problems.empty()) {
        return fail(Code::kInvalid, "INVALID_API_KEYS", "API_KEYS: " + join(problems, "; "));
    }
    return keys;
}

Authenticator::Authenticator(
    AuthenticatorConfig config, store::TenantStore& store, RateLimits& limits, const Clock& clock
)
    : config_(std::move(config)),
      store_(store),
      limits_(limits),
      clock_(clock),
      cache_(config_.cache_time, config_.cache_size) {}

Task<Result<model::Principal>> Authenticator::authenticate(
    Credentials credentials, Audience audience
) {
    const std::vector<Presented> keys = presented_keys(credentials, audience);
    if (keys.empty()) {
        co_return missing();
    }
    for (const Presented& presented : keys) {
        const std::string hash = sha256_hex(presented.secret);
        StoredKey key = find_configured(hash);
        if (!key) {
            if (const auto remembered = cache_.find(hash, clock_.steady())) {
                key = *remembered;
            } else {
                SB_CO_TRY(key, co_await find_stored(hash));
            }
        }
        if (!key || is_expired(*key, clock_.now()) || !name_fits(*key, presented.name)) {
            continue;
        }
        if (presented.in_admin_header && key->role != model::Role::kAdmin) {
            co_return other_role(*key);
        }
        co_return make_principal(*key, credentials.x_service_identity);
    }
    SB_CO_OK(limits_.count_wrong_key(credentials.peer_address));
    co_return invalid();
}

void Authenticator::forget_keys() {
    ++generation_;
    cache_.clear();
}

// Every configured key is compared, whichever matches, so that the time says nothing.
StoredKey Authenticator::find_configured(const std::string& hash) const {
    StoredKey found;
    for (const std::string& admin : config_.admin_key_hashes) {
        if (equal_in_constant_time(admin, hash)) {
            found = configured_key("admin", model::Role::kAdmin);
        }
    }
    for (const StaticKey& key : config_.static_keys) {
        if (equal_in_constant_time(key.hash, hash) && !found) {
            found = configured_key(key.name, model::Role::kDebugger);
        }
    }
    return found;
}

Task<Result<StoredKey>> Authenticator::find_stored(std::string hash) {
    const std::uint64_t generation = generation_;
    SB_CO_TRY(auto stored, co_await store_.find_key(hash, clock_.now()));
    StoredKey key;
    if (stored) {
        key = std::make_shared<const model::ApiKey>(*std::move(stored));
    }
    if (generation == generation_) {
        cache_.remember(std::move(hash), key, clock_.steady());
    }
    co_return key;
}

}  // namespace signalbox::tenancy
