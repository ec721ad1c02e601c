#include "store/admission.hpp"

#include <gtest/gtest.h>

namespace signalbox::store {
namespace {

using model::JobStatus;
using model::OnLimit;

constexpr model::TenantLimits kLimits{
    .max_cpu = 4, .max_memory_gi = 8, .max_concurrent_jobs = 3, .max_queued_jobs = 2
};
constexpr Demand kSmall{.cpu = 1, .memory_bytes = kGibibyte};

std::string refusal(const ActiveUse& use, const Demand& demand, std::int64_t queued = 0) {
    const auto on_limit = queued > 0 ? OnLimit::kQueue : OnLimit::kReject;
    const auto decision = decide_admission(kLimits, use, queued, demand, on_limit);
    return decision ? "admitted" : decision.error().message();
}

TEST(Admission, RefusesWithTheNumbersOfTheLimitThatIsReached) {
    EXPECT_EQ(refusal({.jobs = 3}, kSmall), "Too many concurrent jobs (3/3)");
    EXPECT_EQ(
        refusal({.jobs = 1, .cpu = 3}, {.cpu = 2, .memory_bytes = kGibibyte}),
        "CPU limit reached (3 + 2 > 4)"
    );
    EXPECT_EQ(
        refusal({.jobs = 1, .cpu = 1, .memory_bytes = 8 * kGibibyte - 1}, kSmall),
        "Memory limit reached (8Gi + 1Gi > 8Gi)"
    );
    EXPECT_EQ(refusal({.jobs = 3}, kSmall, 2), "Job queue full (2 queued)");
}

TEST(Admission, RefusalsForTheMomentSayWhenToTryAgain) {
    const auto decision = decide_admission(kLimits, {.jobs = 3}, 0, kSmall, OnLimit::kReject);
    EXPECT_EQ(decision.error().code(), Code::kExhausted);
    EXPECT_EQ(decision.error().retry_after(), std::chrono::seconds(5));
}

TEST(Admission, WhatCanNeverFitIsRefusedForGoodEvenWithAQueue) {
    for (const OnLimit on_limit : {OnLimit::kReject, OnLimit::kQueue}) {
        const auto cpu =
            decide_admission(kLimits, {}, 0, {.cpu = 5, .memory_bytes = kGibibyte}, on_limit);
        EXPECT_EQ(cpu.error().code(), Code::kInvalid);
        EXPECT_EQ(cpu.error().message(), "CPU request (5) must be between 1 and 4");
        const auto memory =
            decide_admission(kLimits, {}, 0, {.cpu = 1, .memory_bytes = 9 * kGibibyte}, on_limit);
        EXPECT_EQ(memory.error().message(), "Memory request (9Gi) must be between 1 and 8Gi");
    }
}

TEST(Admission, NobodyInTheQueueIsOvertakenByOneWhoWouldWait) {
    EXPECT_EQ(*decide_admission(kLimits, {}, 1, kSmall, OnLimit::kQueue), JobStatus::kQueued);
    EXPECT_EQ(*decide_admission(kLimits, {}, 1, kSmall, OnLimit::kReject), JobStatus::kPending);
    EXPECT_EQ(*decide_admission(kLimits, {}, 0, kSmall, OnLimit::kQueue), JobStatus::kPending);
}

}  // namespace
}  // namespace signalbox::store
