#include "worker/simulator_cache.hpp"

#include "worker/testing/worker_fixture.hpp"

#include <gtest/gtest.h>

namespace signalbox::worker {
namespace {

namespace fs = std::filesystem;

RememberedSimulators two_simulators() {
    RememberedSimulators remembered{.places = "here", .simulators = {}};
    for (const char* const version : {"1.28.0", "1.15.0"}) {
        scenario::Simulator simulator;
        simulator.version = version;
        simulator.home = std::string("/opt/sumo ") + version;
        simulator.binary = simulator.home / "bin/sumo";
        simulator.options = {"begin", "end"};
        remembered.simulators.push_back({.simulator = simulator, .stamp = "1.2.3"});
    }
    return remembered;
}

TEST(SimulatorCache, ReadsWhatItWrote) {
    const auto read = parse_remembered(format_remembered(two_simulators()));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->places, "here");
    ASSERT_EQ(read->simulators.size(), 2U);
    EXPECT_EQ(read->simulators[1].simulator.version, "1.15.0");
    EXPECT_EQ(read->simulators[1].simulator.home, "/opt/sumo 1.15.0");
    EXPECT_TRUE(read->simulators[1].simulator.has("end"));
    EXPECT_EQ(read->simulators[1].stamp, "1.2.3");
}

TEST(SimulatorCache, TakesNoCutFile) {
    const std::string whole = format_remembered(two_simulators());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(parse_remembered(whole.substr(0, length)).has_value()) << length;
    }
}

TEST(SimulatorCache, AsksAgainWhenTheBinaryChanged) {
    const TemporaryDirectory directory;
    const fs::path home = directory.path() / "home";
    fs::create_directories(home / "bin");
    fs::create_directories(home / "data/xsd");
    fs::copy_file(SIGNALBOX_FAKE_SUMO, home / "bin/sumo");
    const SimulatorCache cache(
        directory.path() / "cache", {.homes = {home}, .machine = false, .binary_directory = {}}
    );
    ASSERT_TRUE(cache.find("9.8.7").has_value());
    EXPECT_EQ(cache.find("")->version, "9.8.7");
    EXPECT_TRUE(fs::exists(directory.path() / "cache/simulators"));

    fs::remove(home / "bin/sumo");
    EXPECT_FALSE(cache.find("9.8.7").has_value());
}

}  // namespace
}  // namespace signalbox::worker
