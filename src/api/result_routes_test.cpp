#include "api/api_fixture.hpp"
#include "api/responses.hpp"
#include "base/hash.hpp"
#include "contract/error_body.hpp"
#include "contract/job_answers.hpp"
#include "contract/job_contract.hpp"
#include "scenario/archive/archive.hpp"

#include <fstream>

namespace signalbox::api {
namespace {

using net::Method;

struct Finished {
    std::string key;
    std::string id;
};

// A finished job with the result files `tripinfo.xml` and `out/größe 1.txt`.
Finished finish_a_job(TestServer& server, const std::string& name = "morning") {
    Finished done;
    done.key = server.add_tenant("acme");
    done.id = submit_job_id(server, done.key, name);
    FakeWorker worker(server, "acme");
    EXPECT_EQ(worker.result("tripinfo.xml", "<tripinfos/>").status, 200U);
    EXPECT_EQ(worker.result("out/gr%C3%B6%C3%9Fe%201.txt", "0123456789").status, 200U);
    const auto answer = worker.complete(
        {{.path = "tripinfo.xml", .size_bytes = 12, .sha256 = sha256_hex("<tripinfos/>")},
         {.path = "out/größe 1.txt", .size_bytes = 10, .sha256 = sha256_hex("0123456789")}}
    );
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return done;
}

TEST(ResultRoutes, ListTheFilesWithTheirAddresses) {
    TestServer server;
    const Finished done = finish_a_job(server);
    const auto answer = server.get("/jobs/" + done.id + "/results", done.key);
    ASSERT_EQ(answer.status, 200U);
    const auto results = contract::decode_results_view(answer.body).value();
    EXPECT_EQ(results.storage_type, "local");
    EXPECT_FALSE(results.result_location.empty());
    ASSERT_EQ(results.files.size(), 2U);
    for (const auto& file : results.files) {
        const auto content = server.get(file.url, done.key);
        EXPECT_EQ(content.status, 200U) << file.url;
        EXPECT_EQ(sha256_hex(content.body), file.sha256);
    }
}

TEST(ResultRoutes, SayWhyThereIsNothingYet) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const auto list = server.get("/jobs/" + id + "/results", key);
    EXPECT_EQ(list.status, 200U);
    EXPECT_TRUE(list.body.contains(R"("results":null)"));
    EXPECT_TRUE(list.body.contains(R"("message":"The job is PENDING)"));
    EXPECT_EQ(server.get("/jobs/" + id + "/results.zip", key).status, 404U);
    EXPECT_EQ(server.get("/jobs/" + id + "/results/x", key).status, 404U);
    const Ask erase{.method = Method::kDelete, .target = "/jobs/" + id + "/results", .key = key};
    EXPECT_EQ(server.send(erase).status, 409U);
}

TEST(ResultRoutes, ServeAFileInRangesAndByItsEtag) {
    TestServer server;
    const Finished done = finish_a_job(server);
    const std::string target = "/jobs/" + done.id + "/results/out/gr%C3%B6%C3%9Fe%201.txt";
    const auto ask = [&](std::vector<net::Header> headers) {
        return server.send({.target = target, .key = done.key, .headers = std::move(headers)});
    };
    const auto whole = ask({});
    const std::string etag = header(whole, "ETag");
    EXPECT_EQ(whole.body, "0123456789");
    EXPECT_EQ(etag, '"' + sha256_hex("0123456789") + '"');
    EXPECT_EQ(header(whole, "Accept-Ranges"), "bytes");
    EXPECT_EQ(header(whole, "Content-Type"), "text/plain; charset=utf-8");
    EXPECT_TRUE(header(whole, "Content-Disposition").starts_with("attachment; "));

    const auto part = ask({{"Range", "bytes=2-4"}});
    EXPECT_EQ(part.status, 206U);
    EXPECT_EQ(part.body, "234");
    EXPECT_EQ(header(part, "Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(ask({{"Range", "bytes=-3"}}).body, "789");
    EXPECT_EQ(ask({{"Range", "bytes=8-"}, {"If-Range", etag}}).body, "89");
    EXPECT_EQ(ask({{"Range", "bytes=8-"}, {"If-Range", "\"other\""}}).body, "0123456789");

    const auto outside = ask({{"Range", "bytes=10-"}});
    EXPECT_EQ(outside.status, 416U);
    EXPECT_EQ(header(outside, "Content-Range"), "bytes */10");
    const auto known = ask({{"If-None-Match", "\"x\", W/" + etag}});
    EXPECT_EQ(known.status, 304U);
    EXPECT_TRUE(known.body.empty());
    EXPECT_EQ(server.get("/jobs/" + done.id + "/results/no.xml", done.key).status, 404U);
    EXPECT_EQ(server.get("/jobs/" + done.id + "/results/%2E%2E/x", done.key).status / 100, 4U);
}

TEST(ResultRoutes, StreamEverythingAsOneZip) {
    TestServer server;
    const Finished done = finish_a_job(server);
    const auto answer = server.get("/jobs/" + done.id + "/results.zip", done.key);
    ASSERT_EQ(answer.status, 200U);
    EXPECT_EQ(header(answer, "Content-Type"), "application/zip");
    EXPECT_EQ(header(answer, "Content-Length"), std::to_string(answer.body.size()));
    EXPECT_TRUE(header(answer, "Content-Disposition").contains("morning-" + done.id.substr(28)));

    const auto file = server.directory.path() / "got.zip";
    std::ofstream(file, std::ios::binary) << answer.body;
    const auto archive = scenario::Archive::open(file).value();
    EXPECT_EQ(archive.read_entry("tripinfo.xml", 100).value(), "<tripinfos/>");
    EXPECT_EQ(archive.read_entry("out/größe 1.txt", 100).value(), "0123456789");

    const auto head = server.send(
        {.method = Method::kHead, .target = "/jobs/" + done.id + "/results.zip", .key = done.key}
    );
    EXPECT_EQ(header(head, "Content-Length"), std::to_string(answer.body.size()));
}

TEST(ResultRoutes, NameTheZipAsAFileWhateverTheScenarioIsCalled) {
    TestServer server;
    const Finished done = finish_a_job(server, R"(../city "rush")");
    const auto answer = server.get("/jobs/" + done.id + "/results.zip", done.key);
    const std::string name = header(answer, "Content-Disposition");
    EXPECT_TRUE(name.starts_with(R"(attachment; filename=".._city _rush_-)")) << name;
    EXPECT_FALSE(name.contains("%2F")) << name;
}

TEST(ResultRoutes, DeleteFreesTheSpaceAndKeepsTheRecord) {
    TestServer server;
    const Finished done = finish_a_job(server);
    const Ask erase{
        .method = Method::kDelete, .target = "/jobs/" + done.id + "/results", .key = done.key
    };
    EXPECT_EQ(server.send(erase).status, 204U);
    EXPECT_EQ(server.send(erase).status, 204U);
    EXPECT_EQ(server.get("/jobs/" + done.id + "/results/tripinfo.xml", done.key).status, 404U);
    const auto job =
        contract::decode_job_view(server.get("/jobs/" + done.id, done.key).body).value();
    EXPECT_EQ(job.status, model::JobStatus::kSucceeded);
    EXPECT_TRUE(job.kpis.has_value());
    EXPECT_TRUE(job.result_files.empty());
}

TEST(Responses, MatchETagsInLists) {
    EXPECT_TRUE(lists_etag("*", "\"a\""));
    EXPECT_TRUE(lists_etag("\"b\" , \"a\"", "\"a\""));
    EXPECT_TRUE(lists_etag("W/\"a\"", "\"a\""));
    EXPECT_FALSE(lists_etag("\"ab\"", "\"a\""));
    EXPECT_EQ(content_type_of("a/b.xml.gz"), "application/gzip");
    EXPECT_EQ(content_type_of("noending"), "application/octet-stream");
}

}  // namespace
}  // namespace signalbox::api
