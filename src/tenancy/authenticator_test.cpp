#include "tenancy/authenticator.hpp"

#include "base/hash.hpp"
#include "tenancy/testing/fake_tenant_store.hpp"

#include <gtest/gtest.h>

namespace signalbox::tenancy {
namespace {

using namespace std::chrono_literals;
using testing::run;

class AuthenticatorTest : public ::testing::Test {
protected:
    AuthenticatorTest() {
        add_key("tenant-key", "my-t", model::Role::kTenant, "my-t");
        add_key("viewer-key", "grafana", model::Role::kViewer, "");
        add_key("second-admin", "ops", model::Role::kAdmin, "");
    }

    void add_key(
        const std::string& secret,
        const std::string& name,
        model::Role role,
        const std::string& tenant
    ) {
        model::ApiKey key;
        key.id = KeyId{"id-" + secret};
        key.name = name;
        key.role = role;
        key.tenant = TenantId{tenant};
        store_.keys.push_back({.key = key, .hash = sha256_hex(secret)});
    }

    Result<model::Principal> ask(Credentials credentials, Audience audience = Audience::kClient) {
        credentials.peer_address = "10.0.0.1";
        return run(authenticator_.authenticate(std::move(credentials), audience));
    }

    Result<model::Principal> bearer(const std::string& text) {
        return ask({.authorization = text});
    }

    Result<model::Principal> api_key(const std::string& text) { return ask({.x_api_key = text}); }

    Result<model::Principal> admin_key(const std::string& text) {
        return ask({.x_admin_key = text}, Audience::kAdmin);
    }

    static AuthenticatorConfig config() {
        return {
            .admin_key_hashes = {sha256_hex("root-key")},
            .static_keys =
                {{.name = "ci", .hash = sha256_hex("static-1")},
                 {.name = "", .hash = sha256_hex("static-2")}},
        };
    }

