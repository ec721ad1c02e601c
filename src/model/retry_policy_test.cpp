#include "model/retry_policy.hpp"

#include <gtest/gtest.h>

namespace signalbox::model {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kGib = std::int64_t{1} << 30;
constexpr RetryHistory kFresh{.memory_bytes = kGib, .tenant_memory_bytes = 20 * kGib};

TEST(RetryPolicy, AScenariosFaultIsNeverTriedAgain) {
    for (const Reason reason :
         {Reason::kScenarioError,
          Reason::kTimedOut,
          Reason::kEndedEarly,
          Reason::kSumoCrashed,
          Reason::kDiskFull,
          Reason::kCompleted}) {
        EXPECT_TRUE(std::holds_alternative<JobEnds>(after_attempt(reason, false, kFresh, {})));
    }
}

TEST(RetryPolicy, InfrastructureHasItsOwnBudgetAndWaitsLongerEachTime) {
    RetryHistory history = kFresh;
    const auto first = std::get<TryAgain>(after_attempt(Reason::kWorkerLost, false, history, {}));
    EXPECT_EQ(first.delay, 5s);
    EXPECT_TRUE(first.counts_as_infrastructure);
    history.infrastructure_retries = 1;
    const auto second = std::get<TryAgain>(after_attempt(Reason::kWorkerLost, false, history, {}));
    EXPECT_EQ(second.delay, 10s);
    history.infrastructure_retries = 2;
    const auto third = std::get<JobEnds>(after_attempt(Reason::kWorkerLost, false, history, {}));
    EXPECT_EQ(third.status, JobStatus::kFailed);
    EXPECT_EQ(third.reason, Reason::kWorkerLost);
}

TEST(RetryPolicy, OutOfMemoryIsTriedOnceWithHalfAsMuchAgain) {
    RetryHistory history = kFresh;
    const auto again = std::get<TryAgain>(after_attempt(Reason::kOutOfMemory, false, history, {}));
    EXPECT_EQ(again.memory_bytes, kGib * 3 / 2);
    history.out_of_memory_retries = 1;
    EXPECT_TRUE(
        std::holds_alternative<JobEnds>(after_attempt(Reason::kOutOfMemory, false, history, {}))
    );
}

TEST(RetryPolicy, OutOfMemoryIsOverWhenTheTenantsLimitDoesNotAllowMore) {
    RetryHistory history = kFresh;
    history.tenant_memory_bytes = kGib;
    EXPECT_TRUE(
        std::holds_alternative<JobEnds>(after_attempt(Reason::kOutOfMemory, false, history, {}))
    );
}

TEST(RetryPolicy, NoBackOffIsLongerThanTheLongest) {
    const RetryPolicy policy{.infrastructure_retries = 4, .first_delay = 3s};
    RetryHistory history = kFresh;
    history.infrastructure_retries = 3;
    const auto last = std::get<TryAgain>(after_attempt(Reason::kNodeLost, false, history, policy));
    EXPECT_EQ(last.delay, longest_delay(policy));
    EXPECT_EQ(longest_delay(policy), 24s);
    EXPECT_EQ(longest_delay({.infrastructure_retries = 0, .first_delay = 3s}), 3s);
}

TEST(RetryPolicy, AShutdownCostsNothing) {
    RetryHistory history = kFresh;
    history.infrastructure_retries = 2;
    const auto again = std::get<TryAgain>(after_attempt(Reason::kInterrupted, true, history, {}));
    EXPECT_FALSE(again.counts_as_infrastructure);
    EXPECT_EQ(again.delay, 0s);
}

TEST(RetryPolicy, ACancelledJobIsNotTriedAgainAndATrueOutcomeStands) {
    RetryHistory history = kFresh;
    history.cancel_requested = true;
    const auto lost = std::get<JobEnds>(after_attempt(Reason::kWorkerLost, false, history, {}));
    EXPECT_EQ(lost.status, JobStatus::kCancelled);
    const auto done = std::get<JobEnds>(after_attempt(Reason::kCompleted, false, history, {}));
    EXPECT_EQ(done.status, JobStatus::kSucceeded);
}

}  // namespace
}  // namespace signalbox::model
