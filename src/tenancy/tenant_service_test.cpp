#include "tenancy/tenant_service.hpp"

#include "base/hash.hpp"
#include "tenancy/testing/fake_tenant_store.hpp"

#include <gtest/gtest.h>

namespace signalbox::tenancy {
namespace {

using namespace std::chrono_literals;
using testing::run;

class TenantServiceTest : public ::testing::Test {
protected:
    Result<TenantWithKey> register_tenant(
        const std::string& id, contract::TenantFields fields = {}
    ) {
        return run(service_.register_tenant({.tenant_id = id, .fields = std::move(fields)}));
    }

    Result<model::Principal> who_has(const std::string& secret) {
        return run(authenticator_.authenticate({.authorization = secret}));
    }

    ManualClock clock_{Instant{std::chrono::days(20'000)}};
    SeededRandom random_{1};
    testing::FakeTenantStore store_;
    RateLimits limits_{{}, clock_};
    Authenticator authenticator_{{}, store_, limits_, clock_};
    TenantService service_{
        {.reserved_ids = {"monitoring"}, .key_overlap = 60s},
        {.store = store_, .authenticator = authenticator_, .clock = clock_, .random = random_}
    };
};

TEST_F(TenantServiceTest, RegistersUnderTheMappedName) {
    const auto made = register_tenant("My_Team X", {.max_cpu = 5});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->tenant.id.text, "my-team-x");
    EXPECT_EQ(made->tenant.limits.max_cpu, 5);
    EXPECT_EQ(made->tenant.limits.max_memory_gi, 20);
    EXPECT_EQ(made->tenant.created_at, clock_.now());
    EXPECT_TRUE(made->secret.starts_with("sk-"));
    EXPECT_EQ(made->secret.size(), 35U);
    EXPECT_EQ(store_.keys.at(0).hash, sha256_hex(made->secret));
    EXPECT_EQ(who_has(made->secret)->tenant.text, "my-team-x");
    EXPECT_EQ(register_tenant("my-team-x").error().code(), Code::kConflict);
    EXPECT_TRUE(register_tenant(std::string(63, 'a')));
    EXPECT_FALSE(register_tenant(std::string(64, 'a')));
}

TEST_F(TenantServiceTest, RefusesBadAndReservedNamesWithTheField) {
    for (const std::string id :
         {"-a", "a.b", "ä", "a-", "kube-system", "default", "signalbox", "monitoring", "kube-x"}) {
        const auto refused = register_tenant(id);
        ASSERT_FALSE(refused) << id;
        EXPECT_EQ(refused.error().code(), Code::kUnprocessable) << id;
        EXPECT_EQ(refused.error().fields().at(0).location, "body.tenant_id");
    }
}

TEST_F(TenantServiceTest, FindsATenantByAnySpellingOfItsName) {
    ASSERT_TRUE(register_tenant("my-t"));
    EXPECT_EQ(run(service_.get_tenant("My_T"))->id.text, "my-t");
    const auto odd = run(service_.get_tenant("../x"));
    EXPECT_EQ(odd.error().code(), Code::kNotFound);
    EXPECT_EQ(odd.error().message(), "Tenant ../x not found");
    EXPECT_EQ(run(service_.change_tenant("MY T", {.max_cpu = 7}))->limits.max_cpu, 7);
    EXPECT_EQ(run(service_.change_tenant("my-t", {})).error().code(), Code::kInvalid);
}

TEST_F(TenantServiceTest, ARotatedKeyStaysValidForTheOverlapOnly) {
    const std::string old_key = register_tenant("t")->secret;
    ASSERT_TRUE(who_has(old_key));
    const auto rotated = run(service_.regenerate_key("T"));
    ASSERT_TRUE(rotated);
    EXPECT_NE(rotated->secret, old_key);
    EXPECT_TRUE(who_has(rotated->secret));
    EXPECT_TRUE(who_has(old_key));
    clock_.advance(60s);
    EXPECT_FALSE(who_has(old_key));
    EXPECT_TRUE(who_has(rotated->secret));
    EXPECT_EQ(run(service_.regenerate_key("nobody")).error().code(), Code::kNotFound);
}

TEST_F(TenantServiceTest, ADeletedTenantsKeyIsRefusedAtOnce) {
    const std::string key = register_tenant("t")->secret;
    ASSERT_TRUE(who_has(key));
    EXPECT_TRUE(run(service_.delete_tenant("t")));
    EXPECT_FALSE(who_has(key));
    EXPECT_EQ(run(service_.delete_tenant("t")).error().code(), Code::kNotFound);
}

TEST_F(TenantServiceTest, NamedKeysHaveRoleScopeAndExpiry) {
    const auto made = run(service_.create_key(
        {.name = "grafana",
         .role = model::Role::kViewer,
         .tenant_id = {},
         .scope = {.tenants = {"a"}, .clusters = {}, .namespaces = {}},
         .expires_at = clock_.now() + 1h}
    ));
    ASSERT_TRUE(made);
    const auto who = who_has(made->secret);
    ASSERT_TRUE(who);
    EXPECT_EQ(who->role, model::Role::kViewer);
    EXPECT_EQ(who->name, "grafana");
    EXPECT_EQ(who->scope.tenants, std::vector<std::string>{"a"});
    clock_.advance(1h);
    EXPECT_FALSE(who_has(made->secret));
}

TEST_F(TenantServiceTest, AKeyOfTheRoleTenantBelongsToOneThatExists) {
    ASSERT_TRUE(register_tenant("my-t"));
    const auto ask = [this](const std::string& tenant, std::vector<std::string> scope) {
        return run(service_.create_key(
            {.name = "ci",
             .role = model::Role::kTenant,
             .tenant_id = tenant,
             .scope = {.tenants = std::move(scope), .clusters = {}, .namespaces = {}},
             .expires_at = {}}
        ));
    };
    const auto made = ask("My_T", {});
    ASSERT_TRUE(made);
    EXPECT_EQ(who_has(made->secret)->tenant.text, "my-t");
    EXPECT_EQ(who_has(made->secret)->name, "my-t");
    EXPECT_TRUE(ask("", {"my-t"}));
    EXPECT_EQ(ask("", {}).error().code(), Code::kUnprocessable);
    EXPECT_EQ(ask("nobody", {}).error().code(), Code::kNotFound);
}

TEST_F(TenantServiceTest, RefusesKeysThatMakeNoSense) {
    contract::KeyRequest request{.name = "x", .role = model::Role::kViewer};
    request.expires_at = clock_.now();
    EXPECT_EQ(run(service_.create_key(request)).error().code(), Code::kUnprocessable);
    request.expires_at.reset();
    request.tenant_id = "t";
    EXPECT_EQ(run(service_.create_key(request)).error().code(), Code::kUnprocessable);
}

TEST_F(TenantServiceTest, ADeletedKeyIsRefusedAtOnce) {
    const auto made =
        run(service_.create_key({.name = "x", .role = model::Role::kAdmin, .tenant_id = {}}));
    ASSERT_TRUE(who_has(made->secret));
    EXPECT_EQ(run(service_.list_keys({}))->rows.size(), 1U);
    EXPECT_TRUE(run(service_.delete_key(made->key.id.text)));
    EXPECT_FALSE(who_has(made->secret));
    EXPECT_EQ(run(service_.delete_key("not-a-uuid")).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace signalbox::tenancy
