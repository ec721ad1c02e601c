#include "api/api_fixture.hpp"
#include "contract/error_body.hpp"
#include "contract/job_answers.hpp"
#include "contract/job_contract.hpp"

namespace signalbox::api {
namespace {

using net::Method;

contract::JobView view_job(TestServer& server, const std::string& key, const std::string& id) {
    return contract::decode_job_view(server.get("/jobs/" + id, key).body).value();
}

TEST(JobRoutes, ShowAJobToItsTenantOnly) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string other = server.add_tenant("other");
    const std::string id = submit_job_id(server, key, "s");
    EXPECT_EQ(view_job(server, key, id).job_id, id);
    for (const std::string& path :
         {"/jobs/" + id,
          "/jobs/" + id + "/logs",
          "/jobs/" + id + "/results",
          "/jobs/" + id + "/history",
          "/jobs/" + id + "/explain",
          "/jobs/" + id + "/events",
          "/jobs/" + id + "/logs/stream",
          "/jobs/" + id + "/results.zip"}) {
        const auto answer = server.get(path, other);
        EXPECT_EQ(answer.status, 404U) << path;
        EXPECT_TRUE(answer.body.contains(R"("detail":"Job not found")"));
    }
}

TEST(JobRoutes, TakeAnyUnambiguousBeginningOrEndOfAnId) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string first = submit_job_id(server, key, "a");
    const std::string second = submit_job_id(server, key, "b");
    EXPECT_EQ(view_job(server, key, first.substr(28)).job_id, first);
    EXPECT_EQ(view_job(server, key, second.substr(20)).job_id, second);

    const auto both = server.get("/jobs/" + first.substr(0, 4), key);
    EXPECT_EQ(both.status, 409U);
    EXPECT_TRUE(both.body.contains(first) && both.body.contains(second)) << both.body;
    for (const std::string bad :
         {"abc", "zzzzzzzz", "..%2F..", "0123456789abcdef", "%00%00%00%00"}) {
        const auto answer = server.get("/jobs/" + bad, key);
        EXPECT_TRUE(answer.status == 404U || answer.status == 400U) << bad << answer.body;
    }
    EXPECT_EQ(server.get("/jobs/00000000-0000-7000-8000-000000000000", key).status, 404U);
}

TEST(JobRoutes, ListNewestFirstInPages) {
    TestServer server;
    const std::string key = server.add_tenant("acme", R"(,"max_concurrent_jobs":10)");
    std::vector<std::string> ids;
    for (const char* name : {"a", "b", "c"}) {
        ids.push_back(submit_job_id(server, key, name));
    }
    const auto first = contract::decode_jobs_page(server.get("/jobs?limit=2", key).body).value();
    ASSERT_EQ(first.jobs.size(), 2U);
    EXPECT_EQ(first.jobs[0].job_id, ids[2]);
    EXPECT_EQ(first.jobs[1].job_id, ids[1]);
    const auto rest = contract::decode_jobs_page(
                          server.get("/jobs?limit=2&cursor=" + first.next_cursor.value(), key).body
    )
                          .value();
    ASSERT_EQ(rest.jobs.size(), 1U);
    EXPECT_EQ(rest.jobs[0].job_id, ids[0]);
    EXPECT_FALSE(rest.next_cursor);

    const auto named =
        contract::decode_jobs_page(server.get("/jobs?scenario_id=b&status=PENDING", key).body)
            .value();
    ASSERT_EQ(named.jobs.size(), 1U);
    EXPECT_EQ(named.jobs[0].job_id, ids[1]);
    for (const char* bad : {"limit=0", "limit=201", "limit=x", "status=DONE", "cursor=!"}) {
        EXPECT_EQ(server.get(std::string("/jobs?") + bad, key).status, 422U) << bad;
    }
}

TEST(JobRoutes, CancelEndsAWaitingJobAtOnce) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const auto answer = server.post("/jobs/" + id + "/cancel", key);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    EXPECT_EQ(contract::decode_job_view(answer.body).value().status, model::JobStatus::kCancelled);
    const auto again =
        server.send({.method = Method::kDelete, .target = "/jobs/" + id, .key = key});
    EXPECT_EQ(again.status, 200U);
    EXPECT_TRUE(server.runner.nudged.empty());
}

TEST(JobRoutes, CancelReachesARunningWorkerByNudgeAndBeat) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    EXPECT_EQ(worker.beat().body, R"({"action":"continue","reason":null})");
    EXPECT_EQ(view_job(server, key, id).status, model::JobStatus::kRunning);

    const auto answer = server.post("/jobs/" + id + "/cancel", key);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_TRUE(contract::decode_job_view(answer.body).value().cancel_requested);
    EXPECT_EQ(server.runner.nudged, std::vector{worker.attempt});
    EXPECT_TRUE(worker.beat().body.contains(R"("action":"stop","reason":"CANCELLED")"));

    model::Verdict verdict;
    verdict.reason = model::Reason::kCancelled;
    verdict.error = "Cancelled on request";
    EXPECT_EQ(worker.conclude(verdict).status, 200U);
    EXPECT_EQ(view_job(server, key, id).status, model::JobStatus::kCancelled);
    EXPECT_EQ(server.post("/jobs/" + id + "/cancel", key).status, 200U);
}

