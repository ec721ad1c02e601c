#include "api/api_fixture.hpp"
#include "contract/admin_contract.hpp"
#include "contract/error_body.hpp"

#include <numeric>

namespace signalbox::api {
namespace {

TEST(AdminRoutes, ShowThisMachineAsTheOneNode) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit(server, key, "s", {{"cpu_request", "2"}, {"memory_gi", "3"}});
    FakeWorker worker(server, "acme");
    worker.beat();
    const auto answer = server.get("/admin/cluster", kAdminKey);
    const auto cluster = contract::decode_cluster_view(answer.body).value();
    ASSERT_EQ(cluster.nodes.size(), 1U);
    const auto& node = cluster.nodes.front();
    EXPECT_EQ(node.status, std::vector<std::string>{"Ready"});
    EXPECT_EQ(node.allocated, (contract::Resources{.cpu = "2", .memory = "3Gi"}));
    EXPECT_EQ(node.pods_running, 1);
    EXPECT_TRUE(node.capacity.memory.ends_with("Ki")) << node.capacity.memory;
    EXPECT_TRUE(answer.body.contains(R"("total_nodes":1)"));
}

TEST(AdminRoutes, ListJobsOfAllTenantsWithTheirTotal) {
    TestServer server;
    const std::string acme = server.add_tenant("acme");
    const std::string other = server.add_tenant("other");
    submit_job_id(server, acme, "a");
    submit_job_id(server, acme, "b");
    submit_job_id(server, other, "c");
    const auto page = [&server](const std::string& query) {
        const auto answer = server.get("/admin/jobs" + query, kAdminKey);
        EXPECT_EQ(answer.status, 200U) << answer.body;
        return contract::decode_admin_jobs_page(answer.body).value();
    };
    const auto all = page("");
    ASSERT_EQ(all.jobs.size(), 3U);
    EXPECT_EQ(all.total, 3);
    EXPECT_EQ(all.jobs.front().job.tenant_id, "other");
    const auto first = page("?limit=1&tenant_id=acme");
    ASSERT_EQ(first.jobs.size(), 1U);
    EXPECT_EQ(first.total, 2);
    EXPECT_EQ(page("?tenant_id=acme&cursor=" + first.next_cursor.value()).jobs.size(), 1U);
    EXPECT_EQ(page("?status=RUNNING").total, 0);
    EXPECT_EQ(server.get("/admin/jobs?limit=1001", kAdminKey).status, 422U);
    const std::string cursor_of_another_list = server.get("/auth/tenants?limit=1", kAdminKey).body;
    EXPECT_TRUE(cursor_of_another_list.contains("next_cursor"));
}

TEST(AdminRoutes, CountWhatIsGoingOn) {
    TestServer server;
    const std::string key = server.add_tenant("acme", R"(,"max_concurrent_jobs":2)");
    submit_job_id(server, key, "a");
    submit_job_id(server, key, "b");
    submit(server, key, "c", {{"on_limit", "queue"}});
    FakeWorker worker(server, "acme");
    worker.beat();

    const auto activity =
        contract::decode_activity(server.get("/admin/activity", kAdminKey).body).value();
    EXPECT_EQ(activity.pods.at("Running"), 1);
    EXPECT_EQ(activity.pods.at("Pending"), 1);
    EXPECT_EQ(activity.k8s_jobs.active, 2);
    const auto stats =
        contract::decode_queue_stats(server.get("/admin/stats", kAdminKey).body).value();
    EXPECT_EQ(stats.counts[0], 1);
    EXPECT_TRUE(stats.queue_start_at.has_value());

    const auto series =
        contract::decode_time_series(server.get("/admin/time_series?minutes=5", kAdminKey).body)
            .value();
    EXPECT_EQ(series.series.size(), 5U);
    const auto sum = std::accumulate(
        series.series.begin(),
        series.series.end(),
        std::int64_t{0},
        [](std::int64_t total, const auto& minute) { return total + minute.second; }
    );
    EXPECT_EQ(sum, 3);
    for (const char* bad :
         {"time_series?minutes=0", "time_series?minutes=1441", "recent_jobs?limit=201"}) {
        EXPECT_EQ(server.get(std::string("/admin/") + bad, kAdminKey).status, 422U) << bad;
    }
    const auto recent =
        contract::decode_recent_jobs(server.get("/admin/recent_jobs?limit=2", kAdminKey).body)
            .value();
    EXPECT_EQ(recent.limit, 2);
    EXPECT_EQ(recent.jobs.size(), 2U);
}

TEST(AdminRoutes, HaveNoClusterToWarmUp) {
    TestServer server;
    const auto answer = server.post("/admin/warmup?cpu_request=2", kAdminKey);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(contract::decode_error(503, answer.body).word(), "NO_CLUSTER");
    EXPECT_EQ(server.get("/admin/warmup/status", kAdminKey).status, 503U);
}

}  // namespace
}  // namespace signalbox::api
