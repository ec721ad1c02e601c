#include "scenario/outputs/outputs.hpp"

#include "scenario/outputs/figures.hpp"
#include "scenario/testing/zip_builder.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

constexpr std::string_view kStatistics = R"(<?xml version="1.0" encoding="UTF-8"?>
<statistics xmlns:xsi="x">
    <performance begin="0.00" end="60.00" duration="60.00"/>
    <vehicles loaded="119" inserted="20" running="12" waiting="99"/>
    <teleports total="3" jam="2" yield="1" wrongLane="0"/>
    <safety collisions="1" emergencyStops="2"/>
    <persons loaded="0" running="0" jammed="0"/>
    <vehicleTripStatistics count="20" routeLength="10.00" speed="8.26" duration="26.20" waitingTime="0.50" timeLoss="7.29" departDelay="24.00" departDelayWaiting="25.50" totalTravelTime="524.00" totalDepartDelay="480.00"/>
</statistics>
)";

constexpr std::string_view kTrips = R"(<tripinfos>
    <tripinfo id="a" depart="0.00" departDelay="1.00" arrival="10.00" duration="10.00" routeLength="100.00" waitingTime="1.00" timeLoss="2.00">
        <emissions CO_abs="1.5" CO2_abs="100" HC_abs="0" PMx_abs="0" NOx_abs="2" fuel_abs="30" electricity_abs="0"/>
    </tripinfo>
    <tripinfo id="b" depart="00:00:02" departDelay="00:00:03" arrival="00:00:20" duration="00:00:20" routeLength="300.00" waitingTime="0.00" timeLoss="00:00:04">
        <emissions CO_abs="0.5" CO2_abs="50" HC_abs="0" PMx_abs="0" NOx_abs="1" fuel_abs="10" electricity_abs="0"/>
    </tripinfo>
    <tripinfo id="c" depart="5.00" departDelay="0.00" arrival="-1.00" duration="7.00" routeLength="10.00" waitingTime="0.00" timeLoss="0.00"/>
    <tripinfo id="d" depart="-1.00" departDelay="9.00" arrival="-1.00" duration="0.00"/>
</tripinfos>
)";

class Outputs : public ::testing::Test {
protected:
    std::filesystem::path file(const std::string& name, std::string_view text) {
        write_text(directory_.path() / name, std::string(text));
        return directory_.path() / name;
    }

    signalbox::testing::TemporaryDirectory directory_;
};

TEST_F(Outputs, StatisticsHaveSumosNamesAndUnits) {
    const auto report = read_statistics(file("s.xml", kStatistics));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->complete);
    const model::Figures& figures = report->figures;
    EXPECT_EQ(figures.vehicles.inserted, 20);
    EXPECT_EQ(figures.vehicles.arrived, 8);
    EXPECT_EQ(figures.teleports.jam, 2);
    EXPECT_EQ(figures.safety.emergency_stops, 2);
    EXPECT_EQ(figures.safety.emergency_braking, std::nullopt) << "1.15 does not write it";
    EXPECT_EQ(figures.persons->loaded, 0);
    EXPECT_EQ(figures.trips.time_loss, 7.29);
    EXPECT_EQ(figures.cost.simulated_seconds, 60);
}

TEST_F(Outputs, ReadsCompressedAndClockTimes) {
    std::string text(kStatistics);
    text.replace(text.find("524.00"), 6, "0:08:44");
    const auto report = read_statistics(file("s.xml.gz", gzip(text)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->complete);
    EXPECT_EQ(report->figures.trips.total_travel_time, 524);
}

TEST_F(Outputs, ACutFileYieldsWhatWasThere) {
    const auto report = read_statistics(file("s.xml", kStatistics.substr(0, 300)));
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->complete);
    EXPECT_EQ(report->figures.vehicles.inserted, 20);
    EXPECT_EQ(report->figures.trips.count, std::nullopt);
    const std::string packed = gzip(std::string(kStatistics));
    EXPECT_FALSE(read_statistics(file("t.xml.gz", packed.substr(0, 5)))->complete);
    EXPECT_FALSE(read_statistics(file("u.xml.gz", packed.substr(0, 400)))->complete);
    EXPECT_EQ(read_statistics(directory_.path() / "none.xml").error().code(), Code::kNotFound);
}

