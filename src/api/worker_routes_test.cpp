#include "api/api_fixture.hpp"
#include "base/hash.hpp"
#include "contract/error_body.hpp"
#include "contract/worker_contract.hpp"

namespace signalbox::api {
namespace {

using net::Method;

std::string word_of(const net::ClientResponse& response) {
    return contract::decode_error(static_cast<int>(response.status), response.body).word();
}

TEST(WorkerRoutes, TellAWorkerWhatToRun) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const auto submitted =
        submit(server, key, "s", {{"seed", "7"}, {"end", "50"}, {"timeout_seconds", "60"}});
    ASSERT_EQ(submitted.status, 200U) << submitted.body;
    const FakeWorker worker(server, "acme");
    const auto answer = server.get("/worker/v1/attempt", worker.token);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto attempt = contract::decode_attempt_description(answer.body).value();
    EXPECT_EQ(attempt.job_id, worker.attempt.job.text);
    EXPECT_EQ(attempt.attempt, 1);
    EXPECT_EQ(attempt.config_file, "hello.sumocfg");
    EXPECT_EQ(attempt.sumo_version, "1.28.0");
    EXPECT_EQ(attempt.seed, 7);
    EXPECT_EQ(attempt.end, 50);
    EXPECT_EQ(attempt.limits.wall_seconds, 60);
    EXPECT_EQ(attempt.limits.memory_bytes, std::int64_t{1} << 30U);
    EXPECT_EQ(attempt.limits.output_bytes, std::int64_t{20} << 30U);
    EXPECT_EQ(attempt.scenario.sha256, sha256_hex(make_scenario()));

    const auto scenario = server.get("/worker/v1/scenario", worker.token);
    EXPECT_EQ(scenario.body, make_scenario());
    const auto part = server.send(
        {.target = "/worker/v1/scenario", .key = worker.token, .headers = {{"Range", "bytes=0-1"}}}
    );
    EXPECT_EQ(part.status, 206U);
    EXPECT_EQ(part.body, "PK");
    EXPECT_EQ(server.get("/worker/v1/attempt", "wrong").status, 401U);
}

TEST(WorkerRoutes, TakeTheLogByOffset) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    EXPECT_EQ(worker.log(0, "one\n").body, R"({"next":4})");
    EXPECT_EQ(worker.log(0, "one\n").body, R"({"next":4})");
    EXPECT_EQ(worker.log(4, "two\n").body, R"({"next":8})");
    const auto gap = worker.log(9, "x");
    EXPECT_EQ(gap.status, 409U);
    EXPECT_TRUE(gap.body.starts_with(R"({"expected":8,)")) << gap.body;
    EXPECT_EQ(contract::decode_log_answer(gap.body).value().expected, 8U);
    const auto no_offset = server.send(
        {.method = Method::kPut, .target = "/worker/v1/log", .key = worker.token, .body = "x"}
    );
    EXPECT_EQ(no_offset.status, 422U);
}

TEST(WorkerRoutes, TakeResultFilesOnlyWhole) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    EXPECT_EQ(worker.result("a/b.xml", "<x/>").body, R"({"path":"a/b.xml","size":4})");
    const auto put = [&](const std::string& path, std::vector<net::Header> headers) {
        return server.send(
            {.method = Method::kPut,
             .target = "/worker/v1/results/" + path,
             .key = worker.token,
             .body = "<x/>",
             .headers = std::move(headers)}
        );
    };
    EXPECT_EQ(put("c.xml", {}).status, 422U);
    EXPECT_EQ(put("c.xml", {{"X-SHA256", "short"}}).status, 422U);
    EXPECT_EQ(put("c.xml", {{"X-SHA256", sha256_hex("other")}}).status, 400U);
    EXPECT_EQ(put("a%5Cb", {{"X-SHA256", sha256_hex("<x/>")}}).status, 422U);
    EXPECT_EQ(
        worker.complete({{.path = "c.xml", .size_bytes = 4, .sha256 = sha256_hex("<x/>")}}).status,
        400U
    );

    const auto url = server.post("/worker/v1/results/a/b.xml/url", worker.token);
    EXPECT_EQ(url.status, 501U);
    EXPECT_EQ(server.post("/worker/v1/results/a", worker.token).status, 404U);
}

TEST(WorkerRoutes, TakeOneVerdictAndFenceWhatComesLater) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    EXPECT_EQ(worker.beat("fetching").status, 200U);
    EXPECT_EQ(worker.complete().status, 200U);
    EXPECT_EQ(worker.complete().status, 200U);
    model::Verdict other;
    other.reason = model::Reason::kSumoCrashed;
    other.error = "another outcome";
    EXPECT_EQ(worker.conclude(other).status, 409U);

    const auto late = worker.beat();
    EXPECT_EQ(late.status, 410U);
    EXPECT_EQ(word_of(late), "ATTEMPT_OVER");
    EXPECT_EQ(worker.log(0, "x").status, 410U);
    EXPECT_EQ(worker.result("x", "x").status, 410U);
    EXPECT_EQ(server.get("/worker/v1/attempt", worker.token).status, 410U);
    EXPECT_EQ(server.get("/worker/v1/scenario", worker.token).status, 410U);
    EXPECT_EQ(server.post("/worker/v1/results/x/url", worker.token).status, 410U);
}

TEST(WorkerRoutes, RefuseWhatIsMalformedOrTooLarge) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    EXPECT_EQ(server.post("/worker/v1/beat", worker.token, "{").status, 400U);
    EXPECT_EQ(server.post("/worker/v1/beat", worker.token, R"({"phase":"resting"})").status, 422U);
    const std::string large(contract::kMaxBeatBytes + 1, ' ');
    EXPECT_EQ(server.post("/worker/v1/beat", worker.token, large).status, 413U);
    EXPECT_EQ(server.post("/worker/v1/verdict", worker.token, "{}").status, 422U);
}

TEST(WorkerRoutes, TellRunningWorkersOfAnOrderlyStop) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    server.workers.stop_runs();
    EXPECT_TRUE(worker.beat().body.contains(R"("action":"stop","reason":"INTERRUPTED")"));
}

}  // namespace
}  // namespace signalbox::api