TEST(JobRoutes, CancelComesTooLateForAFinishedJob) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    worker.beat();
    EXPECT_EQ(worker.complete().status, 200U);
    EXPECT_EQ(server.post("/jobs/" + id + "/cancel", key).status, 409U);
}

TEST(JobRoutes, ShowFiguresAndAttemptsOfAFinishedJob) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    worker.beat();
    worker.complete();
    const auto job = view_job(server, key, id);
    EXPECT_EQ(job.status, model::JobStatus::kSucceeded);
    EXPECT_EQ(job.reason, model::Reason::kCompleted);
    ASSERT_EQ(job.attempts.size(), 1U);
    EXPECT_EQ(job.attempts.front().where, "local");
    EXPECT_EQ(job.kpis.value().vehicles.arrived, 7);
    const auto list = server.get("/jobs", key);
    EXPECT_FALSE(list.body.contains(R"("kpis")"));
}

TEST(JobRoutes, TellTheHistoryAndExplainTheState) {
    TestServer server;
    const std::string key = server.add_tenant("acme", R"(,"max_concurrent_jobs":1)");
    const std::string id = submit_job_id(server, key, "s");
    const auto queued = submit(server, key, "q", {{"on_limit", "queue"}});
    const std::string waiting = contract::decode_submit_answer(queued.body).value().job_id;

    const auto why =
        contract::decode_explanation(server.get("/jobs/" + waiting + "/explain", key).body).value();
    EXPECT_EQ(why.queue_position, 1);
    EXPECT_GE(why.reasons.size(), 2U);
    const auto pending =
        contract::decode_explanation(server.get("/jobs/" + id + "/explain", key).body).value();
    EXPECT_FALSE(pending.queue_position);
    EXPECT_FALSE(pending.reasons.empty());

    FakeWorker worker(server, "acme");
    worker.beat();
    worker.complete();
    const auto history =
        contract::decode_history(server.get("/jobs/" + id + "/history", key).body).value();
    ASSERT_EQ(history.changes.size(), 3U);
    EXPECT_EQ(history.changes.front().status, model::JobStatus::kPending);
    EXPECT_FALSE(history.changes.front().attempt);
    EXPECT_EQ(history.changes.back().status, model::JobStatus::kSucceeded);
    EXPECT_EQ(history.changes.back().attempt, 1);
}

TEST(JobRoutes, PinAJobForRetention) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const auto patch = [&](const std::string& body) {
        return server.send(
            {.method = Method::kPatch, .target = "/jobs/" + id, .key = key, .body = body}
        );
    };
    EXPECT_TRUE(contract::decode_job_view(patch(R"({"pinned":true})").body).value().pinned);
    EXPECT_TRUE(view_job(server, key, id).pinned);
    EXPECT_EQ(patch(R"({"pinned":"maybe"})").status, 422U);
    EXPECT_EQ(patch("{}").status, 400U);
}

TEST(JobRoutes, GiveTheLastLinesOfTheLog) {
    TestServer server;
    const std::string key = server.add_tenant("acme", R"(,"max_concurrent_jobs":1)");
    const std::string id = submit_job_id(server, key, "s");
    const auto queued = submit(server, key, "q", {{"on_limit", "queue"}});
    const std::string waiting = contract::decode_submit_answer(queued.body).value().job_id;
    const auto text = [&](const std::string& target) {
        return contract::decode_log_text(server.get(target, key).body).value();
    };
    EXPECT_EQ(text("/jobs/" + waiting + "/logs").logs, "Job queued; logs available after dispatch");
    EXPECT_EQ(text("/jobs/" + id + "/logs").logs, "");

    FakeWorker worker(server, "acme");
    worker.log(0, "one\ntwo\nthree\n");
    EXPECT_EQ(text("/jobs/" + id + "/logs").logs, "one\ntwo\nthree\n");
    EXPECT_EQ(text("/jobs/" + id + "/logs?lines=1&attempt=1").logs, "three\n");
    EXPECT_EQ(text("/jobs/" + id + "/logs").pod_name, "local-" + id.substr(28));
    EXPECT_EQ(server.get("/jobs/" + id + "/logs?attempt=2", key).status, 404U);
    for (const char* bad : {"lines=0", "lines=10001", "attempt=0"}) {
        EXPECT_EQ(server.get("/jobs/" + id + "/logs?" + bad, key).status, 422U) << bad;
    }
}

TEST(JobRoutes, ShowSimulatorsWithPathsToAdminsOnly) {
    TestServer server;
    const auto answer = server.get("/simulators", server.add_tenant("acme"));
    const auto simulators = contract::decode_simulators(answer.body).value().simulators;
    ASSERT_EQ(simulators.size(), 2U);
    EXPECT_EQ(simulators.front().version, "1.28.0");
    EXPECT_TRUE(simulators.front().is_default);
    EXPECT_FALSE(simulators.back().is_default);
    EXPECT_FALSE(answer.body.contains("home"));
    EXPECT_TRUE(server.get("/simulators", kAdminKey).body.contains(R"("home":"/usr/share/sumo")"));
}

}  // namespace
}  // namespace signalbox::api
