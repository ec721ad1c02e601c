#include "api/api_fixture.hpp"
#include "contract/error_body.hpp"
#include "contract/job_contract.hpp"
#include "contract/scenario_contract.hpp"

#include <filesystem>

namespace signalbox::api {
namespace {

using net::Method;
using Fields = std::vector<std::pair<std::string, std::string>>;

net::ClientResponse post_form(
    TestServer& server,
    const std::string& key,
    const Fields& fields,
    std::vector<net::Header> headers = {}
) {
    Form form = make_form(fields);
    headers.push_back({"Content-Type", form.content_type});
    return server.send(
        {.method = Method::kPost,
         .target = "/jobs",
         .key = key,
         .body = std::move(form.body),
         .headers = std::move(headers)}
    );
}

std::string sentence_of(const net::ClientResponse& response) {
    return contract::decode_error(static_cast<int>(response.status), response.body).message();
}

std::string word_of(const net::ClientResponse& response) {
    return contract::decode_error(static_cast<int>(response.status), response.body).word();
}

bool nothing_spooled(const TestServer& server) {
    return std::filesystem::is_empty(server.directory.path() / "spool");
}

TEST(SubmissionRoutes, TakeAnUploadWithFieldsBeforeAndBehindIt) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const auto answer = post_form(
        server,
        key,
        {{"cpu_request", "2"},
         {"sumo_files", make_scenario()},
         {"scenario_id", "morning"},
         {"seed", "42"},
         {"args", R"(["--no-warnings"])"},
         {"unknown", std::string(10'000, 'x')}}
    );
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto submitted = contract::decode_submit_answer(answer.body).value();
    EXPECT_EQ(submitted.status, model::JobStatus::kPending);
    EXPECT_EQ(submitted.config_file, "hello.sumocfg");

    const auto job =
        contract::decode_job_view(server.get("/jobs/" + submitted.job_id, key).body).value();
    EXPECT_EQ(job.scenario_id, "morning");
    EXPECT_EQ(job.cpu_request, 2);
    EXPECT_EQ(job.seed, 42);
    EXPECT_EQ(job.sumo_version, "1.28.0");
    EXPECT_TRUE(nothing_spooled(server));
}

TEST(SubmissionRoutes, RefuseWithTheSentencesClientsKnow) {
    TestServer server;
    const std::string key = server.add_tenant("acme");

    struct Case {
        Fields fields;
        unsigned status;
        std::string sentence;
    };

    const std::string s = make_scenario();
    const std::vector<Case> cases{
        {{{"scenario_id", "s"}}, 400, "Provide exactly one input: "},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"sumo_files_s3_url", "s3://b/k"}},
         400,
         "Provide exactly one input: "},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"sumo_files", s}},
         400,
         "Provide exactly one input: "},
        {{{"scenario_id", "s"}, {"sumo_files", ""}}, 400, "Empty file"},
        {{{"scenario_id", "s"}, {"sumo_files", "no zip at all"}}, 400, "Invalid zip file"},
        {{{"scenario_id", "s"}, {"sumo_files", make_zip({{"a.txt", "a"}})}},
         400,
         "No .sumocfg file found in zip"},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"cpu_request", "11"}},
         400,
         "CPU request (11) must be between 1 and 10"},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"memory_gi", "21"}},
         400,
         "Memory request (21Gi) must be between 1 and 20Gi"},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"sumo_version", "0.1"}}, 400, ""},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"args", R"(["--remote-port=1"])"}}, 400, ""},
        {{{"scenario_id", "s"}, {"sumo_files_s3_url", "s3://b/k"}}, 501, "Inputs from S3"},
        {{{"scenario_id", "s"}, {"sumo_files", s}, {"callback_url", "https://x/"}}, 501, "Webhooks"
        },
        {{{"scenario_id", "s"}, {"scenario", "nowhere"}}, 404, "Scenario nowhere not found"},
    };
    for (const Case& one : cases) {
        const auto answer = post_form(server, key, one.fields);
        EXPECT_EQ(answer.status, one.status) << answer.body;
        EXPECT_TRUE(sentence_of(answer).starts_with(one.sentence)) << answer.body;
    }
    EXPECT_TRUE(nothing_spooled(server));
}

TEST(SubmissionRoutes, NameEveryFieldThatIsWrong) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const auto answer = post_form(
        server,
        key,
        {{"scenario_id",
          "a\x01"
          "b"},
         {"cpu_request", "33"},
         {"memory_gi", "129"},
         {"on_limit", "wait"},
         {"priority", "10"},
         {"args", "--x"},
         {"sumo_files", make_scenario()}}
    );
    ASSERT_EQ(answer.status, 422U) << answer.body;
    const Error error = contract::decode_error(422, answer.body);
    std::vector<std::string> where;
    for (const FieldError& field : error.fields()) {
        where.push_back(field.location);
    }
    EXPECT_EQ(
        where,
        (std::vector<std::string>{
            "body.scenario_id",
            "body.cpu_request",
            "body.memory_gi",
            "body.args",
            "body.on_limit",
            "body.priority"
        })
    );
    EXPECT_EQ(post_form(server, key, {{"sumo_files", make_scenario()}}).status, 422U);
}

