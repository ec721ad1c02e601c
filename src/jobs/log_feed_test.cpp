#include "jobs/log_feed.hpp"

#include "async/task_group.hpp"
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

    async::TaskGroup others_{loop_.executor()};
    // Two have it open, as two followers would.
    std::shared_ptr<LogFeed> feed_ = feeds_.open({"job"});
    std::shared_ptr<LogFeed> company_ = feeds_.open({"job"});

    Look look(LogFeed& feed, std::uint64_t offset = 0) {
        return loop_.run(feed.look({.attempt = 1, .offset = offset})).value();
    }
};

TEST_F(LogFeedTest, OneLookServesAllAtTheSamePlaceUntilTheNextHint) {
    for (int follower = 0; follower < 100; ++follower) {
        EXPECT_EQ(look(*feed_)->chunk.bytes, "a line\n");
        EXPECT_EQ(look(*feed_, 7)->chunk.bytes, "");
    }
    EXPECT_EQ(jobs_.looks, 2);
    EXPECT_EQ(logs_.reads, 2);

    logs_.text += "another\n";
    changes_.notify(log_hint({"job"}));
    EXPECT_EQ(look(*feed_, 7)->chunk.bytes, "another\n");
    EXPECT_EQ(logs_.reads, 3);
}

// What was read may lack what the hint is about, whoever learns of the hint first.
TEST_F(LogFeedTest, ALookDuringWhichAHintCameIsNotShared) {
    logs_.on_read = [this] {
        logs_.on_read = {};
        changes_.notify(log_hint({"job"}));
    };
    look(*feed_);
    look(*feed_);
    look(*feed_);
    EXPECT_EQ(logs_.reads, 2);
}

TEST_F(LogFeedTest, ALookThatAnotherOvertookIsNotShared) {
    jobs_.job.status = model::JobStatus::kRunning;
    logs_.on_read = [this] {
        logs_.on_read = {};
        // The run ends while the first look is under way, and another looks meanwhile.
        jobs_.job.status = model::JobStatus::kSucceeded;
        changes_.notify(log_hint({"job"}));
        others_.spawn("look", [](LogFeed& feed) -> Task<void> {
            static_cast<void>(co_await feed.look({.attempt = 1, .offset = 7}));
        }(*feed_));
    };
    logs_.yields = true;
    EXPECT_EQ(look(*feed_, 7)->job.status, model::JobStatus::kRunning);
    loop_.run([](async::TaskGroup& others) -> Task<void> { co_await others.join(); }(others_));
    EXPECT_EQ(look(*feed_, 7)->job.status, model::JobStatus::kSucceeded);
    EXPECT_EQ(logs_.reads, 2);
}

TEST_F(LogFeedTest, ALogWithOneFollowerKeepsNothing) {
    company_.reset();
    look(*feed_);
    look(*feed_);
    EXPECT_EQ(logs_.reads, 2);
}

TEST_F(LogFeedTest, WhoCatchesUpReadsForHimself) {
    logs_.text = std::string(3 * kLogLookBytes, 'x');
    EXPECT_FALSE(look(*feed_)->reaches_end);
    EXPECT_FALSE(look(*feed_)->reaches_end);
    EXPECT_TRUE(look(*feed_, 2 * kLogLookBytes)->reaches_end);
    EXPECT_TRUE(look(*feed_, 2 * kLogLookBytes)->reaches_end);
    EXPECT_EQ(logs_.reads, 4);
}

TEST_F(LogFeedTest, AHintThatWasLostDelaysByASecondAtMost) {
    look(*feed_);
    logs_.text += "another\n";
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(look(*feed_)->chunk.bytes, "a line\n");
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(look(*feed_)->chunk.bytes, "a line\nanother\n");
}

TEST_F(LogFeedTest, AFeedLivesAsLongAsItsFollowers) {
    const std::weak_ptr<LogFeed> seen = feed_;
    EXPECT_EQ(feed_, company_);
    EXPECT_NE(feeds_.open({"other"}), feed_);
    feed_.reset();
    EXPECT_FALSE(seen.expired());
    company_.reset();
    EXPECT_TRUE(seen.expired());
    EXPECT_NE(feeds_.open({"job"}), nullptr);
}

}  // namespace
}  // namespace signalbox::jobs
