#include "scenario/verdict.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

using model::Reason;

// A run that ended as it should: each test breaks one thing.
Evidence a_finished_run() {
    Evidence evidence;
    evidence.exit_code = 0;
    evidence.messages.end_time = 3600;
    evidence.messages.end_reason = "The final simulation step has been reached";
    evidence.outputs = {{.path = "signalbox/tripinfo.xml", .exists = true, .complete = true}};
    evidence.last_time = 3600;
    evidence.end_seconds = 3600;
    evidence.vehicles_running = 12;
    evidence.vehicles_waiting = 0;
    evidence.peak_memory_bytes = 50 << 20;
    evidence.memory_limit_bytes = 1 << 30;
    evidence.timeout = std::chrono::seconds(60);
    return evidence;
}

TEST(Verdict, ARunThatReachedItsEndIsCompleted) {
    const Outcome outcome = decide(a_finished_run());
    EXPECT_EQ(outcome.reason, Reason::kCompleted);
    EXPECT_EQ(outcome.error, "");
}

TEST(Verdict, WithoutAnEndTheLastVehicleEndsTheRun) {
    Evidence evidence = a_finished_run();
    evidence.end_seconds.reset();
    evidence.vehicles_running = 0;
    evidence.messages.end_reason = "All vehicles have left the simulation";
    EXPECT_EQ(decide(evidence).reason, Reason::kCompleted);
    evidence.vehicles_running = 3;
    EXPECT_EQ(decide(evidence).reason, Reason::kCompleted) << "they wait for ever";
    evidence.messages.end_reason = "Too many teleports";
    EXPECT_EQ(decide(evidence).reason, Reason::kEndedEarly);
}

TEST(Verdict, AllArrivedBeforeTheConfiguredEndIsCompleted) {
    Evidence evidence = a_finished_run();
    evidence.messages.end_time = 1800;
    evidence.vehicles_running = 0;
    EXPECT_EQ(decide(evidence).reason, Reason::kCompleted);
    evidence.vehicles_waiting = 1;
    EXPECT_EQ(decide(evidence).reason, Reason::kEndedEarly);
}

TEST(Verdict, NumbersThatAreNotKnownProveNothing) {
    Evidence evidence = a_finished_run();
    evidence.messages.end_reason = "Too many teleports";
    evidence.messages.end_time = 1800;
    evidence.vehicles_running.reset();
    evidence.vehicles_waiting.reset();
    EXPECT_EQ(decide(evidence).reason, Reason::kEndedEarly);
    EXPECT_EQ(
        decide(evidence).error,
        "the simulation ended at 1800 s, before its configured end of 3600 s (Too many teleports)"
    );
    evidence.end_seconds.reset();
    EXPECT_EQ(decide(evidence).reason, Reason::kEndedEarly);
    evidence.vehicles_running = 0;
    EXPECT_EQ(decide(evidence).reason, Reason::kEndedEarly) << "who waits is not known";
    evidence.vehicles_waiting = 0;
    EXPECT_EQ(decide(evidence).reason, Reason::kCompleted);
}

TEST(Verdict, ExitCodeZeroAfterSigtermIsNeverSuccess) {
    Evidence evidence = a_finished_run();
    evidence.messages.end_time = 1000;
    evidence.messages.end_reason = "Interrupted";
    EXPECT_EQ(decide(evidence).reason, Reason::kInterrupted);
}

TEST(Verdict, ACutOrMissingOutputIsNeverSuccess) {
    Evidence evidence = a_finished_run();
    evidence.outputs[0].complete = false;
    EXPECT_EQ(decide(evidence).reason, Reason::kEndedEarly);
    EXPECT_NE(decide(evidence).error.find("tripinfo.xml is cut off"), std::string::npos);
    evidence.outputs[0] = {.path = "x.xml"};
    EXPECT_NE(decide(evidence).error.find("x.xml is missing"), std::string::npos);
}

TEST(Verdict, SumosOwnSentenceIsTheErrorOfAScenario) {
    Evidence evidence = a_finished_run();
    evidence.exit_code = 1;
    evidence.messages.end_time.reset();
    evidence.messages.error = "The edge 'x' within the route 'r' is not known.";
    evidence.messages.quit_on_error = true;
    const Outcome outcome = decide(evidence);
    EXPECT_EQ(outcome.reason, Reason::kScenarioError);
    EXPECT_EQ(outcome.error, evidence.messages.error);
}

TEST(Verdict, ACrashIsTheProgramsFaultAndAKillFromOutsideIsNot) {
    Evidence evidence = a_finished_run();
    evidence.exit_code.reset();
    evidence.signal = 11;
    EXPECT_EQ(decide(evidence).reason, Reason::kSumoCrashed);
    evidence.signal = 9;
    EXPECT_EQ(decide(evidence).reason, Reason::kInterrupted);
    evidence.signal = 25;
    EXPECT_EQ(decide(evidence).reason, Reason::kDiskFull);
}

TEST(Verdict, ACrashBehindSumosOwnErrorIsTheScenarios) {
    Evidence evidence = a_finished_run();
    evidence.exit_code.reset();
    evidence.signal = 11;
    evidence.last_time.reset();
    evidence.messages.end_time.reset();
    evidence.messages.error = "Cannot read file 'missing.xml'!";
    const Outcome outcome = decide(evidence);
    EXPECT_EQ(outcome.reason, Reason::kScenarioError);
    EXPECT_EQ(outcome.error, "Cannot read file 'missing.xml'! (sumo then crashed with signal 11)");
}

TEST(Verdict, AKillAtTheMemoryLimitIsLackOfMemory) {
    Evidence evidence = a_finished_run();
    evidence.exit_code.reset();
    evidence.signal = 9;
    evidence.peak_memory_bytes = evidence.memory_limit_bytes;
    EXPECT_EQ(decide(evidence).reason, Reason::kOutOfMemory);
}

