#include "jobs/log_follower.hpp"

#include "jobs/changes.hpp"
#include "jobs/testing/one_log.hpp"

#include <gtest/gtest.h>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;

class LogFollowerTest : public testing::LogTest {
protected:
    LogFollower follow() { return {feeds_.open(jobs_.job.id), std::nullopt}; }

    std::vector<LogEvent> next(LogFollower& follower, std::chrono::milliseconds patience = 0ms) {
        return loop_.run(follower.next(patience)).value();
    }
};

TEST_F(LogFollowerTest, WhoHasSeenAllLooksAgainOnlyWhenHinted) {
    LogFollower follower = follow();
    EXPECT_EQ(next(follower).size(), 1U);  // the opening
    EXPECT_TRUE(next(follower).empty());
    const int looks = jobs_.looks;
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(next(follower, 1ms).empty());
    }
    EXPECT_EQ(jobs_.looks, looks);
    logs_.text = "a line\n";
    changes_.notify(log_hint(jobs_.job.id));
    const auto events = next(follower, 60s);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].text, "a line");
}

TEST_F(LogFollowerTest, AHintThatCameBeforeTheWaitIsNotLost) {
    LogFollower follower = follow();
    next(follower);
    next(follower);
    jobs_.job.status = model::JobStatus::kSucceeded;
    changes_.notify(log_hint(jobs_.job.id));
    const auto events = next(follower, 60s);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, LogEvent::Kind::kClosing);
    EXPECT_TRUE(follower.done());
}

TEST_F(LogFollowerTest, ALongLogIsReadOnWithoutAWait) {
    for (int i = 0; i < 20'000; ++i) {
        logs_.text += "0123456789\n";
    }
    LogFollower follower = follow();
    std::size_t lines = 0;
    while (lines < 20'000) {
        const auto events = next(follower, 60s);
        ASSERT_FALSE(events.empty());
        lines += events.size() - (events[0].kind == LogEvent::Kind::kOpening ? 1 : 0);
    }
    EXPECT_EQ(lines, 20'000U);
}

}  // namespace
}  // namespace signalbox::jobs
