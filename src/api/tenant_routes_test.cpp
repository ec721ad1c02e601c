#include "api/api_fixture.hpp"
#include "contract/error_body.hpp"
#include "contract/job_answers.hpp"
#include "contract/tenant_contract.hpp"

namespace signalbox::api {
namespace {

using net::Method;

net::ClientResponse patch(TestServer& server, const std::string& target, const std::string& body) {
    return server.send({.method = Method::kPatch, .target = target, .key = kAdminKey, .body = body}
    );
}

net::ClientResponse erase(TestServer& server, const std::string& target) {
    return server.send({.method = Method::kDelete, .target = target, .key = kAdminKey});
}

TEST(TenantRoutes, RegisterOnceAndMapTheIdAlike) {
    TestServer server;
    const auto made =
        server.post("/auth/register", kAdminKey, R"({"tenant_id":"My_T","max_cpu":4})");
    ASSERT_EQ(made.status, 200U) << made.body;
    const auto tenant = contract::decode_tenant_view(made.body).value();
    EXPECT_EQ(tenant.tenant_id, "my-t");
    EXPECT_EQ(tenant.limits.max_cpu, 4);
    EXPECT_EQ(tenant.limits.max_memory_gi, 20);
    EXPECT_TRUE(tenant.api_key.value().starts_with("sk-"));
    EXPECT_TRUE(made.body.contains(R"("namespace":"my-t")"));

    EXPECT_EQ(server.post("/auth/register", kAdminKey, R"({"tenant_id":"my t"})").status, 409U);
    const auto found = server.get("/auth/tenants/My_T", kAdminKey);
    EXPECT_EQ(found.status, 200U);
    EXPECT_TRUE(found.body.contains(R"("api_key":null)"));
    EXPECT_EQ(server.get("/jobs", *tenant.api_key).status, 200U);
}

TEST(TenantRoutes, NameTheFieldThatIsWrong) {
    TestServer server;
    for (const char* body :
         {R"({"tenant_id":"kube-x"})",
          R"({"tenant_id":"a","max_cpu":0})",
          R"({"tenant_id":"-a"})",
          "{}",
          R"({"tenant_id":"a","max_concurrent_jobs":201})"}) {
        const auto answer = server.post("/auth/register", kAdminKey, body);
        EXPECT_EQ(answer.status, 422U) << body << answer.body;
        EXPECT_TRUE(answer.body.contains(R"("detail":[{"loc":["body",)")) << answer.body;
    }
    EXPECT_EQ(server.post("/auth/register", kAdminKey, "{").status, 400U);
    const auto unknown = server.get("/auth/tenants/nobody", kAdminKey);
    EXPECT_EQ(unknown.status, 404U);
    EXPECT_TRUE(unknown.body.contains(R"("detail":"Tenant nobody not found")"));
}

TEST(TenantRoutes, ListInPagesOnlyWhenAskedTo) {
    TestServer server;
    for (const char* id : {"a", "b", "c"}) {
        server.add_tenant(id);
    }
    const auto all =
        contract::decode_tenants_page(server.get("/auth/tenants", kAdminKey).body).value();
    ASSERT_EQ(all.tenants.size(), 3U);
    EXPECT_EQ(all.tenants.front().tenant_id, "c");
    EXPECT_FALSE(all.next_cursor);

    const auto first =
        contract::decode_tenants_page(server.get("/auth/tenants?limit=2", kAdminKey).body).value();
    ASSERT_EQ(first.tenants.size(), 2U);
    const auto rest =
        contract::decode_tenants_page(
            server.get("/auth/tenants?cursor=" + first.next_cursor.value(), kAdminKey).body
        )
            .value();
    ASSERT_EQ(rest.tenants.size(), 1U);
    EXPECT_EQ(rest.tenants.front().tenant_id, "a");

    EXPECT_EQ(server.get("/auth/tenants?limit=0", kAdminKey).status, 422U);
    EXPECT_EQ(server.get("/auth/tenants?limit=1001", kAdminKey).status, 422U);
    EXPECT_EQ(server.get("/auth/tenants?cursor=nonsense", kAdminKey).status, 422U);
}

TEST(TenantRoutes, ChangeLimitsByQueryOrBody) {
    TestServer server;
    server.add_tenant("acme");
    auto hint = server.changes.subscribe("dispatch");
    const auto by_query = patch(server, "/auth/tenants/acme?max_cpu=12", "");
    ASSERT_EQ(by_query.status, 200U) << by_query.body;
    EXPECT_EQ(contract::decode_tenant_view(by_query.body).value().limits.max_cpu, 12);
    EXPECT_TRUE(server.wait(hint.wait(std::chrono::seconds(0))));

    const auto by_body = patch(server, "/auth/tenants/acme", R"({"on_limit":"queue"})");
    EXPECT_EQ(
        contract::decode_tenant_view(by_body.body).value().limits.on_limit, model::OnLimit::kQueue
    );
    EXPECT_EQ(patch(server, "/auth/tenants/acme", "").status, 400U);
    EXPECT_EQ(patch(server, "/auth/tenants/acme", "{}").status, 400U);
    EXPECT_EQ(patch(server, "/auth/tenants/acme?max_cpu=1001", "").status, 422U);
    EXPECT_EQ(patch(server, "/auth/tenants/nobody?max_cpu=1", "").status, 404U);
}

TEST(TenantRoutes, DeleteKeepsTheNameTaken) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit_job_id(server, key, "s");
    EXPECT_EQ(erase(server, "/auth/tenants/acme").status, 409U);
    FakeWorker(server, "acme").complete();
    EXPECT_EQ(erase(server, "/auth/tenants/acme").status, 204U);
    EXPECT_EQ(server.get("/jobs", key).status, 401U);
    EXPECT_EQ(server.get("/auth/tenants/acme", kAdminKey).status, 404U);
    EXPECT_EQ(server.post("/auth/register", kAdminKey, R"({"tenant_id":"acme"})").status, 409U);
}

TEST(TenantRoutes, RotateKeysByAdminAndByTheTenantItself) {
    TestServer server;
    const std::string first = server.add_tenant("acme");
    const auto by_admin = server.post("/auth/regenerate-key", kAdminKey, R"({"tenant_id":"acme"})");
    const std::string second = contract::decode_tenant_view(by_admin.body).value().api_key.value();
    EXPECT_EQ(server.get("/jobs", first).status, 401U);
    const auto by_tenant = server.post("/tenants/me/regenerate-key", second);
    const std::string third = contract::decode_tenant_view(by_tenant.body).value().api_key.value();
    EXPECT_EQ(server.get("/jobs", second).status, 401U);
    EXPECT_EQ(server.get("/jobs", third).status, 200U);
    EXPECT_EQ(
        server.post("/auth/regenerate-key", kAdminKey, R"({"tenant_id":"nobody"})").status, 404U
    );
}

TEST(TenantRoutes, OpenRegistrationNeedsNoKeyButKeepsTheRestClosed) {
    ServerSetup setup;
    setup.config.open_registration = true;
    TestServer server(std::move(setup));
    EXPECT_EQ(server.post("/auth/register", "", R"({"tenant_id":"acme"})").status, 200U);
    EXPECT_EQ(server.get("/auth/tenants").status, 200U);
    EXPECT_EQ(server.get("/auth/tenants/acme").status, 200U);
    EXPECT_EQ(
        server.send({.method = Method::kDelete, .target = "/auth/tenants/acme"}).status, 401U
    );
    EXPECT_EQ(server.get("/admin/jobs").status, 401U);
}

TEST(TenantRoutes, OpenRegistrationGivesWithAKeyWhatItGivesWithout) {
    ServerSetup setup;
    setup.config.open_registration = true;
    TestServer server(std::move(setup));
    const std::string key = server.add_tenant("acme");
    EXPECT_EQ(server.post("/auth/register", key, R"({"tenant_id":"other"})").status, 200U);
    EXPECT_EQ(server.get("/auth/tenants/other", key).status, 200U);
    EXPECT_EQ(server.get("/auth/tenants", key).body, server.get("/auth/tenants").body);
    EXPECT_EQ(server.get("/auth/tenants", "wrong").status, 401U);
}

TEST(TenantRoutes, ShowATenantWhereItStands) {
    TestServer server;
    const std::string key = server.add_tenant("acme", R"(,"max_cpu":8)");
    const std::string job = submit_job_id(server, key, "s");
    const auto answer = server.get("/tenants/me/dashboard", key);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto dashboard = contract::decode_dashboard(answer.body).value();
    EXPECT_EQ(dashboard.tenant_id, "acme");
    EXPECT_EQ(dashboard.limits.max_cpu, 8);
    ASSERT_EQ(dashboard.recent_jobs.size(), 1U);
    EXPECT_EQ(dashboard.recent_jobs.front().job_id, job);
    EXPECT_TRUE(answer.body.contains(R"("requests.cpu":"1")"));
    EXPECT_TRUE(answer.body.contains(R"("requests.memory":"1Gi")"));
    EXPECT_TRUE(answer.body.contains(R"("pending":1)"));
}

TEST(TenantRoutes, AnnounceWebhooksThatAreNotThereYet) {
    TestServer server;
    const auto answer = server.post("/tenants/me/webhook-secret", server.add_tenant("acme"));
    EXPECT_EQ(answer.status, 501U);
    EXPECT_TRUE(answer.body.contains("Webhooks are not available"));
}

TEST(KeyRoutes, MakeNamedKeysThatAreShownOnce) {
    TestServer server;
    const auto made =
        server.post("/admin/keys", kAdminKey, R"({"name":"grafana","role":"viewer"})");
    ASSERT_EQ(made.status, 201U) << made.body;
    const auto view = contract::decode_key_view(made.body).value();
    const std::string secret = view.secret.value();
    EXPECT_EQ(server.get("/admin/jobs", secret).status, 200U);
    EXPECT_EQ(server.post("/auth/register", secret, R"({"tenant_id":"a"})").status, 403U);

    const auto list = server.get("/admin/keys", kAdminKey);
    EXPECT_TRUE(list.body.contains(view.key.id.text));
    EXPECT_FALSE(list.body.contains(secret));
    EXPECT_EQ(erase(server, "/admin/keys/" + view.key.id.text).status, 204U);
    EXPECT_EQ(server.get("/admin/jobs", secret).status, 401U);
    EXPECT_EQ(erase(server, "/admin/keys/" + view.key.id.text).status, 404U);
    EXPECT_EQ(erase(server, "/admin/keys/nonsense").status, 404U);
    EXPECT_EQ(server.post("/admin/keys", kAdminKey, R"({"name":"x","role":"king"})").status, 422U);
}

TEST(KeyRoutes, LimitedKeysSeeTheirTenantsAndCannotMakeOthers) {
    TestServer server;
    server.add_tenant("acme");
    server.add_tenant("other");
    const auto made = server.post(
        "/admin/keys", kAdminKey, R"({"name":"ops","role":"admin","scopes":{"tenants":["acme"]}})"
    );
    const std::string key = contract::decode_key_view(made.body).value().secret.value();
    EXPECT_EQ(server.get("/auth/tenants/acme", key).status, 200U);
    EXPECT_EQ(server.get("/auth/tenants/other", key).status, 404U);
    const auto list = contract::decode_tenants_page(server.get("/auth/tenants", key).body).value();
    ASSERT_EQ(list.tenants.size(), 1U);
    EXPECT_EQ(list.tenants.front().tenant_id, "acme");
    EXPECT_EQ(server.post("/auth/register", key, R"({"tenant_id":"third"})").status, 403U);
    EXPECT_EQ(server.post("/admin/keys", key, R"({"name":"x","role":"admin"})").status, 403U);
    EXPECT_EQ(server.get("/admin/stats", key).status, 403U);
    EXPECT_EQ(server.get("/admin/jobs", key).status, 200U);
    EXPECT_EQ(server.get("/admin/jobs?tenant_id=other", key).status, 404U);
}

}  // namespace
}  // namespace signalbox::api
