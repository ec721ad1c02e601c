// What a principal may do: one question per kind of route.
//
// Threads: any.  Suspends: never.  Errors: kForbidden FORBIDDEN, naming the role it would take.
#pragma once

#include "base/error.hpp"
#include "model/principal.hpp"

#include <string>

namespace signalbox::tenancy {

[[nodiscard]] Result<void> require_admin(const model::Principal& principal);

/// Admins and viewers.
[[nodiscard]] Result<void> require_reader(const model::Principal& principal);

/// The tenant whose key this is.
[[nodiscard]] Result<TenantId> require_tenant(const model::Principal& principal);

/// For what open registration allows to everybody: a missing credential is fine if it is open. A
/// wrong one is not. `who` is the answer of Authenticator::authenticate.
[[nodiscard]] Result<void> require_admin_or_open(
    const Result<model::Principal>& who, bool open_registration
);
[[nodiscard]] Result<void> require_reader_or_open(
    const Result<model::Principal>& who, bool open_registration
);

/// Whether the principal's scope reaches this tenant; what it does not reach is unknown to it.
[[nodiscard]] bool reaches_tenant(const model::Principal& principal, const TenantId& tenant);

/// The name under which requests of this principal are counted.
[[nodiscard]] std::string rate_name(const model::Principal& principal);

}  // namespace signalbox::tenancy
