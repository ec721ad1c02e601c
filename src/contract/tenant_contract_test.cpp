#include "contract/tenant_contract.hpp"

#include <gtest/gtest.h>

namespace signalbox::contract {
namespace {

constexpr Instant kNow{std::chrono::days(20'000)};

TEST(RegisterRequest, TakesNullLimitsAsDefaults) {
    const auto request = decode_register_request(
        R"({"tenant_id":"My T","max_cpu":null,"max_memory_gi":40,"on_limit":"queue"})"
    );
    ASSERT_TRUE(request);
    EXPECT_EQ(request->tenant_id, "My T");
    EXPECT_EQ(request->fields.max_cpu, std::nullopt);
    EXPECT_EQ(request->fields.max_memory_gi, 40);
    EXPECT_EQ(request->fields.on_limit, model::OnLimit::kQueue);
    EXPECT_EQ(decode_register_request(encode(*request)).value(), *request);
}

TEST(RegisterRequest, RefusesLimitsOutOfRangeAllAtOnce) {
    const auto refused = decode_register_request(
        R"({"max_cpu":1001,"max_memory_gi":0,"max_concurrent_jobs":201,"s3_prefixes":["http://x"]})"
    );
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kUnprocessable);
    EXPECT_EQ(refused.error().fields().size(), 5U);
}

TEST(TenantPatch, RefusesToUpdateNothing) {
    const auto refused = decode_tenant_patch(R"({"max_cpu":null,"other":1})");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kInvalid);
    EXPECT_EQ(decode_tenant_patch(R"({"max_cpu":5})")->max_cpu, 5);
    BodyReader query = BodyReader::from_pairs("query", std::vector<NameValue>{{"max_cpu", "7"}});
    EXPECT_EQ(read_tenant_fields(query).max_cpu, 7);
    EXPECT_TRUE(query.finish());
}

TEST(TenantView, ShowsAKeyOnlyWhereOneWasMade) {
    const model::Tenant tenant{
        .id = TenantId{"my-t"}, .limits = {}, .s3_prefixes = {}, .created_at = kNow
    };
    const TenantView view = make_tenant_view(tenant, std::nullopt);
    EXPECT_EQ(
        encode(view),
        R"({"tenant_id":"my-t","namespace":"my-t","api_key":null,"max_cpu":10,"max_memory_gi":20,)"
        R"("max_concurrent_jobs":2,"created_at":"2024-10-04T00:00:00.000Z","on_limit":"reject",)"
        R"("max_queued_jobs":1000,"priority_weight":1,"s3_prefixes":[]})"
    );
    const TenantView with_key = make_tenant_view(tenant, "sk-1");
    EXPECT_TRUE(encode(with_key).contains(R"("api_key":"sk-1")"));
    EXPECT_EQ(decode_tenant_view(encode(with_key)).value(), with_key);
    const TenantsPage page{.tenants = {view}, .next_cursor = "c"};
    EXPECT_EQ(decode_tenants_page(encode(page)).value(), page);
}

TEST(KeyRequest, TellsAllFromNothing) {
    const auto request = decode_key_request(
        R"({"name":"ci","role":"debugger","scopes":{"tenants":[],"clusters":["a"],"namespaces":null}})"
    );
    ASSERT_TRUE(request);
    EXPECT_EQ(request->scope.tenants, std::vector<std::string>{""});
    EXPECT_EQ(request->scope.clusters, std::vector<std::string>{"a"});
    EXPECT_TRUE(request->scope.namespaces.empty());
    EXPECT_EQ(
        encode(*request),
        R"({"name":"ci","role":"debugger","scopes":{"tenants":[],"clusters":["a"],)"
        R"("namespaces":null},"expires_at":null})"
    );
    EXPECT_EQ(decode_key_request(encode(*request)).value(), *request);
    EXPECT_EQ(decode_key_request(R"({"name":"x","role":"admin"})")->scope, model::Scope{});
}

TEST(KeyRequest, RefusesWhatCannotBeKept) {
    EXPECT_FALSE(decode_key_request(R"({"name":"a:b","role":"admin"})"));
    EXPECT_FALSE(decode_key_request(R"({"name":"a"})"));
    EXPECT_FALSE(decode_key_request(R"({"name":"a","role":"god"})"));
    EXPECT_FALSE(decode_key_request(R"({"name":"a","role":"viewer","expires_at":"soon"})"));
    EXPECT_FALSE(decode_key_request(R"({"name":"a","role":"viewer","scopes":["a"]})"));
}

TEST(KeyRequest, OverlooksNoRestriction) {
    const auto locations = [](std::string_view text) {
        std::string all;
        const auto request = decode_key_request(text);
        for (const FieldError& field :
             request ? std::vector<FieldError>() : request.error().fields()) {
            all += field.location + " ";
        }
        return all;
    };
    EXPECT_EQ(
        locations(R"({"name":"a","role":"viewer","scope":{"tenants":["a"]},"expires":"x"})"),
        "body.scope body.expires "
    );
    EXPECT_EQ(
        locations(R"({"name":"a","role":"viewer","scopes":{"tenant":["a"],"operations":["get"]}})"),
        "body.scopes.tenant body.scopes.operations "
    );
    EXPECT_EQ(locations(R"({"name":"a","role":"viewer","scopes":null,"expires_at":null})"), "");
}

TEST(KeyView, NeverShowsAKeyInLists) {
    KeyView view;
    view.key.id = KeyId{"k"};
    view.key.name = "ci";
    view.key.role = model::Role::kViewer;
    view.key.created_at = kNow;
    EXPECT_EQ(
        encode(view),
        R"({"key_id":"k","name":"ci","role":"viewer","tenant_id":null,)"
        R"("scopes":{"tenants":null,"clusters":null,"namespaces":null},)"
        R"("created_at":"2024-10-04T00:00:00.000Z","expires_at":null})"
    );
    view.secret = "sk-2";
    EXPECT_EQ(decode_key_view(encode(view))->secret, "sk-2");
    EXPECT_EQ(
        encode(decode_keys_page(encode(KeysPage{.keys = {view}, .next_cursor = {}})).value()),
        encode(KeysPage{.keys = {view}, .next_cursor = {}})
    );
}

TEST(RegenerateRequest, ComesBackAsItWent) {
    EXPECT_EQ(decode_regenerate_request(encode_regenerate_request("t")).value(), "t");
    EXPECT_FALSE(decode_regenerate_request("{}"));
}

}  // namespace
}  // namespace signalbox::contract
