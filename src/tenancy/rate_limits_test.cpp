#include "tenancy/rate_limits.hpp"

#include <gtest/gtest.h>

namespace signalbox::tenancy {
namespace {

using namespace std::chrono_literals;

TEST(RateLimits, CountsEachKeyByItself) {
    ManualClock clock(Instant{});
    RateLimits limits({.requests_per_second = 2}, clock);
    EXPECT_EQ(limits.count_request("a")->remaining, 1U);
    EXPECT_EQ(limits.count_request("a")->limit, 2U);
    const auto refused = limits.count_request("a");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kExhausted);
    EXPECT_EQ(refused.error().retry_after(), 1s);
    EXPECT_TRUE(limits.count_request("b"));
    clock.advance(500ms);
    EXPECT_TRUE(limits.count_request("a"));
}

TEST(RateLimits, AllowsTenWrongKeysAMinuteAndAddress) {
    ManualClock clock(Instant{});
    RateLimits limits({}, clock);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(limits.count_wrong_key("10.0.0.1"));
    }
    EXPECT_EQ(limits.count_wrong_key("10.0.0.1").error().retry_after(), 6s);
    EXPECT_TRUE(limits.count_wrong_key("10.0.0.2"));
    clock.advance(6s);
    EXPECT_TRUE(limits.count_wrong_key("10.0.0.1"));
}

TEST(RateLimits, DoNotMindASteppedCalendar) {
    ManualClock clock(Instant{std::chrono::days(1)});
    RateLimits limits({.requests_per_second = 1}, clock);
    EXPECT_TRUE(limits.count_request("a"));
    clock.step_calendar(-24h);
    EXPECT_FALSE(limits.count_request("a"));
    clock.advance(1s);
    EXPECT_TRUE(limits.count_request("a"));
}

TEST(BucketTable, ForgetsFullBucketsFirstThenTheOneUsedLongestAgo) {
    const SteadyTime start{1h};
    BucketTable table({.burst = 1, .per_token = 1h}, 3);
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_TRUE(table.take(name, start).admitted);
    }
    EXPECT_FALSE(table.take("a", start).admitted);  // used again: "b" is the oldest now
    EXPECT_TRUE(table.take("d", start).admitted);
    EXPECT_EQ(table.size(), 3U);
    EXPECT_FALSE(table.take("a", start).admitted);
    EXPECT_TRUE(table.take("b", start).admitted);  // anew
    EXPECT_TRUE(table.take("e", start + 2h).admitted);
    EXPECT_EQ(table.size(), 1U);
}

TEST(BucketTable, StaysBoundedWhateverItIsAsked) {
    BucketTable table({.burst = 1, .per_token = 1s}, 100);
    for (int i = 0; i < 10'000; ++i) {
        (void)table.take(std::to_string(i), SteadyTime{1h});
    }
    EXPECT_LE(table.size(), 100U);
}

}  // namespace
}  // namespace signalbox::tenancy
