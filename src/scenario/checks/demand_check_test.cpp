// Every case is judged here, and run by every SUMO of this machine: an error where SUMO goes on
// would refuse a sound scenario.
#include "scenario/checks/demand_check.hpp"

#include "base/text.hpp"
#include "scenario/preflight.hpp"
#include "scenario/process_output.hpp"
#include "scenario/testing/zip_builder.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

// a leads on to b and to c; d lies alone.
constexpr std::string_view kNetwork = R"(<net version="1.9">
<location netOffset="0.00,0.00" convBoundary="0.00,0.00,1000.00,900.00"
    origBoundary="0.00,0.00,1000.00,900.00" projParameter="!"/>
<edge id="a" from="1" to="2" priority="1">
    <lane id="a_0" index="0" speed="13" length="500" shape="0.00,-1.60 496.00,-1.60"/></edge>
<edge id="b" from="2" to="3" priority="1">
    <lane id="b_0" index="0" speed="13" length="500" shape="507.20,-1.60 1000.00,-1.60"/></edge>
<edge id="c" from="2" to="4" priority="1">
    <lane id="c_0" index="0" speed="13" length="500" shape="501.60,4.00 501.60,500.00"/></edge>
<edge id="d" from="5" to="6" priority="1">
    <lane id="d_0" index="0" speed="13" length="500" shape="0.00,898.40 500.00,898.40"/></edge>
<junction id="1" type="dead_end" x="0" y="0" incLanes="" intLanes="" shape="0,0 0,-3.2"/>
<junction id="2" type="priority" x="500" y="0" incLanes="a_0" intLanes=""
    shape="500.00,4.00 503.20,4.00 507.20,0.00 507.20,-3.20 496.00,-3.20 496.00,0.00">
    <request index="0" response="00" foes="00"/><request index="1" response="00" foes="00"/>
</junction>
<junction id="3" type="dead_end" x="1000" y="0" incLanes="b_0" intLanes="" shape="1000,-3 1000,0"/>
<junction id="4" type="dead_end" x="500" y="500" incLanes="c_0" intLanes="" shape="503,500 500,500"/>
<junction id="5" type="dead_end" x="0" y="900" incLanes="" intLanes="" shape="0,900 0,896"/>
<junction id="6" type="dead_end" x="500" y="900" incLanes="d_0" intLanes="" shape="500,896 500,900"/>
<connection from="a" to="b" fromLane="0" toLane="0" dir="s" state="M"/>
<connection from="a" to="c" fromLane="0" toLane="0" dir="l" state="M"/>
</net>
)";

struct DemandCase {
    std::string demand;
    std::string expected;         ///< `E:CODE` and `W:CODE`, errors first
    std::string options = {};     ///< of the configuration
    std::string additional = {};  ///< an additional file
};

const std::string kRoute = "<route id='x' edges='a b'/>";
const std::string kVehicle = "<vehicle id='v' depart='0' route='x'/>";
const std::string kLate = "<vehicle id='l' depart='150' route='x'/>";
const std::string kEnd = "<end value='100'/>";
const std::string kBegin = "<begin value='100'/>";
const std::string kIgnore = "<ignore-route-errors value='true'/>";
const std::string kNone = "<scale value='0.00001'/>";
const std::string kGap = "<vehicle id='g' depart='0'><route edges='a d'/></vehicle>";
const std::string kGapLater = "<vehicle id='g' depart='150'><route edges='a d'/></vehicle>";
const std::string kUnknown = "<vehicle id='u' depart='0'><route edges='a none'/></vehicle>";

