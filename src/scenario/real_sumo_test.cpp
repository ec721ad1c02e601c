// With every SUMO of this machine: does it read what the plan says, and write what the readers
// read?
#include "scenario/outputs/figures.hpp"
#include "scenario/outputs/outputs.hpp"
#include "scenario/outputs/sumo_log.hpp"
#include "scenario/process_output.hpp"
#include "scenario/run_plan.hpp"
#include "scenario/simulators.hpp"
#include "scenario/testing/small_scenario.hpp"
#include "scenario/verdict.hpp"
#include "tests/support/temporary_directory.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

struct SumoRun {
    RunPlan plan;
    SumoMessages messages;
    model::Figures figures;
};

class RealSumo : public ::testing::Test {
protected:
    void SetUp() override {
        simulators_ = find_simulators();
        if (simulators_.empty()) {
            GTEST_SKIP() << "there is no SUMO on this machine";
        }
    }

    SumoRun run(const Simulator& simulator, const std::string& options, RunRequest request = {}) {
        const signalbox::testing::TemporaryDirectory directory;
        for (const ZipItem& item : small_scenario(options)) {
            write_text(directory.path() / item.name, item.data);
        }
        request.directory = directory.path();
        request.config_file = "small.sumocfg";
        SumoRun result{
            .plan = make_run_plan(request, simulator).value(), .messages = {}, .figures = {}
        };
        for (const std::string& folder : result.plan.directories) {
            fs::create_directories(directory.path() / folder);
        }
        // SUMO runs in the scenario's directory; here that needs a shell, and no pipe is made: a
        // plain file takes the summary.
        std::string command =
            "cd '" + directory.path().string() + "' && '" + simulator.binary.string() + "'";
        for (const std::string& argument : result.plan.arguments) {
            command += " '" + argument + "'";
        }
        const auto output = output_of(
            {.program = "/bin/sh",
             .arguments = {"-c", command + " 2>&1; true"},
             .environment = result.plan.environment,
             .timeout = std::chrono::minutes(2)}
        );
        EXPECT_TRUE(output) << output.error().message();
        SumoLog log;
        for (const std::string_view line : split(output.value_or(""), '\n')) {
            for (const std::string_view part : split(line, '\r')) {
                log.feed_line(part);
            }
        }
        result.messages = log.messages();
        result.figures = collect_figures(directory.path(), result.plan, {});
        for (const ExpectedOutput& expected : result.plan.outputs) {
            complete_ += is_complete_xml(directory.path() / expected.path).value_or(false) ? 1 : 0;
        }
        return result;
    }

    std::vector<Simulator> simulators_;
    std::size_t complete_ = 0;
};

TEST_F(RealSumo, RunsThePlanToTheLastVehicle) {
    for (const Simulator& simulator : simulators_) {
        complete_ = 0;
        const SumoRun done = run(simulator, "");
        EXPECT_EQ(done.messages.error, "") << simulator.version;
        EXPECT_EQ(done.messages.end_reason, "All vehicles have left the simulation");
        EXPECT_GT(done.messages.end_time.value_or(0), 60);
        EXPECT_EQ(done.figures.vehicles.inserted, 20);
        EXPECT_EQ(done.figures.vehicles.arrived, 20);
        EXPECT_EQ(done.figures.trips.count, 20);
        EXPECT_GT(done.figures.trips.total_travel_time.value_or(0), 20 * 30);
        EXPECT_EQ(complete_, done.plan.outputs.size()) << simulator.version;
    }
}

TEST_F(RealSumo, CountsVehiclesUnderWayAtTheEnd) {
    for (const Simulator& simulator : simulators_) {
        const SumoRun done =
            run(simulator,
                "<output-prefix value=\"p_\"/><no-step-log value=\"true\"/>"
                "<device.emissions.probability value=\"1\"/>",
                {.seed = 3, .end = 40});
        EXPECT_EQ(done.messages.end_time, 40) << simulator.version;
        EXPECT_EQ(done.plan.end_seconds, 40);
        EXPECT_GT(done.figures.vehicles.running.value_or(0), 0);
        EXPECT_EQ(done.figures.trips.count, done.figures.vehicles.inserted) << "write-unfinished";
        EXPECT_GT(done.figures.emissions.value_or(model::Emissions{}).co2.value_or(0), 0);
        EXPECT_TRUE(done.messages.last_step.has_value()) << "the step log was turned on";
    }
}

TEST_F(RealSumo, SaysItsErrorInOneSentence) {
    for (const Simulator& simulator : simulators_) {
        const SumoRun failed = run(simulator, "<additional-files value=\"none.xml\"/>");
        EXPECT_NE(failed.messages.error.find("none.xml"), std::string::npos) << simulator.version;
        EXPECT_TRUE(failed.messages.quit_on_error);
        const Outcome outcome = decide({.exit_code = 1, .messages = failed.messages});
        EXPECT_EQ(outcome.reason, model::Reason::kScenarioError);
    }
}

}  // namespace
}  // namespace signalbox::scenario
