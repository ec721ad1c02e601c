#include "tenancy/token_bucket.hpp"

#include <gtest/gtest.h>

namespace signalbox::tenancy {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{std::chrono::hours(1)};
constexpr BucketPolicy kTwoThenOneASecond{.burst = 2, .per_token = 1s};

TEST(TokenBucket, AdmitsItsBurstThenSaysHowLongToWait) {
    TokenBucket bucket(kTwoThenOneASecond);
    EXPECT_EQ(bucket.take(kStart).remaining, 1U);
    EXPECT_EQ(bucket.take(kStart).full_after, 2s);
    const auto refused = bucket.take(kStart + 300ms);
    EXPECT_FALSE(refused.admitted);
    EXPECT_EQ(refused.retry_after, 700ms);
    EXPECT_TRUE(bucket.take(kStart + 1s).admitted);
}

TEST(TokenBucket, TakesNothingForARefusalOrALook) {
    TokenBucket bucket(kTwoThenOneASecond);
    for (int i = 0; i < 50; ++i) {
        (void)bucket.peek(kStart);
    }
    for (int i = 0; i < 50; ++i) {
        (void)bucket.take(kStart);
    }
    EXPECT_TRUE(bucket.take(kStart + 1s).admitted);
    EXPECT_FALSE(bucket.take(kStart + 1s).admitted);
}

TEST(TokenBucket, NeverHoldsMoreThanItsBurst) {
    TokenBucket bucket(kTwoThenOneASecond);
    (void)bucket.take(kStart);
    EXPECT_TRUE(bucket.full(kStart + 24h));
    EXPECT_EQ(bucket.take(kStart + 24h).remaining, 1U);
}

TEST(TokenBucket, SpreadsCallsOverTheirPeriod) {
    EXPECT_EQ(BucketPolicy::per(10'000, 1s).per_token, 100us);
    EXPECT_EQ(BucketPolicy::per(10, 60s).burst, 10U);
    EXPECT_EQ(BucketPolicy::per(0, 1s).burst, 1U);
}

}  // namespace
}  // namespace signalbox::tenancy
