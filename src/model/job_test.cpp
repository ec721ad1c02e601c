#include "model/job.hpp"

#include <gtest/gtest.h>

namespace signalbox::model {
namespace {

TEST(Reason, EveryWordComesBackAsItWent) {
    for (int i = 0; i <= static_cast<int>(Reason::kInternal); ++i) {
        const auto reason = static_cast<Reason>(i);
        EXPECT_EQ(parse_reason(to_word(reason)), reason);
    }
    EXPECT_EQ(parse_reason("OOM"), std::nullopt);
}

TEST(Reason, OnlyCompletedIsSuccess) {
    for (int i = 0; i <= static_cast<int>(Reason::kInternal); ++i) {
        const auto reason = static_cast<Reason>(i);
        EXPECT_EQ(final_status(reason) == JobStatus::kSucceeded, reason == Reason::kCompleted);
    }
}

TEST(Reason, AScenariosOwnFaultIsNeverInfrastructure) {
    EXPECT_FALSE(is_infrastructure(Reason::kScenarioError));
    EXPECT_FALSE(is_infrastructure(Reason::kTimedOut));
    EXPECT_TRUE(is_infrastructure(Reason::kWorkerLost));
}

TEST(JobStatus, ACancelledJobIsFinal) {
    EXPECT_FALSE(is_final(JobStatus::kRunning));
    EXPECT_TRUE(is_final(JobStatus::kCancelled));
}

}  // namespace
}  // namespace signalbox::model
