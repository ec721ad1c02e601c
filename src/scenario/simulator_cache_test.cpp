#include "scenario/simulator_cache.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<RememberedSimulator> two_simulators() {
    std::vector<RememberedSimulator> remembered;
    for (const char* const version : {"1.28.0", "1.15.0"}) {
        Simulator simulator;
        simulator.version = version;
        simulator.home = std::string("/opt/sumo ") + version;
        simulator.binary = simulator.home / "bin/sumo";
        simulator.options = {"begin", "end"};
        remembered.push_back({.simulator = simulator, .stamp = "1.2.3"});
    }
    return remembered;
}

TEST(SimulatorCache, ReadsWhatItWrote) {
    const auto read = parse_remembered(format_remembered(two_simulators()));

    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ((*read)[1].simulator.version, "1.15.0");
    EXPECT_EQ((*read)[1].simulator.home, "/opt/sumo 1.15.0");
    EXPECT_TRUE((*read)[1].simulator.has("end"));
    EXPECT_EQ((*read)[1].stamp, "1.2.3");
}

TEST(SimulatorCache, TakesNoCutFile) {
    const std::string whole = format_remembered(two_simulators());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(parse_remembered(whole.substr(0, length)).has_value()) << length;
    }
}

/// A home whose `bin/sumo` is a script, which notes each time it is asked.
fs::path make_home(const fs::path& home, const std::string& version) {
    fs::create_directories(home / "bin");
    const fs::path binary = home / "bin" / "sumo";
    std::ofstream(binary) << "#!/bin/sh\necho asked >> '" << (home / "asked").string()
                          << "'\necho 'Eclipse SUMO sumo " << version
                          << "'; echo '  -n, --net-file FILE  net'\n";
    fs::permissions(binary, fs::perms::owner_all);
    return home;
}

bool was_asked(const fs::path& home) {
    return fs::remove(home / "asked");
}

TEST(SimulatorCache, AsksAgainWhenTheBinaryChanged) {
    const signalbox::testing::TemporaryDirectory directory;
    const fs::path home = make_home(directory.path() / "home", "9.8.7");
    const SimulatorCache cache(directory.path() / "cache", {.homes = {home}, .machine = false});
    ASSERT_TRUE(cache.find("9.8.7").has_value());
    EXPECT_TRUE(was_asked(home));
    ASSERT_TRUE(cache.find("9.8.7").has_value());
    EXPECT_FALSE(was_asked(home));

    make_home(home, "10.0.0");
    EXPECT_FALSE(cache.find("9.8.7").has_value());
    EXPECT_EQ(cache.find("10.0.0")->version, "10.0.0");
    fs::remove(home / "bin/sumo");
    EXPECT_FALSE(cache.find("10.0.0").has_value());
    EXPECT_TRUE(cache.ask_all().empty());
}

TEST(SimulatorCache, AsksNoOtherHomeForAVersionItRemembers) {
    const signalbox::testing::TemporaryDirectory directory;
    const fs::path one = make_home(directory.path() / "one", "1.0.0");
    const fs::path broken = make_home(directory.path() / "broken", "2.0.0");
    std::ofstream(broken / "bin" / "sumo", std::ios::app) << "exit 1\n";
    const SimulatorCache cache(
        directory.path() / "cache", {.homes = {one, broken}, .machine = false}
    );
    EXPECT_EQ(cache.ask_all().size(), 1U);
    EXPECT_TRUE(was_asked(one));
    EXPECT_TRUE(was_asked(broken));
    EXPECT_TRUE(cache.find("1.0.0").has_value());
    EXPECT_FALSE(was_asked(one));
    EXPECT_FALSE(was_asked(broken));
    EXPECT_EQ(cache.find("")->version, "1.0.0");
    EXPECT_TRUE(was_asked(one));
}

// As the server has asked, and a worker, which looks in fewer places, finds.
TEST(SimulatorCache, UsesWhatAnotherSearchHasAsked) {
    const signalbox::testing::TemporaryDirectory directory;
    const fs::path one = make_home(directory.path() / "one", "1.0.0");
    const fs::path two = make_home(directory.path() / "two", "2.0.0");
    const fs::path place = directory.path() / "cache";
    EXPECT_EQ(SimulatorCache(place, {.homes = {one, two}, .machine = false}).ask_all().size(), 2U);
    EXPECT_TRUE(was_asked(one));
    const SimulatorCache worker(place, {.homes = {one}, .machine = false});
    EXPECT_TRUE(worker.find("1.0.0").has_value());
    EXPECT_FALSE(was_asked(one));
    EXPECT_FALSE(worker.find("2.0.0").has_value());
}

}  // namespace
}  // namespace signalbox::scenario