TEST(SubmissionRoutes, ReportAllFindingsOfThePreflight) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string zip = make_zip(
        {{"x.sumocfg",
          R"(<configuration><input><net-file value="gone.net.xml"/>)"
          R"(<route-files value="gone.rou.xml"/></input></configuration>)"}}
    );
    const auto answer = post_form(server, key, {{"scenario_id", "s"}, {"sumo_files", zip}});
    ASSERT_EQ(answer.status, 400U) << answer.body;
    const auto findings = contract::findings_of(contract::decode_error(400, answer.body));
    ASSERT_EQ(findings.size(), 2U) << answer.body;
    EXPECT_EQ(findings.front().file, "x.sumocfg");
    EXPECT_EQ(findings.front().line, 1);
}

TEST(SubmissionRoutes, RefuseWhatIsTooLargeByItsLengthAndByItsBytes) {
    ServerSetup setup;
    setup.config.max_upload_bytes = std::uint64_t{1} << 20U;
    TestServer server(std::move(setup));
    const std::string key = server.add_tenant("acme");
    for (const std::size_t size : {std::size_t{3} << 20U, (std::size_t{3} << 20U) / 2}) {
        const auto answer =
            post_form(server, key, {{"scenario_id", "s"}, {"sumo_files", std::string(size, 'x')}});
        EXPECT_EQ(answer.status, 413U);
        EXPECT_TRUE(sentence_of(answer).starts_with("File too large: ")) << answer.body;
        EXPECT_TRUE(sentence_of(answer).ends_with("MB (max: 1MB)")) << answer.body;
        EXPECT_EQ(
            post_form(server, "wrong", {{"sumo_files", std::string(size, 'x')}}).status, 401U
        );
    }
    EXPECT_TRUE(nothing_spooled(server));
}

TEST(SubmissionRoutes, RefuseOtherMediaTypes) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    for (const char* type : {"text/plain", "application/zip", ";"}) {
        const auto answer = server.send(
            {.method = Method::kPost,
             .target = "/jobs",
             .key = key,
             .body = "x",
             .headers = {{"Content-Type", type}}}
        );
        EXPECT_EQ(answer.status, 415U) << type;
    }
    const auto no_boundary = server.send(
        {.method = Method::kPost,
         .target = "/jobs",
         .key = key,
         .body = "x",
         .headers = {{"Content-Type", "multipart/form-data"}}}
    );
    EXPECT_EQ(no_boundary.status, 400U);
}

TEST(SubmissionRoutes, SayWhatToInstallWithoutSumo) {
    ServerSetup setup;
    setup.has_sumo = false;
    TestServer server(std::move(setup));
    const auto answer = submit(server, server.add_tenant("acme"), "s");
    EXPECT_EQ(answer.status, 503U);
    EXPECT_TRUE(sentence_of(answer).contains("install SUMO"));
}

TEST(SubmissionRoutes, RefuseWhenTheDiskIsNearlyFull) {
    ServerSetup setup;
    setup.config.min_free_disk = 1.1;
    TestServer server(std::move(setup));
    const std::string key = server.add_tenant("acme");
    EXPECT_EQ(submit(server, key, "s").status, 507U);
    const auto stored = server.send(
        {.method = Method::kPut, .target = "/scenarios/s", .key = key, .body = make_scenario()}
    );
    EXPECT_EQ(stored.status, 507U);
    EXPECT_TRUE(server.get("/ready").body.contains("degraded"));
}

TEST(SubmissionRoutes, RefuseOrQueueAtTheLimit) {
    TestServer server;
    const std::string key =
        server.add_tenant("acme", R"(,"max_concurrent_jobs":1,"max_queued_jobs":1)");
    submit_job_id(server, key, "first");
    const auto refused = submit(server, key, "second");
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(sentence_of(refused), "Too many concurrent jobs (1/1)");
    EXPECT_EQ(header(refused, "Retry-After"), "5");

    const auto queued = submit(server, key, "third", {{"on_limit", "queue"}});
    ASSERT_EQ(queued.status, 200U) << queued.body;
    EXPECT_TRUE(queued.body.contains(R"("status":"QUEUED")"));
    const auto full = submit(server, key, "fourth", {{"on_limit", "queue"}});
    EXPECT_EQ(full.status, 429U);
    EXPECT_EQ(sentence_of(full), "Job queue full (1 queued)");
}

