#include "scenario/packer.hpp"

#include "scenario/archive/archive.hpp"
#include "scenario/preflight.hpp"
#include "scenario/testing/small_scenario.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

class Packer : public ::testing::Test {
protected:
    void write(const std::string& name, const std::string& text) {
        write_text(folder_ / name, text);
    }

    void write_small(const std::string& options = {}) {
        for (const ZipItem& item : small_scenario(options)) {
            write(item.name, item.data);
        }
    }

    std::string bytes() {
        std::ifstream file(zip_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    signalbox::testing::TemporaryDirectory directory_;
    fs::path folder_ = directory_.path() / "scenario";
    fs::path zip_ = directory_.path() / "out.zip";
};

TEST_F(Packer, TakesExactlyWhatTheConfigurationNeeds) {
    write_small("<additional-files value=\"a.add.xml,none.xml\"/>");
    write("a.add.xml", "<additional><include href=\"more/b.add.xml\"/></additional>");
    write("more/b.add.xml", "<additional/>");
    write("notes.txt", "private");
    write("old/results.xml", "<x/>");
    const auto packed = pack_scenario(folder_, zip_);
    ASSERT_TRUE(packed) << packed.error().message();
    EXPECT_EQ(
        packed->files,
        (std::vector<std::string>{
            "a.add.xml", "more/b.add.xml", "small.net.xml", "small.rou.xml", "small.sumocfg"
        })
    );
    EXPECT_EQ(packed->missing, std::vector<std::string>{"none.xml"});
    EXPECT_EQ(packed->config_file, "small.sumocfg");
    EXPECT_EQ(inspect_archive(zip_)->unpacked_bytes, packed->unpacked_bytes);
}

TEST_F(Packer, MakesAnArchiveThatPassesAndUnpacksToTheSame) {
    write_small();
    ASSERT_TRUE(pack_scenario(folder_ / "small.sumocfg", zip_));
    const auto report = check_scenario(zip_);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->findings.empty());
    EXPECT_EQ(Archive::open(zip_)->read_entry("small.net.xml", 1U << 20U).value(), kSmallNetwork);
}

TEST_F(Packer, GivesTheSameBytesEachTime) {
    write_small();
    ASSERT_TRUE(pack_scenario(folder_, zip_));
    const std::string first = bytes();
    fs::last_write_time(
        folder_ / "small.net.xml", fs::file_time_type::clock::now() - std::chrono::hours(1000)
    );
    ASSERT_TRUE(pack_scenario(folder_, zip_));
    EXPECT_EQ(bytes(), first);
    EXPECT_FALSE(fs::exists(zip_.string() + ".part"));
}

TEST_F(Packer, LeavesNoArchiveWhenItIsStopped) {
    write_small();
    std::stop_source stop;
    stop.request_stop();
    const auto packed = pack_scenario(folder_, zip_, stop.get_token());
    ASSERT_FALSE(packed);
    EXPECT_EQ(packed.error().code(), Code::kCancelled);
    EXPECT_FALSE(fs::exists(zip_));
    EXPECT_FALSE(fs::exists(zip_.string() + ".part"));
}

TEST_F(Packer, ReachesFilesBesideTheConfigurationsFolder) {
    write_small();
    write(
        "runs/monday/run.sumocfg",
        "<c><net-file value=\"../../small.net.xml\"/><route-files value=\"../day.rou.xml\"/></c>"
    );
    write("runs/day.rou.xml", kSmallDemand);
    const auto packed = pack_scenario(folder_ / "runs/monday/run.sumocfg", zip_);
    ASSERT_TRUE(packed) << packed.error().message();
    EXPECT_EQ(packed->config_file, "runs/monday/run.sumocfg");
    EXPECT_EQ(
        packed->files,
        (std::vector<std::string>{"runs/day.rou.xml", "runs/monday/run.sumocfg", "small.net.xml"})
    );
    EXPECT_TRUE(check_scenario(zip_)->ok());
}

TEST_F(Packer, AsksWhichOfSeveralConfigurations) {
    EXPECT_EQ(pack_scenario(folder_, zip_).error().code(), Code::kNotFound);
    fs::create_directories(folder_);
    EXPECT_EQ(pack_scenario(folder_, zip_).error().word(), "NO_CONFIGURATION");
    write_small();
    write("b.sumocfg", small_configuration());
    const auto several = pack_scenario(folder_, zip_);
    EXPECT_EQ(several.error().word(), "SEVERAL_CONFIGURATIONS");
    EXPECT_NE(several.error().message().find("b.sumocfg, small.sumocfg"), std::string::npos);
}

TEST_F(Packer, RefusesAbsoluteNames) {
    write_small("<additional-files value=\"/data/a.xml\"/>");
    const auto refused = pack_scenario(folder_, zip_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().word(), "OUTSIDE_FILE");
    EXPECT_FALSE(fs::exists(zip_));
}

}  // namespace
}  // namespace signalbox::scenario
