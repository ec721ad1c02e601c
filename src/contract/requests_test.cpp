#include "contract/requests.hpp"

#include "contract/cursor.hpp"

#include <gtest/gtest.h>

namespace signalbox::contract {
namespace {

TEST(SubmitRequest, HasItsDefaults) {
    BodyReader reader = *BodyReader::from_json(R"({"scenario_id":"a"})");
    const SubmitRequest request = read_submit_request(reader);
    ASSERT_TRUE(reader.finish());
    EXPECT_EQ(request.scenario_id, "a");
    EXPECT_EQ(request.cpu_request, 1);
    EXPECT_EQ(request.memory_gi, 1);
    EXPECT_EQ(request.priority, 5);
    EXPECT_EQ(request.seed, std::nullopt);
    EXPECT_EQ(request.on_limit, std::nullopt);
    EXPECT_EQ(request.timeout, std::nullopt);
}

TEST(SubmitRequest, IsReadFromAForm) {
    const std::vector<NameValue> pairs{
        {"scenario_id", "a"},
        {"cpu_request", "2"},
        {"args", R"(["--step-length","0.5"])"},
        {"on_limit", "queue"},
        {"seed", "42"},
        {"end", "100.5"},
        {"timeout_seconds", "60"},
        {"sumo_files_s3_url", "s3://b/k"},
        {"priority", "9"},
    };
    BodyReader reader = BodyReader::from_pairs("body", pairs);
    const SubmitRequest request = read_submit_request(reader);
    ASSERT_TRUE(reader.finish());
    EXPECT_EQ(request.cpu_request, 2);
    EXPECT_EQ(request.args, (std::vector<std::string>{"--step-length", "0.5"}));
    EXPECT_EQ(request.on_limit, model::OnLimit::kQueue);
    EXPECT_EQ(request.seed, 42);
    EXPECT_EQ(request.end, 100.5);
    EXPECT_EQ(request.timeout, std::chrono::seconds(60));
    EXPECT_EQ(request.s3_url, "s3://b/k");
    EXPECT_EQ(request.priority, 9);
}

TEST(SubmitRequest, NamesEveryFieldOutOfRange) {
    BodyReader reader = *BodyReader::from_json(
        R"({"scenario_id":"a\u0007b","cpu_request":33,"memory_gi":0,"priority":10})"
    );
    (void)read_submit_request(reader);
    const auto done = reader.finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().fields().size(), 4U);
    EXPECT_EQ(done.error().fields().at(1).message, "33 is not between 1 and 32");
}

TEST(PageQuery, HasALimitAndAKey) {
    const std::vector<NameValue> pairs{{"limit", "200"}, {"cursor", encode_cursor("jobs", "k")}};
    BodyReader reader = BodyReader::from_pairs("query", pairs);
    const PageQuery query = read_page_query(reader, {.kind = "jobs"});
    ASSERT_TRUE(reader.finish());
    EXPECT_EQ(query.limit, 200);
    EXPECT_EQ(query.after, "k");
}

TEST(PageQuery, RefusesLimitsOutsideAndBadCursorsNeverCutsThem) {
    for (const std::string limit : {"0", "201", "x"}) {
        BodyReader reader =
            BodyReader::from_pairs("query", std::vector<NameValue>{{"limit", limit}});
        (void)read_page_query(reader, {.kind = "jobs"});
        EXPECT_EQ(reader.finish().error().fields().at(0).location, "query.limit");
    }
    BodyReader reader = BodyReader::from_pairs("query", std::vector<NameValue>{{"cursor", "zzz"}});
    (void)read_page_query(reader, {.kind = "jobs"});
    EXPECT_EQ(reader.finish().error().fields().at(0).location, "query.cursor");
}

TEST(JobsQuery, RefusesAnUnknownStatusWord) {
    BodyReader good =
        BodyReader::from_pairs("query", std::vector<NameValue>{{"status", "RUNNING"}});
    EXPECT_EQ(read_jobs_query(good, {.kind = "jobs"}).status, model::JobStatus::kRunning);
    EXPECT_TRUE(good.finish());
    BodyReader bad = BodyReader::from_pairs("query", std::vector<NameValue>{{"status", "DONE"}});
    (void)read_jobs_query(bad, {.kind = "jobs"});
    EXPECT_EQ(bad.finish().error().fields().at(0).location, "query.status");
}

}  // namespace
}  // namespace signalbox::contract
