#include "wire/sse_parser.hpp"
#include "wire/sse_writer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace signalbox::wire {
namespace {

std::vector<SseEvent> events_of(SseParser& parser, const std::vector<std::string_view>& reads) {
    std::vector<SseEvent> events;
    for (const std::string_view read : reads) {
        EXPECT_TRUE(parser.feed(read).has_value());
        while (auto event = parser.next()) {
            events.push_back(*std::move(event));
        }
    }
    return events;
}

std::string written(const SseEvent& event) {
    std::string out;
    append_event(out, event);
    return out;
}

TEST(SseWriter, WritesADataLinePerLine) {
    EXPECT_EQ(
        written({.id = "1-20", .event = "state", .data = "a\nb\r\nc"}),
        "id: 1-20\nevent: state\ndata: a\ndata: b\ndata: c\n\n"
    );
    EXPECT_EQ(written({.id = "", .event = "", .data = ""}), "data: \n\n");
    EXPECT_EQ(format_comment("keep-alive"), ": keep-alive\n\n");
    EXPECT_EQ(format_retry(std::chrono::milliseconds(1500)), "retry: 1500\n\n");
}

TEST(SseWriter, NothingInAFieldCanEndItsLine) {
    EXPECT_EQ(
        written({.id = "1\n2", .event = "a\r", .data = "x"}), "id: 1 2\nevent: a \ndata: x\n\n"
    );
}

TEST(SseParser, ReadsWhatTheWriterWrote) {
    const std::vector<SseEvent> events{
        {.id = "1", .event = "state", .data = "{\"a\": 1}"},
        {.id = "2", .event = "", .data = "two\nlines\n"},
        {.id = "3", .event = "", .data = ""},
    };
    std::string stream = format_retry(std::chrono::milliseconds(250)) + format_comment("hello");
    for (const SseEvent& event : events) {
        append_event(stream, event);
    }
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        SseParser parser;
        const std::string_view whole = stream;
        EXPECT_EQ(events_of(parser, {whole.substr(0, cut), whole.substr(cut)}), events) << cut;
        EXPECT_EQ(parser.last_event_id(), "3");
        EXPECT_EQ(parser.retry(), std::chrono::milliseconds(250));
    }
}

TEST(SseParser, TakesTheStandardsOddities) {
    SseParser parser;
    const auto events = events_of(
        parser,
        {"\xEF\xBB\xBF"
         "data:x\rid\r\rdata\ndata\n\nevent: only\n\n:c\nfoo: bar\ndata: y\n\ndata: cut"}
    );
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].data, "x");
    EXPECT_EQ(events[1].data, "\n");
    EXPECT_EQ(events[2], (SseEvent{.id = "", .event = "", .data = "y"}));
}

TEST(SseParser, ResumesWithTheIdOfTheLastWholeEvent) {
    SseParser parser(1024, "1-5");
    EXPECT_EQ(parser.last_event_id(), "1-5");
    events_of(parser, {"id: 1-9\ndata: a\n\nid: 1-12\ndata: b\n"});
    EXPECT_EQ(parser.last_event_id(), "1-9");
}

TEST(SseParser, RefusesAnEventAboveTheLimit) {
    SseParser parser(16);
    EXPECT_TRUE(parser.feed("data: 123456789\n\n").has_value());
    EXPECT_EQ(parser.feed("data: 12345678901\n\n").error().code(), Code::kTooLarge);
    SseParser many(16);
    EXPECT_FALSE(many.feed("data: 123456789\ndata: 123456789\n").has_value());
}

}  // namespace
}  // namespace signalbox::wire
