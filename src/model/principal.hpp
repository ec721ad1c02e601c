// Who is asking, and what that credential may reach.
//
// A principal is what a credential proved; it is decided once per request and passed on as a value.
// Scopes are lists of names; an empty list means no restriction beyond the role's own.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::model {

enum class Role : std::uint8_t {
    kAdmin,     ///< everything
    kTenant,    ///< its own tenant's jobs
    kDebugger,  ///< the debug half
    kViewer     ///< reads what an admin reads, changes nothing
};

[[nodiscard]] std::string_view to_word(Role role);
[[nodiscard]] std::optional<Role> parse_role(std::string_view word);

struct Scope {
    std::vector<std::string> tenants;
    std::vector<std::string> clusters;
    std::vector<std::string> namespaces;

    bool operator==(const Scope&) const = default;
};

struct Principal {
    Role role = Role::kViewer;
    KeyId key;         ///< empty for the key of the configuration
    std::string name;  ///< a tenant key's name is its tenant
    TenantId tenant;   ///< only for kTenant
    Scope scope;
    std::string service_identity;  ///< what the caller says it is: recorded, never trusted
};

/// A stored key; the secret itself is shown once and never stored.
struct ApiKey {
    KeyId id;
    std::string name;
    Role role = Role::kViewer;
    TenantId tenant;
    Scope scope;
    Instant created_at;
    std::optional<Instant> expires_at;
};

}  // namespace signalbox::model
