#include "jobs/log_feed.hpp"

#include "jobs/changes.hpp"
#include "jobs/testing/one_log.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace signalbox::jobs {
namespace {

using Look = std::shared_ptr<const LogLook>;

class LogFeedTest : public testing::LogTest {
protected:
    LogFeedTest() { logs_.text = "a line\n"; }

    Look look(LogFeed& feed, std::uint64_t offset = 0) {
        return loop_.run(feed.look({.attempt = 1, .offset = offset})).value();
    }
};

TEST_F(LogFeedTest, OneLookServesAllAtTheSamePlaceUntilTheNextHint) {
    const auto feed = feeds_.open({"job"});
    for (int follower = 0; follower < 100; ++follower) {
        EXPECT_EQ(look(*feed)->chunk.bytes, "a line\n");
        EXPECT_EQ(look(*feed, 7)->chunk.bytes, "");
    }
    EXPECT_EQ(jobs_.looks, 2);
    EXPECT_EQ(logs_.reads, 2);

    logs_.text += "another\n";
    changes_.notify(log_hint({"job"}));
    EXPECT_EQ(look(*feed, 7)->chunk.bytes, "another\n");
    EXPECT_EQ(logs_.reads, 3);
}

// What was read may lack what the hint is about.
TEST_F(LogFeedTest, ALookDuringWhichAHintCameIsNotShared) {
    const auto feed = feeds_.open({"job"});
    logs_.on_read = [this] { changes_.notify(log_hint({"job"})); };
    look(*feed);
    logs_.on_read = {};
    look(*feed);
    look(*feed);
    EXPECT_EQ(logs_.reads, 2);
}

TEST_F(LogFeedTest, WhoCatchesUpReadsForHimself) {
    const auto feed = feeds_.open({"job"});
    logs_.text = std::string(3 * kLogLookBytes, 'x');
    EXPECT_FALSE(look(*feed)->reaches_end);
    EXPECT_FALSE(look(*feed)->reaches_end);
    EXPECT_TRUE(look(*feed, 2 * kLogLookBytes)->reaches_end);
    EXPECT_TRUE(look(*feed, 2 * kLogLookBytes)->reaches_end);
    EXPECT_EQ(logs_.reads, 4);
}

TEST_F(LogFeedTest, AHintThatWasLostDelaysByASecondAtMost) {
    const auto feed = feeds_.open({"job"});
    look(*feed);
    logs_.text += "another\n";
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(look(*feed)->chunk.bytes, "a line\n");
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(look(*feed)->chunk.bytes, "a line\nanother\n");
}

TEST_F(LogFeedTest, AFeedLivesAsLongAsItsFollowers) {
    auto feed = feeds_.open({"job"});
    const std::weak_ptr<LogFeed> seen = feed;
    EXPECT_EQ(feeds_.open({"job"}), feed);
    EXPECT_NE(feeds_.open({"other"}), feed);
    feed.reset();
    EXPECT_TRUE(seen.expired());
    EXPECT_NE(feeds_.open({"job"}), nullptr);
}

}  // namespace
}  // namespace signalbox::jobs
