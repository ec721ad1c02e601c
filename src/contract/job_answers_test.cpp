#include "contract/job_answers.hpp"

#include "contract/scenario_contract.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace signalbox::contract {
namespace {

constexpr Instant kNow{std::chrono::days(20'000)};

TEST(History, HasAnAttemptOfNullBeforeTheFirst) {
    const History history{
        .job_id = "j",
        .changes =
            {{.status = model::JobStatus::kPending, .reason = "", .attempt = {}, .at = kNow},
             {.status = model::JobStatus::kRunning, .reason = "X", .attempt = 1, .at = kNow}},
    };
    EXPECT_EQ(
        encode(history),
        R"({"job_id":"j","history":[)"
        R"({"status":"PENDING","reason":null,"attempt":null,"at":"2024-10-04T00:00:00.000Z"},)"
        R"({"status":"RUNNING","reason":"X","attempt":1,"at":"2024-10-04T00:00:00.000Z"}]})"
    );
    EXPECT_EQ(encode(decode_history(encode(history)).value()), encode(history));
}

TEST(Explanation, IsExactlyTheContracts) {
    const Explanation explanation{
        .job_id = "j",
        .status = model::JobStatus::kQueued,
        .queue_position = 1,
        .reasons = {{.code = "CPU_LIMIT", .message = "m", .value = 9, .limit = 10}},
    };
    EXPECT_EQ(
        encode(explanation),
        R"({"job_id":"j","status":"QUEUED","queue_position":1,)"
        R"("reasons":[{"code":"CPU_LIMIT","message":"m","value":9,"limit":10}]})"
    );
    EXPECT_EQ(decode_explanation(encode(explanation)).value(), explanation);
}

TEST(LogText, CarriesAnyBytesAsText) {
    const LogText log{.job_id = "j", .pod_name = "local-1", .logs = "a\nb\t\x1b[0m"};
    EXPECT_EQ(decode_log_text(encode(log)).value(), log);
    EXPECT_TRUE(boost::json::parse(encode(LogText{.job_id = "j", .pod_name = {}, .logs = "\xff"}))
                    .at("pod_name")
                    .is_null());
}

model::Job a_job(model::JobStatus status) {
    model::Job job;
    job.id = JobId{"j"};
    job.status = status;
    job.error = status == model::JobStatus::kFailed ? "no edge" : "";
    job.files = {{.path = "a b/x.xml", .size_bytes = 3, .sha256 = "s"}};
    return job;
}

TEST(Results, OfASucceededJobListTheFilesWithAddresses) {
    const auto view = make_results_view(a_job(model::JobStatus::kSucceeded), "local", "/r");
    EXPECT_EQ(
        encode(view),
        R"({"job_id":"j","status":"SUCCEEDED","storage_type":"local","result_location":"/r",)"
        R"("result_files":{"a b/x.xml":3},"files":[{"name":"a b/x.xml","size":3,"sha256":"s",)"
        R"("url":"/jobs/j/results/a%20b/x.xml"}]})"
    );
    EXPECT_EQ(decode_results_view(encode(view)).value(), view);
}

TEST(Results, OfAFailedJobAreNullWithAMessageAndTheFilesThereAre) {
    const auto view = make_results_view(a_job(model::JobStatus::kFailed), "local", "/r");
    const auto json = boost::json::parse(encode(view));
    EXPECT_TRUE(json.at("results").is_null());
    EXPECT_TRUE(json.at("message").as_string().starts_with("The job is FAILED"));
    EXPECT_EQ(json.at("files").as_array().size(), 1U);
    EXPECT_EQ(decode_results_view(encode(view)).value(), view);
}

TEST(Simulators, HideTheirHomeFromTenants) {
    const Simulators all{
        .simulators =
            {{.version = "1.15.0", .is_default = true, .home = "/usr/share/sumo"},
             {.version = "1.28.0", .is_default = false, .home = ""}},
    };
    EXPECT_EQ(
        encode(all),
        R"({"simulators":[{"version":"1.15.0","default":true,"home":"/usr/share/sumo"},)"
        R"({"version":"1.28.0","default":false}]})"
    );
    EXPECT_EQ(decode_simulators(encode(all)).value(), all);
}

TEST(Dashboard, HasUsageAsQuantitiesAndAsNumbers) {
    const Dashboard dashboard{
        .tenant_id = "t",
        .limits = {},
        .usage =
            {.active_jobs = 1, .cpu = 2, .memory_gi = 4, .queued_jobs = 3, .storage_bytes = 100},
        .running_pods = 1,
        .recent_jobs = {make_job_view(a_job(model::JobStatus::kRunning), "")},
        .stats = {1, 2, 3, 4, 5, 6},
        .storage_limit_bytes = 1000,
    };
    const auto json = boost::json::parse(encode(dashboard));
    EXPECT_EQ(
        json.at("current_usage"),
        boost::json::parse(
            R"({"requests.cpu":"2","requests.memory":"4Gi","limits.cpu":"2","limits.memory":"4Gi"})"
        )
    );
    EXPECT_EQ(json.at("plan_limits").at("max_concurrent_jobs").as_int64(), 2);
    EXPECT_EQ(
        json.at("stats"),
        boost::json::parse(
            R"({"queued":1,"pending":2,"running":3,"succeeded":4,"failed":5,"cancelled":6})"
        )
    );
    EXPECT_EQ(json.at("quota").at("cpu"), boost::json::parse(R"({"used":2,"limit":10})"));
    EXPECT_EQ(json.at("quota").at("jobs"), boost::json::parse(R"({"used":1,"limit":2})"));
    EXPECT_EQ(json.at("quota").at("storage_bytes").at("limit").as_int64(), 1000);
    const Dashboard read = decode_dashboard(encode(dashboard)).value();
    EXPECT_EQ(encode(read), encode(dashboard));
}

TEST(Scenarios, ComeBackAsTheyWent) {
    const ScenariosPage page{
        .scenarios = {{
            .scenario_id = "morning",
            .ref = {.sha256 = "s", .size_bytes = 9},
            .config_files = {"a.sumocfg"},
            .warnings = {},
            .stored_at = kNow,
        }},
        .next_cursor = {},
    };
    EXPECT_EQ(
        encode(page),
        R"({"scenarios":[{"scenario_id":"morning","sha256":"s","size":9,)"
        R"("config_files":["a.sumocfg"],"warnings":[],"stored_at":"2024-10-04T00:00:00.000Z"}],)"
        R"("next_cursor":null})"
    );
    EXPECT_EQ(decode_scenarios_page(encode(page)).value(), page);
    EXPECT_EQ(decode_stored_scenario(encode(page.scenarios.at(0))).value(), page.scenarios.at(0));
}

TEST(Findings, AreExactlyTheContracts) {
    const std::vector<model::Finding> findings{{
        .file = "a.xml",
        .line = 3,
        .severity = model::Severity::kWarning,
        .code = "ODD",
        .message = "m",
        .hint = "h",
    }};
    EXPECT_EQ(
        decode_findings(
            R"([{"file":"a.xml","line":3,"severity":"warning","code":"ODD","message":"m",)"
            R"("hint":"h"}])"
        )
            .value(),
        findings
    );
}

}  // namespace
}  // namespace signalbox::contract