const std::vector<DemandCase>& edge_cases() {
    static const std::vector<DemandCase> kCases{
        {kRoute + kVehicle, ""},
        {"<route id='x' edges='\ta\n b '/>" + kVehicle, ""},
        {"<route id='y' edges='a none'/>" + kRoute + kVehicle, "E:UNKNOWN_EDGE"},
        {kUnknown, "E:UNKNOWN_EDGE", kIgnore},
        {kUnknown, "E:UNKNOWN_EDGE", kNone},
        {kUnknown + kRoute + kLate, "E:UNKNOWN_EDGE", kBegin},
        {kRoute + kVehicle + kLate + "<route id='y' edges='none'/>", "W:UNKNOWN_EDGE", kEnd},
        {kRoute + kVehicle + kLate + "<route id='y' edges='none'/>", "E:UNKNOWN_EDGE"},
        {"<trip id='t' depart='0' from='a' to='b'/>", ""},
        {"<trip id='t' depart='0' from='none' to='b'/>", "E:UNKNOWN_EDGE"},
        {"<trip id='t' depart='0' from='a' via='none' to='b'/>", "E:UNKNOWN_EDGE"},
        {"<flow id='f' begin='0' end='9' number='1' from='a' to='none'/>", "E:UNKNOWN_EDGE"},
        {"<flow id='f' begin='0' end='9' number='1' from='a' to='c'/>", ""},
        {"<foo>" + kUnknown + "</foo>", "E:UNKNOWN_EDGE"},
        {kRoute + kVehicle, "E:UNKNOWN_EDGE", "", "<route id='y' edges='none'/>"},
        {kLate + "<vehicle id='u' depart='0'><route edges='none'/></vehicle>",
         "E:UNKNOWN_ROUTE W:UNKNOWN_EDGE W:UNSORTED_DEPARTURE"},
        {kRoute + kVehicle + kUnknown, "W:UNKNOWN_EDGE", "<max-num-teleports value='5'/>"},
        {"<trip id='t' depart='0' fromTaz='z' toTaz='z'/>", "", "", "<taz id='z' edges='a b c'/>"},
        {"<trip id='t' depart='0' fromJunction='1' toJunction='3'/>",
         "",
         "<junction-taz value='1'/>"}
    };
    return kCases;
}

const std::vector<DemandCase>& connection_cases() {
    static const std::vector<DemandCase> kCases{
        {kGap, "E:NO_CONNECTION"},
        {kGap, "W:NO_CONNECTION", kIgnore},
        {kGap, "W:NO_CONNECTION", kNone},
        {kGap + kRoute + kLate, "W:NO_CONNECTION", kBegin},
        {kRoute + kVehicle + kGapLater, "W:NO_CONNECTION", kEnd},
        {kGap, "E:NO_CONNECTION", "<device.rerouting.probability value='1'/>"},
        {"<route id='y' edges='a d'/>" + kRoute + kVehicle, "W:NO_CONNECTION"},
        {"<route id='y' edges='a d'/><vehicle id='v' depart='0' route='y'/>", "E:NO_CONNECTION"},
        {"<vehicle id='v' depart='0' route='y'/>",
         "E:NO_CONNECTION",
         "",
         "<route id='y' edges='a d'/>"},
        {"<vehicle id='v' depart='0'><route edges='a d'/><stop lane='a_0' endPos='100' "
         "duration='1' jump='0'/></vehicle>",
         ""},
        {"<route id='y' edges='a d'/><vehicle id='v' depart='0' route='y'><stop lane='a_0' "
         "endPos='100' duration='1' jump='0'/></vehicle>",
         "W:NO_CONNECTION"},
        {"<flow id='f' begin='0' end='9' number='1'><route edges='a d'/></flow>", "E:NO_CONNECTION"
        },
        {"<flow id='f' begin='0' end='9' period='2'><route edges='a d'/></flow>", "E:NO_CONNECTION"
        },
        {"<flow id='f' begin='0' end='200' probability='0.0001'><route edges='a d'/></flow>",
         "W:NO_CONNECTION",
         kEnd},
        {"<flow id='f' begin='0' end='2000' period='exp(0.0001)'><route edges='a d'/></flow>",
         "W:NO_CONNECTION",
         kEnd},
        {"<flow id='f' begin='0' end='9' number='0'><route edges='a d'/></flow>", "W:NO_CONNECTION"
        },
        {"<vehicle id='v' depart='triggered'><route edges='a d'/></vehicle>", "W:NO_CONNECTION"},
        {"<vType id='t' scale='0'/><vehicle id='v' type='t' depart='0'><route edges='a "
         "d'/></vehicle>",
         "W:NO_CONNECTION"},
        {"<vehicle id='v' type='t' depart='0'><route edges='a d'/></vehicle>",
         "E:NO_CONNECTION",
         "",
         "<vType id='t'/>"},
        {"<routeDistribution id='y'><route id='y1' edges='a d' probability='0'/><route id='y2' "
         "edges='a b' probability='1'/></routeDistribution><vehicle id='v' depart='0' route='y'/>",
         "W:NO_CONNECTION"},
        {"<vehicle id='v' depart='0'><routeDistribution><route edges='a d' probability='0'/><route "
         "edges='a b' probability='1'/></routeDistribution></vehicle>",
         "W:NO_CONNECTION"},
        {"<vehicle id='v' depart='99'><route edges='a d'/></vehicle>", "E:NO_CONNECTION", kEnd},
        {"<vehicle id='v' depart='99.5'><route edges='a d'/></vehicle>", "W:NO_CONNECTION", kEnd}
    };
    return kCases;
}

