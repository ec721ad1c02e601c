#include "scenario/simulators.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

class SimulatorsTest : public ::testing::Test {
protected:
    // A home whose `bin/sumo` is a script.
    fs::path home_with(const std::string& name, const std::string& script) {
        const fs::path home = directory_.path() / name;
        fs::create_directories(home / "bin");
        const fs::path binary = home / "bin" / "sumo";
        std::ofstream(binary) << "#!/bin/sh\n" << script << "\n";
        fs::permissions(binary, fs::perms::owner_all);
        return home;
    }

    fs::path home_of_version(const std::string& first_line) {
        return home_with(
            first_line.substr(first_line.rfind(' ') + 1),
            "echo '" + first_line + "'; echo '  -n, --net-file FILE  net'; echo '  --seed INT  x'"
        );
    }

    testing::TemporaryDirectory directory_;
};

TEST_F(SimulatorsTest, SeveralVersionsAreFoundNewestFirst) {
    const auto found = find_simulators(
        {.homes =
             {home_of_version("Eclipse SUMO sumo Version 1.9.2"),
              home_of_version("Eclipse SUMO sumo 1.28.0"),
              home_of_version("Eclipse SUMO sumo Version 1.15.0")},
         .machine = false}
    );
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].version, "1.28.0");
    EXPECT_EQ(found[1].version, "1.15.0");
    EXPECT_EQ(found[2].version, "1.9.2");
    EXPECT_TRUE(found[0].has("net-file"));
    EXPECT_TRUE(found[0].has("seed"));
    EXPECT_FALSE(found[0].has("statistic-output"));
}

TEST_F(SimulatorsTest, WhatDoesNotWorkIsNotOneOfThem) {
    const auto found = find_simulators(
        {.homes =
             {home_with("fails", "exit 1"),
              home_with("silent", "exit 0"),
              home_with("other", "echo 'GNU ls 8.3'"),
              directory_.path() / "absent"},
         .machine = false}
    );
    EXPECT_TRUE(found.empty());
}

TEST_F(SimulatorsTest, CopiesShareTheNamesOfOptions) {
    const std::vector<Simulator> installed{{.version = "1.28.0", .options = {"net-file", "seed"}}};
    const Simulator chosen = *choose_simulator(installed, "").value();
    EXPECT_TRUE(chosen.has("seed"));
    EXPECT_EQ(&*chosen.options.begin(), &*installed.front().options.begin());
}

TEST_F(SimulatorsTest, AnUnknownVersionIsAnsweredWithWhatThereIs) {
    const std::vector<Simulator> installed{{.version = "1.28.0"}, {.version = "1.15.0"}};
    EXPECT_EQ(choose_simulator(installed, "").value()->version, "1.28.0");
    EXPECT_EQ(choose_simulator(installed, "1.15.0").value()->version, "1.15.0");
    const auto refused = choose_simulator(installed, "2.0");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "SUMO 2.0 is not installed here; there is 1.28.0, 1.15.0");
    EXPECT_EQ(choose_simulator({}, "").error().code(), Code::kUnavailable);
}

TEST(Versions, CompareByTheirNumbers) {
    EXPECT_TRUE(is_older_version("1.9.2", "1.15.0"));
    EXPECT_FALSE(is_older_version("1.15.0", "1.9.2"));
    EXPECT_FALSE(is_older_version("1.15.0", "1.15.0"));
}

}  // namespace
}  // namespace signalbox::scenario
