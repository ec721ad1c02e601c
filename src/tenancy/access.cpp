#include "tenancy/access.hpp"

#include <algorithm>

namespace signalbox::tenancy {

namespace {

Failure forbidden(const model::Principal& principal, std::string_view needed) {
    return fail(
        Code::kForbidden,
        "FORBIDDEN",
        "This takes " + std::string(needed) + "; the key has the role " +
            std::string(model::to_word(principal.role))
    );
}

// Absent when the caller may pass without any role.
std::optional<Error> open_refusal(const Result<model::Principal>& who, bool open_registration) {
    if (!open_registration) {
        return who ? std::nullopt : std::optional(who.error());
    }
    const bool nobody = !who && who.error().word() == "MISSING_CREDENTIAL";
    return who || nobody ? std::nullopt : std::optional(who.error());
}

}  // namespace

Result<void> require_admin(const model::Principal& principal) {
    if (principal.role != model::Role::kAdmin) {
        return forbidden(principal, "an admin's key");
    }
    return {};
}

Result<void> require_reader(const model::Principal& principal) {
    if (principal.role != model::Role::kAdmin && principal.role != model::Role::kViewer) {
        return forbidden(principal, "an admin's or a viewer's key");
    }
    return {};
}

Result<TenantId> require_tenant(const model::Principal& principal) {
    if (principal.role != model::Role::kTenant) {
        return forbidden(principal, "a tenant's key");
    }
    return principal.tenant;
}

Result<void> require_admin_or_open(const Result<model::Principal>& who, bool open_registration) {
    if (auto refusal = open_refusal(who, open_registration)) {
        return fail(std::move(*refusal));
    }
    return open_registration ? Result<void>() : require_admin(*who);
}

Result<void> require_reader_or_open(const Result<model::Principal>& who, bool open_registration) {
    if (auto refusal = open_refusal(who, open_registration)) {
        return fail(std::move(*refusal));
    }
    return open_registration ? Result<void>() : require_reader(*who);
}

bool reaches_tenant(const model::Principal& principal, const TenantId& tenant) {
    if (principal.role == model::Role::kTenant) {
        return principal.tenant == tenant;
    }
    const auto& names = principal.scope.tenants;
    return names.empty() || std::ranges::find(names, tenant.text) != names.end();
}

std::string rate_name(const model::Principal& principal) {
    return principal.key.empty()
               ? std::string(model::to_word(principal.role)) + ":" + principal.name
               : principal.key.text;
}

}  // namespace signalbox::tenancy