const std::vector<DemandCase>& name_cases() {
    static const std::vector<DemandCase> kCases{
        {kRoute + "<vehicle id='v' type='t' depart='0' route='x'/>", "E:UNKNOWN_TYPE"},
        {kRoute + "<vehicle id='v' type='t' depart='0' route='x'/>", "", "", "<vType id='t'/>"},
        {kRoute + "<vehicle id='v' type='t' depart='0' route='x'/>" + kLate,
         "W:UNKNOWN_TYPE",
         kBegin},
        {kRoute + "<vehicle id='v' type='DEFAULT_BIKETYPE' depart='0' route='x'/>", ""},
        {kRoute + "<vTypeDistribution id='t'><vType id='t1' probability='1'/></vTypeDistribution>"
                  "<vehicle id='v' type='t' depart='0' route='x'/>",
         ""},
        {kRoute + "<flow id='f' type='t' begin='0' end='9' number='1' route='x'/>", "E:UNKNOWN_TYPE"
        },
        {kRoute + "<flow id='f' type='t' begin='0' end='9' number='0' route='x'/>", "W:UNKNOWN_TYPE"
        },
        {"<person id='p' type='t' depart='0'><walk edges='a b'/></person>", "E:UNKNOWN_TYPE"},
        {kVehicle, "E:UNKNOWN_ROUTE"},
        {kVehicle, "E:UNKNOWN_ROUTE", kIgnore},
        {kVehicle + kRoute + kLate, "", kBegin},
        {"<vehicle id='v' depart='0' route='y'/>" + kRoute + kLate, "W:UNKNOWN_ROUTE", kBegin},
        {"<vehicle id='v' depart='0'><route edges='a b'/></vehicle>"
         "<vehicle id='w' depart='1' route='!v'/>",
         ""},
        {"<routeDistribution id='x'><route id='x1' edges='a b'/></routeDistribution>" + kVehicle, ""
        }
    };
    return kCases;
}

const std::vector<DemandCase>& twice_cases() {
    const std::string again = "<vehicle id='v' depart='500' route='x'/>";
    const std::string between = "<vehicle id='w' depart='400' route='x'/>";
    static const std::vector<DemandCase> kCases{
        {kRoute + kVehicle + kVehicle, "E:DUPLICATE_ID"},
        {kRoute + kVehicle + kVehicle + kLate, "W:DUPLICATE_ID", kBegin},
        {kRoute + kVehicle + kVehicle, "W:DUPLICATE_ID", kNone},
        {kRoute + kVehicle + between + again, "W:DUPLICATE_ID"},
        {kRoute + kVehicle + again, "W:DUPLICATE_ID"},
        {"", "E:DUPLICATE_ID", "", kRoute + kVehicle + again},
        {kRoute + kLate + kLate, "W:DUPLICATE_ID", kEnd},
        {kRoute + kVehicle + "<flow id='v' begin='0' end='9' number='1' route='x'/>", ""},
        {kRoute + kVehicle + "<person id='v' depart='0'><walk edges='a b'/></person>", ""},
        {kRoute + kRoute + kVehicle, "E:DUPLICATE_ID"},
        {kRoute + kVehicle, "E:DUPLICATE_ID", "", kRoute},
        {kRoute + kVehicle + kLate + kRoute, "W:DUPLICATE_ID", kEnd},
        {kRoute + kVehicle + "<vehicle id='w' depart='0'><route id='x' edges='a b'/></vehicle>", ""
        },
        {kRoute + kVehicle + "<vType id='t'/><vType id='t'/>", "E:DUPLICATE_ID"},
        {"<vType id='DEFAULT_VEHTYPE'/>" + kRoute + kVehicle, ""},
        {"<trip id='t' depart='0' from='a' to='b'/><trip id='t' depart='0' from='a' to='b'/>",
         "E:DUPLICATE_ID"},
        {kRoute + kLate + kVehicle, "W:UNSORTED_DEPARTURE"},
        {kRoute + kLate + kVehicle, "", "<route-steps value='0'/>"},
        {"", "", "", kRoute + kLate + kVehicle},
        {kRoute + kLate + "<flow id='f' begin='9' end='99' number='1' route='x'/>",
         "W:UNSORTED_DEPARTURE"},
        {kRoute + kVehicle,
         "",
         "",
         "<calibrator id='c' edge='a' pos='0'><flow begin='0' end='9' route='x' vehsPerHour='9' "
         "speed='5'/></calibrator>"}
    };
    return kCases;
}

