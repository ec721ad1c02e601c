// The worker with the real SUMO, of every version that this machine has.
//
// SIGNALBOX_SUMO_HOMES names installations besides the one in PATH; SIGNALBOX_TEST_SCENARIOS a
// directory with `bologna-acosta.zip`.
#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "worker/simulator_cache.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace signalbox::worker {
namespace {

namespace fs = std::filesystem;

using model::Reason;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;

struct Expected {
    const char* version;
    double end_time;
    double time_loss;
};

class RealSumo : public WorkerFixture, public testing::WithParamInterface<Expected> {
protected:
    void SetUp() override {
        settings_.simulators = {};
        settings_.cache_directory = directory_.path() / "cache";
        const auto simulator = SimulatorCache(settings_.cache_directory, settings_.simulators)
                                   .find(GetParam().version);
        if (!simulator) {
            GTEST_SKIP() << simulator.error().message();
        }
        simulator_ = *simulator;
        server_->attempt.sumo_version = GetParam().version;
        settings_.times.beat = std::chrono::milliseconds(500);
    }

    scenario::Simulator simulator_;
};

TEST_P(RealSumo, RunsATinyScenarioToItsEnd) {
    give_scenario(tiny_scenario());

    EXPECT_EQ(run(), WorkerExit::kDone);

    ASSERT_TRUE(server_->verdict.has_value());
    EXPECT_EQ(server_->verdict->reason, Reason::kCompleted) << server_->verdict->error << "\n"
                                                            << server_->log;
    EXPECT_EQ(server_->verdict->figures.vehicles.inserted, 1);
    EXPECT_EQ(server_->verdict->figures.vehicles.arrived, 1);
    EXPECT_THAT(server_->log, HasSubstr("Simulation ended at time"));
    EXPECT_GT(server_->verdict->usage.cpu_seconds, 0);
    EXPECT_GT(server_->verdict->usage.peak_rss_bytes, 1'000'000);
}

TEST_P(RealSumo, ClosesItsFilesWhenItIsCancelled) {
    ZipFiles files = tiny_scenario();
    files[1].second =
        R"(<routes><flow id="f" begin="0" end="1000000" period="1"><route edges="a"/></flow></routes>)";
    give_scenario(files);
    server_->on_call = [this](const std::string&) {
        if (server_->log.contains("Step #")) {
            server_->order = {.stop = true, .reason = Reason::kCancelled};
        }
    };
    settings_.times.grace = std::chrono::seconds(20);

    EXPECT_EQ(run(), WorkerExit::kDone);

    ASSERT_TRUE(server_->verdict.has_value());
    EXPECT_EQ(server_->verdict->reason, Reason::kCancelled);
    EXPECT_EQ(server_->verdict->sumo.exit_code, 0);
    EXPECT_THAT(server_->verdict->sumo.end_reason, HasSubstr("nterrupted"));
}

TEST_P(RealSumo, SaysWhatIsWrongWithTheScenario) {
    ZipFiles files = tiny_scenario();
    files[1].second = R"(<routes><vehicle id="v" depart="0"><route edges="b"/></vehicle></routes>)";
    give_scenario(files);

    EXPECT_EQ(run(), WorkerExit::kDone);

    ASSERT_TRUE(server_->verdict.has_value());
    EXPECT_EQ(server_->verdict->reason, Reason::kScenarioError);
    EXPECT_THAT(server_->verdict->error, HasSubstr("'b'"));
}

// Lines from the first element on: what stands before says when it was written, and with what.
std::vector<std::string> body_lines(std::string_view xml) {
    std::vector<std::string> lines;
    bool begun = false;
    for (const std::string_view line : split(xml, '\n')) {
        begun = begun || line.contains("<tripinfo ");
        if (begun) {
            lines.emplace_back(line);
        }
    }
    return lines;
}

TEST_P(RealSumo, GivesBolognaTheSameTripsAsADirectRun) {
    const char* const scenarios = std::getenv("SIGNALBOX_TEST_SCENARIOS");
    if (scenarios == nullptr) {
        GTEST_SKIP() << "SIGNALBOX_TEST_SCENARIOS is not set";
    }
    const fs::path zip = fs::path(scenarios) / "bologna-acosta.zip";
    server_->zip = read_file(zip).value();
    server_->attempt.config_file = "run.sumocfg";
    server_->attempt.scenario = {
        .sha256 = sha256_hex(server_->zip), .size_bytes = server_->zip.size(), .url = ""
    };
    settings_.times = WorkerTimes();

    EXPECT_EQ(run(), WorkerExit::kDone);

    ASSERT_TRUE(server_->verdict.has_value());
    const model::Verdict& verdict = *server_->verdict;
    EXPECT_EQ(verdict.reason, Reason::kCompleted) << verdict.error;
    EXPECT_EQ(verdict.figures.vehicles.inserted, 8779);
    EXPECT_THAT(verdict.sumo.end_time, Optional(DoubleNear(GetParam().end_time, 0.001)));
    EXPECT_THAT(verdict.figures.trips.time_loss, Optional(DoubleNear(GetParam().time_loss, 0.005)));

    const fs::path direct = directory_.path() / "direct";
    fs::create_directories(direct);
    const std::string command = "cd " + direct.string() + " && python3 -m zipfile -e " +
                                zip.string() + " . && SUMO_HOME=" + simulator_.home.string() + " " +
                                simulator_.binary.string() +
                                " -c run.sumocfg --tripinfo-output direct.xml >/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const auto expected = body_lines(read_file(direct / "direct.xml").value());
    EXPECT_GT(expected.size(), 8779U);
    EXPECT_EQ(body_lines(server_->results.at("tripinfos.xml")), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Versions,
    RealSumo,
    testing::Values(
        Expected{.version = "1.15.0", .end_time = 5703, .time_loss = 156.60},
        Expected{.version = "1.28.0", .end_time = 5643, .time_loss = 163.32}
    ),
    [](const auto& instance) {
        std::string name(instance.param.version);
        std::ranges::replace(name, '.', '_');
        return name;
    }
);

}  // namespace
}  // namespace signalbox::worker
