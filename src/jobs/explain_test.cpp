#include "jobs/explain.hpp"

#include <gmock/gmock.h>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

model::Job job_in(model::JobStatus status) {
    model::Job job{.id = {"0197f000-0000-7000-8000-000000000001"}, .status = status};
    job.spec.scenario_id = "district";
    job.spec.sumo_version = "1.15.0";
    return job;
}

model::Attempt failed_attempt() {
    return {.n = 1, .reason = model::Reason::kWorkerLost, .error = "its worker is gone"};
}

// The sentence with this code; empty when there is none.
std::string say(const contract::Explanation& explanation, std::string_view code) {
    for (const contract::ExplainReason& reason : explanation.reasons) {
        if (reason.code == code) {
            return reason.message;
        }
    }
    return {};
}

TEST(Explain, CountsAllJobsThatTakeTheSlotsNotOnlyThoseItNames) {
    Surroundings around{.slots = 4};
    around.place.position = 1;
    around.place.usage.active_jobs = 50;
    around.place.limits.max_concurrent_jobs = 50;
    around.place.limits.max_cpu = 100;
    around.place.active.assign(20, job_in(model::JobStatus::kRunning));
    const auto answer = explain(job_in(model::JobStatus::kQueued), around);
    EXPECT_THAT(say(answer, "CONCURRENT_JOBS"), HasSubstr("all your 50 slots are taken by"));
    EXPECT_THAT(say(answer, "CONCURRENT_JOBS"), HasSubstr("and 47 more"));
}

TEST(Explain, ALimitThatWasLoweredBelowTheJobIsNotAMatterOfWaiting) {
    model::Job job = job_in(model::JobStatus::kQueued);
    job.spec.cpu_request = 12;
    Surroundings around{.slots = 4};
    around.place.limits.max_cpu = 4;
    EXPECT_THAT(
        say(explain(job, around), "CPU"),
        HasSubstr("CPU of this job alone is 12 of 4: it cannot start until the limit is raised")
    );
}

TEST(Explain, ABackOffIsNotAStartThatIsDue) {
    model::Job job = job_in(model::JobStatus::kPending);
    const Surroundings around{.slots = 4};
    EXPECT_THAT(say(explain(job, around), "NEXT"), HasSubstr("the start is due"));
    job.attempt = 1;
    job.attempts.push_back(failed_attempt());
    const auto answer = explain(job, around);
    EXPECT_THAT(say(answer, "WORKER_LOST"), HasSubstr("its worker is gone"));
    EXPECT_THAT(say(answer, "NEXT"), Not(HasSubstr("due")));
    EXPECT_THAT(say(answer, "NEXT"), HasSubstr("back-off"));
}

TEST(Explain, SaysThatTheSimulatorOfAWaitingJobIsGone) {
    const Surroundings around{.slots = 4, .has_simulator = false};
    EXPECT_THAT(
        say(explain(job_in(model::JobStatus::kPending), around), "NO_SIMULATOR"),
        HasSubstr("SUMO 1.15.0 is not installed")
    );
}

TEST(Explain, SaysThatOthersStillDeliver) {
    const Surroundings around{.place = {.everywhere = {.running = 1, .delivering = 7}}, .slots = 4};
    const auto answer = explain(job_in(model::JobStatus::kPending), around);
    EXPECT_THAT(say(answer, "DELIVERING"), HasSubstr("7 runs deliver their results"));
    ASSERT_EQ(answer.reasons.size(), 1U);
    EXPECT_EQ(answer.reasons[0].value, 7);
    EXPECT_EQ(answer.reasons[0].limit, 7);
}

TEST(Explain, SaysWhatKeepsTheServerFromStartingRuns) {
    const Surroundings around{.slots = 4, .obstacle = "the disk is full"};
    const auto answer = explain(job_in(model::JobStatus::kPending), around);
    EXPECT_THAT(say(answer, "HELD"), HasSubstr("no run is started: the disk is full"));
}

TEST(Explain, AJobThatIsCancelledBeforeItRunsIsNotStarting) {
    model::Job job = job_in(model::JobStatus::kPending);
    job.attempt = 1;
    job.attempts.push_back({.n = 1});
    EXPECT_THAT(say(explain(job, {.slots = 1}), "STARTING"), HasSubstr("attempt 1 is starting"));
    job.cancel_requested = true;
    EXPECT_THAT(say(explain(job, {.slots = 1}), "CANCELLING"), HasSubstr("being cancelled"));
}

TEST(Explain, ARunThatBeganInTheFutureRunsForNoTime) {
    model::Job job = job_in(model::JobStatus::kRunning);
    job.started_at = Instant{48h};
    const auto answer = explain(job, {.slots = 1, .now = Instant{24h}});
    ASSERT_FALSE(answer.reasons.empty());
    EXPECT_EQ(answer.reasons[0].value, 0);
}

TEST(Explain, AFailureWithoutASentenceWasNotCancelled) {
    model::Job job = job_in(model::JobStatus::kFailed);
    job.reason = model::Reason::kSumoCrashed;
    EXPECT_THAT(say(explain(job, {}), "SUMO_CRASHED"), Not(HasSubstr("cancelled")));
}

}  // namespace
}  // namespace signalbox::jobs
