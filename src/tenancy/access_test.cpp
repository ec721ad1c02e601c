#include "tenancy/access.hpp"

#include <gtest/gtest.h>

namespace signalbox::tenancy {
namespace {

model::Principal a_principal(model::Role role, std::string key = "k") {
    model::Principal who;
    who.role = role;
    who.key = KeyId{std::move(key)};
    if (role == model::Role::kTenant) {
        who.tenant = TenantId{"t"};
    }
    return who;
}

TEST(Access, AsksForTheRoleOfTheRoute) {
    const auto admin = a_principal(model::Role::kAdmin);
    const auto viewer = a_principal(model::Role::kViewer);
    const auto tenant = a_principal(model::Role::kTenant);
    EXPECT_TRUE(require_admin(admin));
    EXPECT_EQ(require_admin(viewer).error().code(), Code::kForbidden);
    EXPECT_TRUE(require_reader(viewer));
    EXPECT_FALSE(require_reader(tenant));
    EXPECT_EQ(require_tenant(tenant)->text, "t");
    EXPECT_EQ(
        require_tenant(admin).error().message(),
        "This takes a tenant's key; the key has the role admin"
    );
}

TEST(Access, OpenRegistrationForgivesAMissingKeyNotAWrongOne) {
    const Result<model::Principal> missing =
        fail(Code::kUnauthenticated, "MISSING_CREDENTIAL", "none");
    const Result<model::Principal> wrong =
        fail(Code::kUnauthenticated, "INVALID_CREDENTIAL", "wrong");
    const Result<model::Principal> tenant = a_principal(model::Role::kTenant);
    EXPECT_TRUE(require_admin_or_open(missing, true));
    EXPECT_FALSE(require_admin_or_open(missing, false));
    EXPECT_EQ(require_admin_or_open(wrong, true).error().code(), Code::kUnauthenticated);
    EXPECT_TRUE(require_admin_or_open(tenant, true));
    EXPECT_EQ(require_admin_or_open(tenant, false).error().code(), Code::kForbidden);
    EXPECT_TRUE(require_reader_or_open(a_principal(model::Role::kViewer), false));
    EXPECT_TRUE(require_reader_or_open(missing, true));
}

TEST(Access, ReachesTheTenantsOfItsScope) {
    auto admin = a_principal(model::Role::kAdmin);
    EXPECT_TRUE(reaches_tenant(admin, TenantId{"x"}));
    admin.scope.tenants = {"a"};
    EXPECT_TRUE(reaches_tenant(admin, TenantId{"a"}));
    EXPECT_FALSE(reaches_tenant(admin, TenantId{"x"}));
    admin.scope.tenants = {""};  // nothing
    EXPECT_FALSE(reaches_tenant(admin, TenantId{"x"}));
    const auto tenant = a_principal(model::Role::kTenant);
    EXPECT_TRUE(reaches_tenant(tenant, TenantId{"t"}));
    EXPECT_FALSE(reaches_tenant(tenant, TenantId{"x"}));
}

TEST(Access, CountsKeysOfTheConfigurationByName) {
    auto fixed = a_principal(model::Role::kDebugger, "");
    fixed.name = "ci";
    EXPECT_EQ(rate_name(fixed), "debugger:ci");
    EXPECT_EQ(rate_name(a_principal(model::Role::kTenant)), "k");
}

}  // namespace
}  // namespace signalbox::tenancy
