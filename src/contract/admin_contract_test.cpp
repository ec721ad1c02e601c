#include "contract/admin_contract.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace signalbox::contract {
namespace {

constexpr Instant kNow{std::chrono::days(20'000)};

ClusterView a_cluster() {
    return {
        .nodes = {{
            .name = "local",
            .status = {"Ready"},
            .capacity = {.cpu = "8", .memory = "16Gi"},
            .allocatable = {.cpu = "8", .memory = "16Gi"},
            .allocated = {.cpu = "2", .memory = "4Gi"},
            .pods_running = 1,
            .created = kNow,
        }}
    };
}

TEST(Cluster, IsExactlyTheContracts) {
    EXPECT_EQ(
        encode(a_cluster()),
        R"({"nodes":[{"name":"local","status":["Ready"],"capacity":{"cpu":"8","memory":"16Gi"},)"
        R"("allocatable":{"cpu":"8","memory":"16Gi"},"allocated":{"cpu":"2","memory":"4Gi"},)"
        R"("pods_running":1,"created":"2024-10-04T00:00:00.000Z"}],"total_nodes":1})"
    );
    EXPECT_EQ(decode_cluster_view(encode(a_cluster())).value(), a_cluster());
}

TEST(AdminJobs, AreListItemsWithTheirKubernetesStatus) {
    model::Job job;
    job.id = JobId{"j"};
    job.tenant = TenantId{"t"};
    job.status = model::JobStatus::kFailed;
    const AdminJobsPage page{
        .jobs = {make_admin_job_view(job, "")}, .total = 12, .next_cursor = {}
    };
    const auto json = boost::json::parse(encode(page));
    const auto& first = json.at("jobs").as_array().at(0).as_object();
    EXPECT_EQ(first.at("namespace").as_string(), "t");
    EXPECT_EQ(
        first.at("k8s_status"), boost::json::parse(R"({"active":0,"succeeded":0,"failed":1})")
    );
    EXPECT_FALSE(first.contains("kpis"));
    EXPECT_EQ(json.at("total").as_int64(), 12);
    EXPECT_EQ(decode_admin_jobs_page(encode(page)).value(), page);
    const RecentJobs recent{.limit = 50, .jobs = page.jobs};
    EXPECT_EQ(decode_recent_jobs(encode(recent)).value(), recent);
}

TEST(Activity, CountsJobsByStateInCapitals) {
    const Activity activity{
        .timestamp = kNow,
        .nodes = a_cluster().nodes,
        .pods = {{"Running", 2}},
        .k8s_jobs = {.active = 1, .succeeded = 2, .failed = 3},
        .db_jobs = {1, 2, 3, 4, 5, 6},
    };
    const auto json = boost::json::parse(encode(activity));
    EXPECT_EQ(json.at("total_nodes").as_int64(), 1);
    EXPECT_EQ(
        json.at("k8s_jobs"),
        boost::json::parse(R"({"total":6,"active":1,"succeeded":2,"failed":3})")
    );
    EXPECT_EQ(json.at("db_jobs").at("CANCELLED").as_int64(), 6);
    EXPECT_EQ(json.at("pods").at("Running").as_int64(), 2);
    EXPECT_EQ(decode_activity(encode(activity)).value(), activity);
}

TEST(QueueStats, AndTheSeriesAreExactlyTheContracts) {
    const QueueStats stats{.counts = {1, 0, 0, 0, 0, 0}, .queue_start_at = kNow};
    EXPECT_EQ(
        encode(stats),
        R"({"counts":{"queued":1,"pending":0,"running":0,"succeeded":0,"failed":0,"cancelled":0},)"
        R"("queue_start_at":"2024-10-04T00:00:00.000Z"})"
    );
    EXPECT_EQ(decode_queue_stats(encode(stats)).value(), stats);
    const TimeSeries series{.series = {{kNow, 0}, {kNow + std::chrono::minutes(1), 4}}};
    EXPECT_EQ(
        encode(series),
        R"({"minutes":2,"series":[{"minute":"2024-10-04T00:00:00.000Z","submitted":0},)"
        R"({"minute":"2024-10-04T00:01:00.000Z","submitted":4}]})"
    );
    EXPECT_EQ(decode_time_series(encode(series)).value(), series);
}

TEST(Health, HasItsWords) {
    Health health;
    health.timestamp = kNow;
    health.version = "0.1.0";
    EXPECT_EQ(
        encode(health),
        R"({"status":"healthy","timestamp":"2024-10-04T00:00:00.000Z","k8s_available":false,)"
        R"("db_available":false,"redis":"not_configured","version":"0.1.0","uptime_seconds":0,)"
        R"("active_sessions":0})"
    );
    EXPECT_EQ(decode_health(encode(health)).value(), health);
    EXPECT_EQ(encode(Readiness{}), R"({"status":"ready"})");
    const Readiness degraded{.not_ready_reason = "", .degraded = {"no sumo"}};
    EXPECT_EQ(encode(degraded), R"({"status":"ready","degraded":["no sumo"]})");
    const Readiness away{.not_ready_reason = "database", .degraded = {}};
    EXPECT_EQ(encode(away), R"({"status":"not_ready","reason":"database"})");
    EXPECT_EQ(decode_readiness(encode(away)).value(), away);
}

}  // namespace
}  // namespace signalbox::contract
