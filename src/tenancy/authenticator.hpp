// Who is asking: from the credential headers of a request to a Principal.
//
// A key is hashed and looked up in the configuration (admin key, static keys) and in the store;
// what the store said is remembered for a few seconds, also that it knows nothing. With several
// headers the first right key counts, beginning with the header the route is made for. A right key
// is served however many wrong ones came from its address; a missing credential is not a wrong one.
//
// Threads: event loop.  Suspends: authenticate.
// Errors: kUnauthenticated (MISSING_CREDENTIAL, INVALID_CREDENTIAL), kExhausted for too many wrong
// keys, kForbidden for a known key of another role in `X-Admin-Key`, kUnavailable from the store.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/principal.hpp"
#include "store/tenant_store.hpp"
#include "tenancy/key_cache.hpp"
#include "tenancy/rate_limits.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::tenancy {

/// Values of the headers a credential may come in, empty when absent, and where it came from.
struct Credentials {
    std::string authorization;
    std::string x_api_key;
    std::string x_admin_key;
    std::string x_service_identity;
    std::string peer_address;
};

/// For whom the route is made: decides which header is looked at first.
enum class Audience : std::uint8_t {
    kAdmin,   ///< `X-Admin-Key`, and another role's key in it is refused
    kClient,  ///< `Authorization`, `X-API-Key`; `X-Admin-Key` only if nothing else fits
};

/// A key of the configuration (`API_KEYS`): reaches the debug half. Kept as its hash.
struct StaticKey {
    std::string name;  ///< empty: the key was given without one
    std::string hash;  ///< SHA-256 of the key, hexadecimal

    bool operator==(const StaticKey&) const = default;
};

/// `API_KEYS`: separated by commas or line ends, each `name:key` or `key`. All problems at once,
/// by number: keys do not belong into messages.
[[nodiscard]] Result<std::vector<StaticKey>> parse_static_keys(std::string_view text);

struct AuthenticatorConfig {
    std::vector<std::string> admin_key_hashes;  ///< SHA-256, hexadecimal; see ensure_admin_key
    std::vector<StaticKey> static_keys;
    std::chrono::seconds cache_time{5};
    std::size_t cache_size = 10'000;
};

class Authenticator {
public:
    /// Store, limits and clock must outlive the authenticator.
    Authenticator(
        AuthenticatorConfig config,
        store::TenantStore& store,
        RateLimits& limits,
        const Clock& clock
    );

    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    Task<Result<model::Principal>> authenticate(
        Credentials credentials, Audience audience = Audience::kClient
    );

    /// Forgets what the store said; after any change of tenants or keys.
    void forget_keys();

private:
    [[nodiscard]] StoredKey find_configured(const std::string& hash) const;
    Task<Result<StoredKey>> find_stored(std::string hash);

    AuthenticatorConfig config_;
    store::TenantStore& store_;
    RateLimits& limits_;
    const Clock& clock_;
    KeyCache cache_;
    std::uint64_t generation_ = 0;  ///< an answer from before forget_keys is not remembered
};

}  // namespace signalbox::tenancy