    ManualClock clock_{Instant{std::chrono::days(20'000)}};
    testing::FakeTenantStore store_;
    RateLimits limits_{{}, clock_};
    Authenticator authenticator_{config(), store_, limits_, clock_};
};

TEST_F(AuthenticatorTest, TakesATenantsKeyInEverySpelling) {
    for (const char* text :
         {"Bearer tenant-key", "bearer tenant-key", "BEARER   tenant-key ", "tenant-key"}) {
        const auto who = bearer(text);
        ASSERT_TRUE(who) << text;
        EXPECT_EQ(who->role, model::Role::kTenant);
        EXPECT_EQ(who->tenant.text, "my-t");
        EXPECT_EQ(who->name, "my-t");
        EXPECT_EQ(who->key.text, "id-tenant-key");
    }
    for (const char* text : {"tenant-key", "my-t:tenant-key", "My_T:tenant-key"}) {
        EXPECT_TRUE(api_key(text)) << text;
    }
}

TEST_F(AuthenticatorTest, RefusesAKeyUnderAnotherName) {
    for (const char* text : {"other:tenant-key", "ci:static-2x", "other:static-1", "x:root-key"}) {
        const auto who = api_key(text);
        ASSERT_FALSE(who) << text;
        EXPECT_EQ(who.error().code(), Code::kUnauthenticated);
    }
    EXPECT_TRUE(api_key("admin:root-key"));
    EXPECT_TRUE(api_key("ci:static-1"));
    EXPECT_TRUE(api_key("anything:static-2"));
}

TEST_F(AuthenticatorTest, TellsMissingFromWrong) {
    EXPECT_EQ(ask({}).error().word(), "MISSING_CREDENTIAL");
    EXPECT_EQ(bearer("Bearer ").error().word(), "MISSING_CREDENTIAL");
    EXPECT_EQ(bearer("Bearer nope").error().word(), "INVALID_CREDENTIAL");
    EXPECT_EQ(bearer("Bearer nope").error().code(), Code::kUnauthenticated);
    EXPECT_EQ(api_key("my-t:").error().word(), "INVALID_CREDENTIAL");
}

TEST_F(AuthenticatorTest, KnowsAdminsByHeaderAndByRole) {
    EXPECT_EQ(admin_key("root-key")->name, "admin");
    EXPECT_EQ(admin_key("root-key")->role, model::Role::kAdmin);
    EXPECT_EQ(bearer("Bearer second-admin")->role, model::Role::kAdmin);
    EXPECT_EQ(admin_key("second-admin")->name, "ops");
}

TEST_F(AuthenticatorTest, RefusesAKnownKeyOfAnotherRoleInTheAdminHeader) {
    for (const char* key : {"tenant-key", "viewer-key", "static-1"}) {
        const auto who = admin_key(key);
        ASSERT_FALSE(who) << key;
        EXPECT_EQ(who.error().code(), Code::kForbidden);
    }
    EXPECT_EQ(admin_key("nope").error().code(), Code::kUnauthenticated);
}

TEST_F(AuthenticatorTest, TheRouteDecidesWhichOfTwoHeadersCounts) {
    const Credentials both{.authorization = "Bearer tenant-key", .x_admin_key = "root-key"};
    EXPECT_EQ(ask(both, Audience::kClient)->role, model::Role::kTenant);
    EXPECT_EQ(ask(both, Audience::kAdmin)->role, model::Role::kAdmin);
}

TEST_F(AuthenticatorTest, TooManyWrongKeysAreRefusedButARightOneIsServed) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(bearer("wrong").error().code(), Code::kUnauthenticated);
    }
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(ask({}).error().code(), Code::kUnauthenticated);
    }
    const auto refused = bearer("wrong");
    EXPECT_EQ(refused.error().code(), Code::kExhausted);
    EXPECT_EQ(refused.error().retry_after(), 6s);
    EXPECT_TRUE(bearer("tenant-key"));
    clock_.advance(60s);
    EXPECT_EQ(bearer("wrong").error().code(), Code::kUnauthenticated);
}

TEST_F(AuthenticatorTest, RemembersForAFewSecondsUntilToldToForget) {
    EXPECT_TRUE(bearer("tenant-key"));
    EXPECT_TRUE(bearer("tenant-key"));
    EXPECT_EQ(store_.lookups, 1);
    store_.keys.clear();
    EXPECT_TRUE(bearer("tenant-key"));
    authenticator_.forget_keys();
    EXPECT_FALSE(bearer("tenant-key"));
    EXPECT_FALSE(bearer("tenant-key"));
    EXPECT_EQ(store_.lookups, 2);
    clock_.advance(5s);
    EXPECT_FALSE(bearer("tenant-key"));
    EXPECT_EQ(store_.lookups, 3);
}

TEST_F(AuthenticatorTest, AKeyThatExpiresWhileRememberedIsRefused) {
    store_.keys.front().key.expires_at = clock_.now() + 2s;
    EXPECT_TRUE(bearer("tenant-key"));
    clock_.advance(2s);
    EXPECT_FALSE(bearer("tenant-key"));
    EXPECT_EQ(store_.lookups, 1);
}

TEST_F(AuthenticatorTest, RecordsTheServiceIdentityWithoutTrustingIt) {
    const auto who = ask(
        {.authorization = "tenant-key", .x_service_identity = "root\x1b" + std::string(500, 'x')}
    );
    ASSERT_TRUE(who);
    EXPECT_EQ(who->role, model::Role::kTenant);
    EXPECT_EQ(who->service_identity.size(), 200U);
    EXPECT_TRUE(who->service_identity.starts_with("root x"));
}

TEST(StaticKeys, AreSeparatedByCommasOrLineEnds) {
    const auto keys = parse_static_keys("ci:one, two\n\nweb:three\r\n");
    ASSERT_TRUE(keys);
    EXPECT_EQ(
        *keys,
        (std::vector<StaticKey>{
            {.name = "ci", .hash = sha256_hex("one")},
            {.name = "", .hash = sha256_hex("two")},
            {.name = "web", .hash = sha256_hex("three")}
        })
    );
    EXPECT_TRUE(parse_static_keys("")->empty());
}

TEST(StaticKeys, AllProblemsAreNamedWithoutShowingKeys) {
    const auto refused = parse_static_keys("a:b:c,secret,:x,d:,e:secret");
    ASSERT_FALSE(refused);
    for (const char* entry : {"entry 1 ", "entry 3 ", "entry 4 ", "entry 5 repeats"}) {
        EXPECT_TRUE(refused.error().message().contains(entry)) << entry;
    }
    EXPECT_FALSE(refused.error().message().contains("secret"));
}

}  // namespace
}  // namespace signalbox::tenancy
