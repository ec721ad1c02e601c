// The worker with the real SUMO, of every version that this machine has.
//
// SIGNALBOX_SUMO_HOMES names installations besides the one in PATH; SIGNALBOX_TEST_SCENARIOS a
// directory with `bologna-acosta.zip`.
#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "scenario/simulator_cache.hpp"
#include "worker/process/landlock.hpp"
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
using testing::Not;
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
        const auto simulator =
            scenario::SimulatorCache(settings_.cache_directory, settings_.simulators)
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

struct HostileScenario {
    std::string attack;
    ZipFiles files;
};

// The configuration names `routes`, and sets one option more.
HostileScenario with_option(
    const std::string& name, const std::string& value, const std::string& routes = "routes.rou.xml"
) {
    ZipFiles files = tiny_scenario();
    files.back().second = "<configuration><net-file value=\"net.net.xml\"/><route-files value=\"" +
                          routes + "\"/><" + name + " value=\"" + value + "\"/></configuration>";
    return {.attack = routes + " " + name + " " + value, .files = std::move(files)};
}

HostileScenario with_file(const std::string& name, const std::string& content) {
    ZipFiles files = tiny_scenario();
    std::ranges::find(files, name, &ZipFiles::value_type::first)->second = content;
    return {.attack = content, .files = std::move(files)};
}

// What only the filter refuses. (Outputs to `host:port` too, but SUMO then tries for half a
// minute.)
std::vector<HostileScenario> scenarios_with_sockets() {
    return {
        with_option("remote-port", "18899"),
        with_option("weight-files", "http://127.0.0.1:9/weights.xml")
    };
}

std::vector<HostileScenario> scenarios_that_leave_their_directory(const std::string& outside) {
    const std::string secret = outside + "/secret.rou.xml";
    return {
        with_option("seed", "1", secret),
        with_option("seed", "1", "../../outside/secret.rou.xml"),
        with_option("additional-files", "/etc/passwd"),
        with_option("statistic-output", outside + "/escaped.xml"),
        with_option("tripinfo-output", "../../outside/escaped.xml"),
        with_option("log", outside + "/escaped.log"),
        with_option("output-prefix", "../../outside/"),
        with_file(
            "behaviour.add.xml",
            "<additional><edgeData id=\"e\" file=\"../../outside/escaped.xml\"/></additional>"
        ),
        with_file(
            "behaviour.add.xml", "<additional><include href=\"" + secret + "\"/></additional>"
        ),
        with_file(
            "routes.rou.xml",
            "<!DOCTYPE routes [<!ENTITY x SYSTEM \"file://" + outside +
                "/secret.txt\">]><routes><vType id=\"&x;\"/>&x;</routes>"
        )
    };
}

class RealSumoAttacked : public RealSumo {
protected:
    RealSumoAttacked() {
        directory_.write(
            "outside/secret.rou.xml",
            R"(<routes><vehicle id="stolen" depart="0"><route edges="a"/></vehicle></routes>)"
        );
        directory_.write("outside/secret.txt", "stolen");
        fs::permissions(outside(), fs::perms::all);
    }

    [[nodiscard]] fs::path outside() const { return directory_.path() / "outside"; }

    // Around the server's checks, which would not let it come so far.
    void expect_refused(const HostileScenario& scenario) {
        SCOPED_TRACE(scenario.attack);
        server_->verdict.reset();
        server_->log.clear();
        server_->results.clear();
        give_scenario(scenario.files);

        EXPECT_EQ(run(), WorkerExit::kDone);

        ASSERT_TRUE(server_->verdict.has_value());
        EXPECT_EQ(server_->verdict->reason, Reason::kScenarioError);
        EXPECT_EQ(std::distance(fs::directory_iterator(outside()), fs::directory_iterator()), 2);
        std::string all = server_->log + server_->verdict->error;
        for (const auto& [name, content] : server_->results) {
            all += content;
        }
        EXPECT_THAT(all, Not(HasSubstr("stolen")));
        EXPECT_THAT(all, Not(HasSubstr("root:x:")));
    }
};

TEST_P(RealSumoAttacked, OpensNoSocketForAScenario) {
    for (const HostileScenario& scenario : scenarios_with_sockets()) {
        expect_refused(scenario);
    }
}

TEST_P(RealSumoAttacked, TakesNoScenarioOutOfItsDirectory) {
    if (landlock_abi() == 0) {
        GTEST_SKIP() << "this kernel has no Landlock: only the modes of files refuse it here";
    }
    for (const HostileScenario& scenario : scenarios_that_leave_their_directory(outside())) {
        expect_refused(scenario);
    }
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
    server_->attempt.limits.wall_seconds = 600;
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

const auto kVersions = testing::Values(
    Expected{.version = "1.15.0", .end_time = 5703, .time_loss = 156.60},
    Expected{.version = "1.28.0", .end_time = 5643, .time_loss = 163.32}
);

std::string name_of(const testing::TestParamInfo<Expected>& instance) {
    std::string name(instance.param.version);
    std::ranges::replace(name, '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Versions, RealSumo, kVersions, name_of);
INSTANTIATE_TEST_SUITE_P(Versions, RealSumoAttacked, kVersions, name_of);

}  // namespace
}  // namespace signalbox::worker
