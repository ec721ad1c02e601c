#include "scenario/outputs/summary_reader.hpp"
#include "scenario/outputs/sumo_log.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

const std::string kSummary = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- generated -->
<summary>
    <step time="0.00" loaded="3" inserted="2" running="2" waiting="1" ended="0" arrived="0" collisions="0" teleports="0" halting="1" stopped="0" meanWaitingTime="0.00" meanTravelTime="-1.00" meanSpeed="13.89" meanSpeedRelative="1.00" duration="0"/>
    <step time="0:00:01" loaded="3" inserted="3" running="2" waiting="0" ended="1" halting="0" meanTravelTime="5.00" meanSpeed="12.00"/>
</summary>
)";

std::vector<SummaryStep> steps_of(const std::string& text, std::size_t piece) {
    std::vector<SummaryStep> steps;
    SummaryReader reader([&steps](const SummaryStep& step) { steps.push_back(step); });
    for (std::size_t at = 0; at < text.size(); at += piece) {
        reader.feed(std::string_view(text).substr(at, piece));
    }
    return steps;
}

TEST(SummaryReader, HandsOutStepsWhereverTheStreamIsCut) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, kSummary.size()}) {
        const auto steps = steps_of(kSummary, piece);
        ASSERT_EQ(steps.size(), 2U);
        EXPECT_EQ(steps[0].running, 2);
        EXPECT_EQ(steps[0].halting, 1);
        EXPECT_EQ(steps[1].time, 1);
        EXPECT_EQ(steps[1].arrived, std::nullopt);
        EXPECT_EQ(steps[1].mean_speed, 12);
    }
}

TEST(SummaryReader, KnowsWholeCutAndBrokenStreams) {
    SummaryReader reader([](const SummaryStep&) {});
    reader.feed(kSummary.substr(0, 200));
    EXPECT_FALSE(reader.complete());
    EXPECT_FALSE(reader.broken());
    reader.feed(kSummary.substr(200));
    EXPECT_TRUE(reader.complete());

    SummaryReader broken([](const SummaryStep&) {});
    broken.feed("<summary><step</summary>");
    EXPECT_TRUE(broken.broken());
    broken.feed("<step/>");
}

TEST(SummaryReader, FiguresLeaveOutWhatThereIsNoMeanOf) {
    const auto steps = steps_of(kSummary, 100);
    EXPECT_EQ(to_figures(steps[0]).trips.duration, std::nullopt);
    EXPECT_EQ(to_figures(steps[1]).trips.duration, 5);
    EXPECT_EQ(to_figures(steps[1]).vehicles.arrived, 1) << "ended, where arrived is not written";
}

TEST(SummaryThinner, KeepsAnEvenSelectionWithFirstAndLast) {
    SummaryThinner thinner(10);
    for (int time = 0; time <= 1000; ++time) {
        SummaryStep step;
        step.time = time;
        thinner.add(step);
        ASSERT_LE(thinner.steps().size(), 11U);
        ASSERT_EQ(thinner.steps().front().time, 0);
        ASSERT_EQ(thinner.steps().back().time, time);
    }
    const auto& steps = thinner.steps();
    ASSERT_GE(steps.size(), 5U);
    for (std::size_t i = 2; i + 1 < steps.size(); ++i) {
        EXPECT_EQ(steps[i].time - steps[i - 1].time, steps[1].time) << i;
    }
}

TEST(SummaryThinner, WritesAFileThatReadsBack) {
    SummaryThinner thinner;
    for (const SummaryStep& step : steps_of(kSummary, 50)) {
        thinner.add(step);
    }
    const auto again = steps_of(thinner.to_xml(), 1000);
    ASSERT_EQ(again.size(), 2U);
    EXPECT_EQ(again[1].inserted, 3);
    EXPECT_EQ(again[0].mean_speed, 13.89);
    EXPECT_EQ(again[1].arrived, std::nullopt);
    SummaryThinner huge;
    huge.add({.time = 1e300});
    EXPECT_EQ(steps_of(huge.to_xml(), 1000).at(0).time, 1e300);
}

TEST(StepLine, ReadsEveryForm) {
    const auto full = parse_step_line(
        "Step #100.00 (7ms ~= 142.86*RT, ~23285.71UPS, vehicles TOT 167 ACT 163 BUF 4)      "
    );
    ASSERT_TRUE(full);
    EXPECT_EQ(full->time, 100);
    EXPECT_EQ(full->vehicles_running, 163);

    const auto fast = parse_step_line("Step #0.00 (0ms ?*RT. ?UPS, vehicles TOT 1 ACT 1 BUF 0)");
    ASSERT_TRUE(fast);
    EXPECT_EQ(fast->vehicles_running, 1);

    EXPECT_EQ(parse_step_line("Step #01:02:03 (1ms)")->time, 3723);
    EXPECT_EQ(parse_step_line("Step #5.00")->time, 5);
    for (const std::string line : {"", "Step #x", "Stepping", "Warning: Step #1.00"}) {
        EXPECT_FALSE(parse_step_line(line)) << line;
    }
}

SumoMessages messages_of(const std::vector<std::string>& lines) {
    SumoLog log;
    for (const std::string& line : lines) {
        log.feed_line(line);
    }
    return log.messages();
}

TEST(SumoLog, KnowsHowARunEnded) {
    for (const std::string end : {"5703.00", "5703.00.", "01:35:03", "01:35:03."}) {
        const auto messages = messages_of(
            {"Simulation ended at time: " + end, "Reason: All vehicles have left the simulation."}
        );
        EXPECT_EQ(messages.end_time, 5703) << end;
        EXPECT_EQ(messages.end_reason, "All vehicles have left the simulation");
    }
    EXPECT_EQ(messages_of({"Step #7.00 (0ms)"}).last_step, 7);
}

TEST(SumoLog, JoinsTheLinesOfTheFirstError) {
    const auto messages = messages_of(
        {"Warning: w",
         "Error: no declaration found for element 'routes'",
         " In file 'x.xml'",
         " At line/column 2/92.",
         "",
         " not part of it",
         "Error: another one",
         "Warning: w",
         "Quitting (on error)."}
    );
    EXPECT_EQ(
        messages.error,
        "no declaration found for element 'routes' In file 'x.xml' At line/column 2/92."
    );
    EXPECT_TRUE(messages.quit_on_error);
}

TEST(SumoLog, BoundsWhatAnErrorMaySay) {
    std::vector<std::string> lines{"Error: " + std::string(100'000, 'x')};
    for (int i = 0; i < 1000; ++i) {
        lines.push_back(" " + std::string(1000, 'y'));
    }
    EXPECT_LT(messages_of(lines).error.size(), 5000U);
}

TEST(SumoLog, NoticesWhatWasLacking) {
    EXPECT_TRUE(messages_of({"Error: x (No space left on device)."}).disk_full);
    EXPECT_TRUE(messages_of({"terminate called after throwing 'std::bad_alloc'"}).memory_exhausted);
}

TEST(SumoLog, TakesNoNameOfAScenarioForALack) {
    const auto messages = messages_of(
        {"Warning: Vehicle 'File too large' performs emergency braking; out of memory",
         "Error: The edge 'No space left on device' within the route 'bad_alloc' is not known."}
    );
    EXPECT_FALSE(messages.disk_full);
    EXPECT_FALSE(messages.memory_exhausted);
}

}  // namespace
}  // namespace signalbox::scenario