// What SUMO lets pass in one place and not in another.
const std::vector<DemandCase>& reading_cases() {
    static const std::vector<DemandCase> kCases{
        {kRoute + kVehicle + kLate + "<vehicle", "W:XML_SYNTAX", kEnd},
        {kRoute + kVehicle + kLate + "<vehicle", "E:XML_SYNTAX"},
        {kRoute + kVehicle + "<include href='none.xml'/>", "W:MISSING_FILE"},
        {kRoute + kVehicle + "<include href='bad.xml'/>", "W:XML_SYNTAX"},
        {kRoute + kVehicle, "E:MISSING_FILE", "", "<include href='none.xml'/>"},
        {kRoute + kVehicle, "E:XML_SYNTAX", "", "<include href='bad.xml'/>"},
        {kRoute + kVehicle, "W:XML_SYNTAX", "", "<rerouter id='r' edges='a' file='bad.xml'/>"},
        {kRoute + kVehicle, "", "", "<include href='a&amp;b.xml'/>"},
        {kRoute + kVehicle + "<e1Detector id='e' lane='a_0' pos='9' period='9' file='no/e.xml'/>",
         "W:MISSING_FOLDER"},
        {kRoute + kVehicle,
         "E:MISSING_FOLDER",
         "<output-prefix value='no/'/>",
         "<e1Detector id='e' lane='a_0' pos='9' period='9' file='e.xml'/>"},
        {kRoute + kVehicle,
         "W:XML_SYNTAX",
         "",
         "<rerouter id='r' edges='a' file='bad.xml'/><rerouter id='s' edges='b' file='bad.xml'/>"}
    };
    return kCases;
}

std::vector<ZipItem> scenario_of(const DemandCase& each) {
    return {
        {.name = "n.net.xml", .data = std::string(kNetwork)},
        {.name = "r.rou.xml", .data = "<routes>" + each.demand + "</routes>"},
        {.name = "a.add.xml", .data = "<additional>" + each.additional + "</additional>"},
        {.name = "bad.xml", .data = "<additional><foo>"},
        {.name = "a&b.xml", .data = "<additional/>"},
        {.name = "s.sumocfg",
         .data = "<configuration><net-file value='n.net.xml'/><route-files value='r.rou.xml'/>"
                 "<additional-files value='a.add.xml'/>" +
                 each.options + "</configuration>"}
    };
}

class DemandChecks : public ::testing::TestWithParam<const std::vector<DemandCase>& (*)()> {
protected:
    PreflightReport check(const std::vector<ZipItem>& items) {
        auto report = check_scenario(write_zip(directory_.path() / "s.zip", items));
        EXPECT_TRUE(report) << report.error().message();
        return report.value_or(PreflightReport{});
    }

    static std::string codes(const PreflightReport& report) {
        std::string all;
        for (const model::Finding& finding : report.findings) {
            all += all.empty() ? "" : " ";
            all += (finding.severity == model::Severity::kError ? "E:" : "W:") + finding.code;
        }
        return all;
    }

    signalbox::testing::TemporaryDirectory directory_;
};

TEST_P(DemandChecks, SayWhatIsWrongAndHowSureThatIs) {
    for (const DemandCase& each : GetParam()()) {
        const PreflightReport report = check(scenario_of(each));
        EXPECT_EQ(codes(report), each.expected)
            << each.demand << each.options << each.additional << findings_json(report.findings);
    }
}