TEST(Verdict, ExitCodeWithoutAWordIsACrash) {
    Evidence evidence = a_finished_run();
    evidence.exit_code = 134;
    evidence.messages.end_time.reset();
    EXPECT_EQ(decide(evidence).reason, Reason::kSumoCrashed);
    evidence.exit_code = 0;
    EXPECT_EQ(decide(evidence).reason, Reason::kSumoCrashed) << "0, but it never said it had ended";
}

TEST(Verdict, ResourcesComeBeforeWhatTheirLackCaused) {
    Evidence evidence = a_finished_run();
    evidence.exit_code.reset();
    evidence.signal = 9;
    evidence.oom_killed = true;
    EXPECT_EQ(decide(evidence).reason, Reason::kOutOfMemory);

    evidence = a_finished_run();
    evidence.messages.memory_exhausted = true;
    evidence.messages.error = "std::bad_alloc";
    evidence.exit_code = 1;
    EXPECT_EQ(decide(evidence).reason, Reason::kOutOfMemory);

    evidence = a_finished_run();
    evidence.disk_was_full = true;
    EXPECT_EQ(decide(evidence).reason, Reason::kDiskFull) << "exit code 0, output lost";
}

struct StopCase {
    StopCause stop;
    Reason reason;
};

class StoppedRun : public ::testing::TestWithParam<StopCase> {};

TEST_P(StoppedRun, HasTheReasonOfItsStop) {
    Evidence evidence = a_finished_run();
    evidence.stop = GetParam().stop;
    evidence.messages.end_reason = "Interrupted";
    EXPECT_EQ(decide(evidence).reason, GetParam().reason);
    evidence.exit_code.reset();
    evidence.signal = 9;
    evidence.messages.end_time.reset();
    EXPECT_EQ(decide(evidence).reason, GetParam().reason) << "after the grace time";
}

INSTANTIATE_TEST_SUITE_P(
    Verdict,
    StoppedRun,
    ::testing::Values(
        StopCase{StopCause::kCancelled, Reason::kCancelled},
        StopCase{StopCause::kTimedOut, Reason::kTimedOut},
        StopCase{StopCause::kShutdown, Reason::kInterrupted},
        StopCase{StopCause::kFenced, Reason::kInterrupted},
        StopCase{StopCause::kMemoryLimit, Reason::kOutOfMemory},
        StopCase{StopCause::kDiskLimit, Reason::kDiskFull},
        StopCase{StopCause::kDiskFull, Reason::kDiskFull}
    )
);

TEST(Verdict, ARunThatFinishedBeforeTheStopReachedItKeepsItsOutcome) {
    Evidence evidence = a_finished_run();
    evidence.stop = StopCause::kCancelled;
    EXPECT_EQ(decide(evidence).reason, Reason::kCompleted);
    evidence.exit_code = 1;
    evidence.messages.end_time.reset();
    evidence.messages.error = "The route file 'x' is not accessible.";
    evidence.messages.quit_on_error = true;
    EXPECT_EQ(decide(evidence).reason, Reason::kScenarioError);
}

TEST(Verdict, TooMuchOutputIsTooMuchAlsoOfAFinishedRun) {
    Evidence evidence = a_finished_run();
    evidence.stop = StopCause::kDiskLimit;
    evidence.output_bytes = std::int64_t{3} << 30;
    evidence.output_limit_bytes = std::int64_t{2} << 30;
    EXPECT_EQ(decide(evidence).reason, Reason::kDiskFull);
    EXPECT_EQ(decide(evidence).error, "the run wrote 3.0 GiB of output; its limit is 2.0 GiB");
    evidence.passed_file_limit = 1000;
    EXPECT_EQ(
        decide(evidence).error, "the run made more than 1000 files, or folders that cannot be read"
    );
}

TEST(Verdict, AFullDiskAndTooMuchOutputAreEachSaidOfTheRunTheyStopped) {
    Evidence evidence = a_finished_run();
    evidence.disk_was_full = true;
    evidence.output_bytes = std::int64_t{3} << 30;
    evidence.output_limit_bytes = std::int64_t{2} << 30;
    evidence.stop = StopCause::kDiskLimit;
    EXPECT_EQ(decide(evidence).reason, Reason::kDiskFull);
    EXPECT_EQ(decide(evidence).error, "the run wrote 3.0 GiB of output; its limit is 2.0 GiB");
    evidence.stop = StopCause::kDiskFull;
    EXPECT_EQ(decide(evidence).reason, Reason::kDiskFull);
    EXPECT_EQ(decide(evidence).error, "the disk was full, so outputs of the run are not whole");
}

TEST(Verdict, ARunThatWasStoppedWhileItWroteItsOutputsWasStopped) {
    Evidence evidence = a_finished_run();
    evidence.outputs[0].complete = false;
    evidence.stop = StopCause::kCancelled;
    EXPECT_EQ(decide(evidence).reason, Reason::kCancelled);
    evidence.stop = StopCause::kDiskLimit;
    EXPECT_EQ(decide(evidence).reason, Reason::kDiskFull);
}

TEST(Verdict, ErrorsNameTheValueAndTheLimit) {
    Evidence evidence = a_finished_run();
    evidence.stop = StopCause::kMemoryLimit;
    evidence.exit_code.reset();
    evidence.signal = 9;
    evidence.peak_memory_bytes = std::int64_t{3} << 30;
    EXPECT_EQ(
        decide(evidence).error, "sumo used 3.0 GiB of memory; the limit of this run is 1.0 GiB"
    );
}

}  // namespace
}  // namespace signalbox::scenario