TEST(SubmissionRoutes, GiveTheFirstAnswerAgainUnderTheSameKey) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const Fields fields{{"scenario_id", "s"}, {"sumo_files", make_scenario()}};
    const auto first = post_form(server, key, fields, {{"Idempotency-Key", "k1"}});
    const auto again = post_form(server, key, fields, {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(first.status, 200U) << first.body;
    EXPECT_EQ(again.body, first.body);
    const auto other = post_form(
        server,
        key,
        {{"scenario_id", "t"}, {"sumo_files", make_scenario()}},
        {{"Idempotency-Key", "k1"}}
    );
    EXPECT_EQ(other.status, 409U) << other.body;
    const auto too_long =
        post_form(server, key, fields, {{"Idempotency-Key", std::string(256, 'k')}});
    EXPECT_EQ(too_long.status, 422U);
}

TEST(SubmissionRoutes, RunStoredScenariosByName) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const auto stored = server.send(
        {.method = Method::kPut, .target = "/scenarios/morning", .key = key, .body = make_scenario()
        }
    );
    ASSERT_EQ(stored.status, 200U) << stored.body;
    const auto view = contract::decode_stored_scenario(stored.body).value();
    EXPECT_EQ(view.scenario_id, "morning");
    EXPECT_EQ(view.config_files, std::vector<std::string>{"hello.sumocfg"});
    const auto list = contract::decode_scenarios_page(server.get("/scenarios", key).body).value();
    ASSERT_EQ(list.scenarios.size(), 1U);
    EXPECT_EQ(list.scenarios.front().ref, view.ref);

    const auto answer =
        server.post("/jobs", key, R"({"scenario_id":"s","scenario":"morning","memory_gi":2})");
    EXPECT_EQ(answer.status, 200U) << answer.body;
    EXPECT_EQ(server.post("/jobs", key, R"({"scenario_id":"s"})").status, 400U);
    EXPECT_EQ(server.post("/jobs", key, "{").status, 400U);

    const Ask erase{.method = Method::kDelete, .target = "/scenarios/morning", .key = key};
    EXPECT_EQ(server.send(erase).status, 204U);
    EXPECT_EQ(server.send(erase).status, 404U);
    EXPECT_EQ(server.get("/scenarios/morning", key).status, 404U);
    EXPECT_EQ(server.get("/scenarios?limit=201", key).status, 422U);
}

TEST(SubmissionRoutes, RefuseToStoreWhatCannotRun) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const auto put = [&](const std::string& id, const std::string& body) {
        return server.send(
            {.method = Method::kPut, .target = "/scenarios/" + id, .key = key, .body = body}
        );
    };
    EXPECT_EQ(sentence_of(put("s", "")), "Empty file");
    EXPECT_TRUE(sentence_of(put("s", "no zip")).starts_with("Invalid zip file"));
    EXPECT_EQ(sentence_of(put("s", make_zip({{"a", "a"}}))), "No .sumocfg file found in zip");
    EXPECT_EQ(put(std::string(101, 'a'), make_scenario()).status, 422U);
}

TEST(SubmissionRoutes, AnnounceThatS3IsNotThereYet) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const auto one =
        server.post("/jobs/s3", key, R"({"scenario_id":"s","sumo_files_s3_url":"s3://b/k"})");
    EXPECT_EQ(one.status, 501U) << one.body;
    const auto none = server.post("/jobs/s3", key, R"({"scenario_id":"s"})");
    EXPECT_EQ(none.status, 400U);
    const auto form = server.send(
        {.method = Method::kPost,
         .target = "/jobs",
         .key = key,
         .body = "scenario_id=s&sumo_files_s3_url=s3%3A%2F%2Fb%2Fk",
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}}
    );
    EXPECT_EQ(form.status, 501U) << form.body;
}

TEST(SubmissionRoutes, RetryFinishedJobsOnly) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const auto early = server.post("/jobs/" + id + "/retry", key);
    EXPECT_EQ(early.status, 409U);
    EXPECT_EQ(word_of(early), "JOB_NOT_FINAL");
    FakeWorker(server, "acme").complete();

    const auto again = server.post("/jobs/" + id + "/retry", key, R"({"on_limit":"queue"})");
    ASSERT_EQ(again.status, 200U) << again.body;
    const auto answer = contract::decode_submit_answer(again.body).value();
    EXPECT_NE(answer.job_id, id);
    EXPECT_EQ(answer.retry_of, id);
    const auto job =
        contract::decode_job_view(server.get("/jobs/" + answer.job_id, key).body).value();
    EXPECT_EQ(job.retry_of, id);
    EXPECT_EQ(server.post("/jobs/" + id + "/retry?on_limit=never", key).status, 422U);
}

}  // namespace
}  // namespace signalbox::api
