#include "scenario/run_plan.hpp"

#include "scenario/testing/small_scenario.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace signalbox::scenario {
namespace {

using Arguments = std::vector<std::string>;

class RunPlanTest : public ::testing::Test {
protected:
    RunPlan plan(
        const std::string& options = {},
        const Arguments& args = {},
        const std::string& config_file = "small.sumocfg"
    ) {
        write_text(directory_.path() / config_file, small_configuration(options));
        request_.directory = directory_.path();
        request_.config_file = config_file;
        request_.args = args;
        auto made = make_run_plan(request_, simulator_);
        EXPECT_TRUE(made) << made.error().message();
        return std::move(*made);
    }

    static bool has(const RunPlan& plan, const std::string& argument) {
        return std::ranges::count(plan.arguments, argument) == 1;
    }

    static bool names(const RunPlan& plan, const std::string& option) {
        return std::ranges::any_of(plan.arguments, [&option](const std::string& argument) {
            return argument.starts_with("--" + option + "=");
        });
    }

    signalbox::testing::TemporaryDirectory directory_;
    RunRequest request_{.started_at = Instant(std::chrono::seconds(1'000'000'000))};
    Simulator simulator_{
        .version = "1.28.0",
        .home = "/opt/sumo",
        .binary = "/opt/sumo/bin/sumo",
        .options =
            {"statistic-output",
             "summary-output",
             "tripinfo-output",
             "tripinfo-output.write-unfinished",
             "edgedata-output",
             "duration-log.statistics"}
    };
};

TEST_F(RunPlanTest, InjectsWhatTheUserHasNotAskedFor) {
    const RunPlan made = plan();
    EXPECT_EQ(
        made.arguments,
        (Arguments{
            "-c",
            "small.sumocfg",
            "--duration-log.statistics=true",
            "--statistic-output=signalbox/statistics.xml",
            "--tripinfo-output=signalbox/tripinfo.xml",
            "--tripinfo-output.write-unfinished=true",
            "--edgedata-output=signalbox/edgedata.xml",
            "--summary-output=signalbox/summary.pipe"
        })
    );
    EXPECT_EQ(made.directories, Arguments{"signalbox"});
    EXPECT_EQ(made.summary, SummarySource::kPipe);
    EXPECT_EQ(made.summary_path, "signalbox/summary.pipe");
    EXPECT_EQ(made.summary_result, "signalbox/summary.xml");
    EXPECT_EQ(made.find(OutputKind::kTripinfo)->path, "signalbox/tripinfo.xml");
    EXPECT_EQ(made.find(OutputKind::kSummary), nullptr);
    EXPECT_EQ(made.end_seconds, std::nullopt);
}

TEST_F(RunPlanTest, LeavesTheUsersOutputsAlone) {
    const RunPlan made = plan(
        "<tripinfo-output value=\"out/t.xml\"/><summary value=\"s.xml\"/>"
        "<fcd-output value=\"f.csv\"/>",
        {"--statistic-output=deep/er/s.xml.gz"}
    );
    EXPECT_FALSE(names(made, "tripinfo-output"));
    EXPECT_FALSE(names(made, "tripinfo-output.write-unfinished"));
    EXPECT_FALSE(names(made, "summary-output"));
    EXPECT_TRUE(has(made, "--statistic-output=deep/er/s.xml.gz"));
    EXPECT_EQ(made.summary, SummarySource::kUserFile);
    EXPECT_EQ(made.summary_path, "s.xml");
    EXPECT_EQ(made.find(OutputKind::kTripinfo)->path, "out/t.xml");
    EXPECT_FALSE(made.find(OutputKind::kOther)->is_xml);
    EXPECT_EQ(made.directories, (Arguments{"deep", "deep/er", "out", "signalbox"}));
}

TEST_F(RunPlanTest, ReadsNoSummaryThatShowsNothing) {
    EXPECT_EQ(plan("<summary-output.period value=\"600\"/>").summary, SummarySource::kNone);
    EXPECT_FALSE(names(plan("<summary-output.period value=\"600\"/>"), "summary-output"));
    EXPECT_EQ(plan("<summary-output value=\"s.xml.gz\"/>").summary, SummarySource::kNone);
    EXPECT_EQ(plan("<summary-output value=\"/dev/null\"/>").summary, SummarySource::kNone);
    EXPECT_EQ(plan("<output.format value=\"csv\"/>").summary, SummarySource::kNone);
}

TEST_F(RunPlanTest, InjectsOnlyWhatThisVersionKnows) {
    simulator_.options = {"tripinfo-output"};
    EXPECT_EQ(
        plan().arguments,
        (Arguments{"-c", "small.sumocfg", "--tripinfo-output=signalbox/tripinfo.xml"})
    );
}

TEST_F(RunPlanTest, TheJobsSeedAndEndBeatArgumentsAndConfiguration) {
    request_.seed = 42;
    request_.end = 1800.5;
    const RunPlan made =
        plan("<random value=\"true\"/><end value=\"60\"/>", {"--seed=1", "--scale=2"});
    EXPECT_TRUE(has(made, "--seed=42"));
    EXPECT_FALSE(has(made, "--seed=1"));
    EXPECT_TRUE(has(made, "--random=false"));
    EXPECT_TRUE(has(made, "--end=1800.5"));
    EXPECT_TRUE(has(made, "--scale=2"));
    EXPECT_EQ(made.end_seconds, 1800.5);
}

TEST_F(RunPlanTest, TurnsTheStepLogOn) {
    EXPECT_TRUE(has(plan("<no-step-log value=\"true\"/>"), "--no-step-log=false"));
    EXPECT_FALSE(names(plan("<no-step-log value=\"false\"/>"), "no-step-log"));
}

TEST_F(RunPlanTest, FollowsAPrefixAndKnowsItsTimeBeforehand) {
    const RunPlan made = plan("<output-prefix value=\"TIME_sub/\"/>");
    EXPECT_TRUE(has(made, "--output-prefix=2001-09-09-01-46-40_sub/"));
    EXPECT_EQ(
        made.find(OutputKind::kStatistics)->path, "signalbox/2001-09-09-01-46-40_sub/statistics.xml"
    );
    EXPECT_EQ(made.summary_path, "signalbox/2001-09-09-01-46-40_sub/summary.pipe");
    EXPECT_EQ(made.directories, (Arguments{"signalbox", "signalbox/2001-09-09-01-46-40_sub"}));
}

TEST_F(RunPlanTest, KnowsTheVariablesOfAPrefixBeforehand) {
    const RunPlan made = plan("<output-prefix value=\"${UTC}_${PID}${TZ}.\"/>");
    EXPECT_TRUE(has(made, "--output-prefix=2001-09-09-01-46-40_UTC."));
    EXPECT_EQ(made.summary_path, "signalbox/2001-09-09-01-46-40_UTC.summary.pipe");
    EXPECT_EQ(made.summary, SummarySource::kPipe);
}

TEST_F(RunPlanTest, ReadsNoSummaryThatLandsElsewhere) {
    const RunPlan made = plan("<output-prefix value=\"../../../\"/>");
    EXPECT_EQ(made.summary, SummarySource::kNone);
    EXPECT_EQ(made.summary_result, "");
}

TEST_F(RunPlanTest, ExpectsNoOutputThatSumoMakesOnlyForPersons) {
    EXPECT_EQ(plan("<personinfo-output value=\"p.xml\"/>").find(OutputKind::kOther), nullptr);
}

TEST_F(RunPlanTest, TakesAFolderThatTheScenarioDoesNotUse) {
    write_text(directory_.path() / "signalbox" / "mine.xml", "");
    EXPECT_EQ(plan().summary_result, "signalbox-2/summary.xml");
}

TEST_F(RunPlanTest, PutsOutputsOfANestedConfigurationBesideIt) {
    const RunPlan made = plan("<tripinfo-output value=\"t.xml\"/>", {}, "sub/small.sumocfg");
    EXPECT_EQ(made.find(OutputKind::kTripinfo)->path, "sub/t.xml");
    EXPECT_EQ(made.directories, (Arguments{"signalbox", "sub"}));
}

TEST_F(RunPlanTest, GivesAnEnvironmentFromScratch) {
    const auto environment = plan().environment;
    const auto home =
        std::ranges::find(environment, "SUMO_HOME", &std::pair<std::string, std::string>::first);
    ASSERT_NE(home, environment.end());
    EXPECT_EQ(home->second, "/opt/sumo");
}

TEST_F(RunPlanTest, KnowsWhenTheSimulationBegins) {
    const RunPlan made = plan("<begin value=\"1:00:00\"/>");
    EXPECT_EQ(made.begin_seconds, 3600);
}

TEST_F(RunPlanTest, SaysWhyThereIsNone) {
    request_.directory = directory_.path();
    request_.config_file = "none.sumocfg";
    EXPECT_EQ(make_run_plan(request_, simulator_).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace signalbox::scenario
