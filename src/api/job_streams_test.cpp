#include "api/job_streams.hpp"

#include "api/api_fixture.hpp"
#include "api/stream_slots.hpp"
#include "contract/job_contract.hpp"
#include "jobs/changes.hpp"

namespace signalbox::api {
namespace {

std::vector<std::string> data_of(const std::vector<wire::SseEvent>& events) {
    std::vector<std::string> texts;
    for (const wire::SseEvent& event : events) {
        texts.push_back(event.data);
    }
    return texts;
}

std::vector<std::string> names_of(const std::vector<wire::SseEvent>& events) {
    std::vector<std::string> names;
    for (const wire::SseEvent& event : events) {
        names.push_back(event.event);
    }
    return names;
}

TEST(LogStream, FollowsARunFromItsOpeningToItsClosing) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    EventReader reader(server, "/jobs/" + id + "/logs/stream", key);
    EXPECT_EQ(reader.status(), 200U);
    const auto opening = reader.next();
    ASSERT_TRUE(opening);
    EXPECT_EQ(
        opening->data,
        R"({"pod":"local-)" + id.substr(28) +
            R"(","phase":"Pending","message":"Starting log stream..."})"
    );
    EXPECT_EQ(opening->event, "");

    FakeWorker worker(server, "acme");
    worker.beat();
    worker.log(0, "one\n\nthr");
    EXPECT_EQ(reader.next()->data, R"({"message":"one"})");
    EXPECT_EQ(reader.next()->data, R"({"message":""})");
    worker.log(8, "ee\n");
    const auto third = reader.next();
    EXPECT_EQ(third->data, R"({"message":"three"})");
    EXPECT_EQ(third->id, "1-11");
    worker.complete();
    const auto closing = reader.rest();
    ASSERT_EQ(closing.size(), 1U);
    EXPECT_TRUE(closing[0].data.starts_with(R"({"status":"Succeeded","message":")"));
    EXPECT_EQ(closing[0].id, "1-end");
}

TEST(LogStream, ResumesWithoutLossOrRepetition) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    FakeWorker worker(server, "acme");
    worker.log(0, "one\ntwo\nthree\n");
    worker.complete();
    const std::string target = "/jobs/" + id + "/logs/stream";
    const auto all = EventReader(server, target, key).rest();
    ASSERT_EQ(all.size(), 5U);
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        const std::vector<wire::SseEvent> expected(
            all.begin() + 1 + static_cast<std::ptrdiff_t>(i), all.end()
        );
        EXPECT_EQ(data_of(EventReader(server, target, key, all[i].id).rest()), data_of(expected))
            << "behind " << all[i].id;
    }
    EXPECT_EQ(EventReader(server, target, key, all.back().id).status(), 204U);
    EXPECT_EQ(data_of(EventReader(server, target, key, "nonsense").rest()), data_of(all));
}

TEST(JobEventStream, GivesThePresentStateFirstAndEndsBehindAFinalOne) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    EventReader reader(server, "/jobs/" + id + "/events", key);
    const auto present = reader.next();
    ASSERT_TRUE(present);
    EXPECT_EQ(present->event, "state");
    EXPECT_TRUE(present->data.contains(R"("status":"PENDING")"));
    EXPECT_FALSE(present->data.contains(R"("kpis")"));

    FakeWorker worker(server, "acme");
    worker.beat();
    worker.complete();
    const auto events = reader.rest();
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().event, "state");
    EXPECT_EQ(events.back().id, "1-end");
    EXPECT_EQ(
        contract::decode_job_view(events.back().data).value().status, model::JobStatus::kSucceeded
    );
    EXPECT_EQ(std::ranges::count(names_of(events), "figures") > 0, true);
}

TEST(JobEventStream, TellsALateReaderOfAFinishedJobEverything) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    FakeWorker(server, "acme").complete();
    const std::string target = "/jobs/" + id + "/events";
    const auto all = EventReader(server, target, key).rest();
    EXPECT_EQ(names_of(all).front(), "state");
    EXPECT_EQ(names_of(all).back(), "state");
    EXPECT_EQ(all.front().data, all.back().data);

    const auto resumed = EventReader(server, target, key, all[all.size() - 2].id).rest();
    ASSERT_EQ(resumed.size(), 1U);
    EXPECT_EQ(resumed[0], all.back());
    EXPECT_EQ(EventReader(server, target, key, all.back().id).status(), 204U);
}

TEST(JobEventStream, ResumesWithWhatHasChangedSince) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const std::string target = "/jobs/" + id + "/events";
    std::string last;
    {
        EventReader reader(server, target, key);
        last = reader.next()->id;
    }
    FakeWorker worker(server, "acme");
    worker.beat();
    EventReader reader(server, target, key, last);
    const auto next = reader.next();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->event, "state");
    EXPECT_TRUE(next->data.contains(R"("status":"RUNNING")"));
    EXPECT_EQ(
        parse_seen_snapshots(to_text(parse_seen_snapshots(last))), parse_seen_snapshots(last)
    );
}

TEST(EventStreams, AreCountedPerKeyAndGivenBackWhenTheReaderIsGone) {
    ServerSetup setup;
    setup.config.streams.per_key = 1;
    TestServer server(std::move(setup));
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const std::string target = "/jobs/" + id + "/events";
    {
        EventReader reader(server, target, key);
        EXPECT_TRUE(reader.next());
        const auto second = server.get(target, key);
        EXPECT_EQ(second.status, 429U);
        EXPECT_TRUE(second.body.contains("Too many event streams of this key (1/1)"));
        EXPECT_EQ(header(second, "Retry-After"), "5");
    }
    server.run_until([&server] { return server.api.open_streams() == 0; });
    EXPECT_TRUE(EventReader(server, target, key).next());
}

TEST(EventStreams, AreKeptAliveByComments) {
    ServerSetup setup;
    setup.config.streams.heartbeat = std::chrono::milliseconds(10);
    TestServer server(std::move(setup));
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    EventReader reader(server, "/jobs/" + id + "/logs/stream", key);
    std::string bytes;
    while (!bytes.contains("\n:")) {
        const std::string more = reader.next_bytes();
        ASSERT_FALSE(more.empty());
        bytes += more;
    }
    EXPECT_TRUE(bytes.starts_with("retry: 2000\n"));
}

TEST(EventStreams, EndTheirHeadersOnHead) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::string id = submit_job_id(server, key, "s");
    const auto answer = server.send(
        {.method = net::Method::kHead, .target = "/jobs/" + id + "/logs/stream", .key = key}
    );
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(header(answer, "Content-Type"), "text/event-stream; charset=utf-8");
    EXPECT_EQ(server.api.open_streams(), 0U);
}

TEST(StreamSlots, AreLimitedInTotal) {
    StreamSlots slots({.total = 2, .per_key = 2, .heartbeat = std::chrono::seconds(1)});
    {
        const auto a = slots.take("a");
        const auto b = slots.take("b");
        const auto c = slots.take("c");
        EXPECT_TRUE(a && b);
        ASSERT_FALSE(c);
        EXPECT_EQ(c.error().message(), "Too many event streams on this server (2/2)");
    }
    EXPECT_EQ(slots.taken(), 0U);
}

}  // namespace
}  // namespace signalbox::api