TEST_F(Outputs, TripsAreSummedByHowTheyEnded) {
    const auto report = read_tripinfo(file("t.xml", kTrips));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->complete);
    EXPECT_EQ(report->finished, 2);
    EXPECT_EQ(report->unfinished, 1);
    EXPECT_EQ(report->undeparted, 1);
    EXPECT_EQ(report->duration, 30);
    EXPECT_EQ(report->all_duration, 37);
    EXPECT_EQ(report->all_depart_delay, 4);
    EXPECT_EQ(report->emissions->co2, 150);
    EXPECT_EQ(report->emissions->co, 2);
    EXPECT_FALSE(read_tripinfo(file("e.xml", "<tripinfos>\n"))->emissions);
}

TEST_F(Outputs, OnlyTheRootsClosingTagMakesAFileComplete) {
    EXPECT_TRUE(is_complete_xml(file("a.xml", kTrips)).value());
    EXPECT_TRUE(is_complete_xml(file("b.xml", "<routes a=\"1\"/>\n")).value());
    EXPECT_TRUE(is_complete_xml(file("b.xml.gz", gzip("<routes a=\"1\"/>\n"))).value());
    for (const std::string cut :
         {"<routes>", "<routes><a></a>", "<routes><a/>", "<routes><routes2/>", "", "<?xml?>", "x"
         }) {
        EXPECT_FALSE(is_complete_xml(file("c.xml", cut)).value()) << cut;
        EXPECT_FALSE(is_complete_xml(file("c.xml.gz", gzip(cut))).value()) << cut;
    }
    EXPECT_FALSE(is_complete_xml(directory_.path() / "none.xml"));
}

TEST_F(Outputs, TotalTravelTimeOfAnUnfinishedRunIsSumosFormula) {
    FigureSources sources{.statistics = read_statistics(file("s.xml", kStatistics)).value()};
    // 20 × (26.20 + 24.00) + 99 × 25.50
    EXPECT_NEAR(make_figures(sources).trips.total_travel_time.value(), 3528.5, 1e-6);
    sources.statistics->figures.trips.count = 8;  // only finished trips were counted
    EXPECT_FALSE(make_figures(sources).trips.total_travel_time);
    sources.statistics->figures.vehicles.running = 0;
    sources.statistics->figures.vehicles.waiting = 0;
    EXPECT_EQ(make_figures(sources).trips.total_travel_time, 524);
}

TEST_F(Outputs, TripsFillWhatStatisticsLack) {
    const FigureSources sources{
        .tripinfo = read_tripinfo(file("t.xml", kTrips)).value(),
        .usage = model::Usage{.cpu_seconds = 3, .peak_rss_bytes = 5},
        .wall_seconds = 2,
        .begin_seconds = 10,
        .end_seconds = 110
    };
    const model::Figures figures = make_figures(sources);
    EXPECT_EQ(figures.trips.count, 2);
    EXPECT_EQ(figures.trips.duration, 15);
    EXPECT_EQ(figures.vehicles.inserted, 3);
    EXPECT_EQ(figures.vehicles.running, 1);
    EXPECT_EQ(figures.trips.total_travel_time, 41);
    EXPECT_EQ(figures.emissions->fuel, 40);
    EXPECT_EQ(figures.cost.simulated_seconds, 100);
    EXPECT_EQ(figures.cost.real_time_factor, 50);
    EXPECT_EQ(figures.cost.peak_memory_bytes, 5);
}

TEST_F(Outputs, NothingKnownGivesNothing) {
    EXPECT_EQ(make_figures({}), model::Figures{});
}

}  // namespace
}  // namespace signalbox::scenario