// Versions before 1.20 stop where a jump leads over a gap; no check of ours speaks of jumps.
bool knows(const Simulator& simulator, const DemandCase& each) {
    const auto minor = parse_number<int>(split(simulator.version, '.')[1]);
    return !each.demand.contains("jump=") || minor.value_or(0) >= 20;
}

TEST_P(DemandChecks, CallAnErrorOnlyWhatStopsSumo) {
    for (const Simulator& simulator : find_simulators()) {
        for (const DemandCase& each : GetParam()()) {
            const bool refused = each.expected.starts_with("E:");
            if ((!refused && !each.expected.empty()) || !knows(simulator, each)) {
                continue;  // a warning says nothing of what SUMO does
            }
            for (const ZipItem& item : scenario_of(each)) {
                write_text(directory_.path() / item.name, item.data);
            }
            const auto output = output_of(
                {.program = simulator.binary,
                 .arguments = {"-c", (directory_.path() / "s.sumocfg").string()},
                 .environment = {{"SUMO_HOME", simulator.home.string()}},
                 .timeout = std::chrono::minutes(1)}
            );
            EXPECT_EQ(output.has_value(), !refused)
                << simulator.version << ": " << each.demand << each.options << each.additional;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Edges, DemandChecks, ::testing::Values(&edge_cases));
INSTANTIATE_TEST_SUITE_P(Connections, DemandChecks, ::testing::Values(&connection_cases));
INSTANTIATE_TEST_SUITE_P(Names, DemandChecks, ::testing::Values(&name_cases));
INSTANTIATE_TEST_SUITE_P(Twice, DemandChecks, ::testing::Values(&twice_cases));
INSTANTIATE_TEST_SUITE_P(Reading, DemandChecks, ::testing::Values(&reading_cases));

class DemandCheckTest : public DemandChecks {};

INSTANTIATE_TEST_SUITE_P(None, DemandCheckTest, ::testing::Values(&edge_cases));

TEST_P(DemandCheckTest, NamesFileLineAndWho) {
    const auto report =
        check(scenario_of({"\n<vehicle id='v' depart='0'>\n<route edges='a none'/></vehicle>", ""})
        );
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].file, "r.rou.xml");
    EXPECT_EQ(report.findings[0].line, 3);
    EXPECT_EQ(
        report.findings[0].message, "The edge 'none' within the route for vehicle 'v' is not known."
    );
}

TEST_P(DemandCheckTest, JudgesAlikeWhenTheFileIsReadTwice) {
    // The fast reader gives up at the document type's end of the file: a reference it does not
    // know.
    auto items = scenario_of({kRoute + kVehicle, ""});
    items[1].data = "<!DOCTYPE routes [<!ENTITY e 'b'>]><routes>" + kRoute + kVehicle +
                    "<vehicle id='w' depart='0'><route edges='a &e;'/></vehicle></routes>";
    EXPECT_EQ(codes(check(items)), "");
    items[1].data = "<routes>" + kRoute + kVehicle + "<p a='1'/>" + std::string(2'000'000, ' ') +
                    "<!-- " + std::string(1'100'000, 'x') + " --></routes>";
    EXPECT_EQ(codes(check(items)), "");
}

TEST_P(DemandCheckTest, BoundsWhatIsAlike) {
    std::string demand;
    for (int i = 0; i < 100; ++i) {
        demand += "<vehicle id='" + std::to_string(i) + "' depart='0'><route edges='z'/></vehicle>";
    }
    const auto report = check(scenario_of({demand, ""}));
    ASSERT_EQ(report.findings.size(), 21U);
    EXPECT_EQ(report.findings[20].code, "MORE_FINDINGS");
    EXPECT_EQ(report.findings[20].message, "80 more of the kind UNKNOWN_EDGE (shown: 20)");
}

TEST_P(DemandCheckTest, LooksForNothingInWhatItDoesNotKnow) {
    auto items = scenario_of({kUnknown + "<vehicle id='v' type='t' depart='0' route='r'/>", ""});
    items[0].data = "<net>\n<include href='a.add.xml'/></net>";
    items[5].data =
        "<configuration><net-file value='n.net.xml'/><route-files value='r.rou.xml'/>"
        "<additional-files value='${SUMO_HOME}/types.add.xml'/></configuration>";
    EXPECT_EQ(codes(check(items)), "W:UNRESOLVED_FILE");
}

}  // namespace
}  // namespace signalbox::scenario
