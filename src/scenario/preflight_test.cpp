#include "scenario/preflight.hpp"

#include "scenario/checks/input_walk.hpp"
#include "scenario/testing/small_scenario.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

class Preflight : public ::testing::Test {
protected:
    Result<PreflightReport> check(
        const std::vector<ZipItem>& items, const PreflightOptions& options = {}
    ) {
        return check_scenario(write_zip(directory_.path() / "s.zip", items), options);
    }

    /// `E:CODE@file:line` of every finding.
    std::vector<std::string> findings(
        const std::vector<ZipItem>& items, const PreflightOptions& options = {}
    ) {
        const auto report = check(items, options);
        EXPECT_TRUE(report) << report.error().message();
        std::vector<std::string> all;
        for (const model::Finding& finding : report->findings) {
            all.push_back(
                (finding.severity == model::Severity::kError ? "E:" : "W:") + finding.code + "@" +
                finding.file + ":" + std::to_string(finding.line)
            );
            last_ = finding;
        }
        return all;
    }

    std::vector<std::string> findings_with(
        const std::string& options, std::vector<ZipItem> more = {}
    ) {
        std::vector<ZipItem> items = small_scenario(options);
        std::ranges::move(more, std::back_inserter(items));
        return findings(items);
    }

    signalbox::testing::TemporaryDirectory directory_;
    model::Finding last_;
};

using Found = std::vector<std::string>;

TEST_F(Preflight, LetsASoundScenarioPass) {
    const auto report = check(small_scenario("<end value=\"60\"/>"));
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(findings_json(report->findings), "[]");
    EXPECT_TRUE(report->ok());
    EXPECT_EQ(report->config_file, "small.sumocfg");
}

TEST_F(Preflight, WantsOneConfiguration) {
    EXPECT_EQ(check({{.name = "a.xml"}}).error().message(), "No .sumocfg file found in zip");
    const std::vector<ZipItem> two{
        {.name = "a.sumocfg", .data = small_configuration()},
        {.name = "b/a.sumocfg", .data = small_configuration()},
        {.name = "__MACOSX/c.sumocfg"}
    };
    const auto several = check(two);
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().word(), "SEVERAL_CONFIGURATIONS");
    EXPECT_NE(several.error().message().find("a.sumocfg, b/a.sumocfg"), std::string::npos);
    PreflightOptions options;
    options.config_file = "b/a.sumocfg";
    EXPECT_EQ(check(two, options)->config_file, "b/a.sumocfg");
    options.config_file = "c.sumocfg";
    EXPECT_EQ(check(two, options).error().word(), "CONFIG_NOT_FOUND");
}

TEST_F(Preflight, TakesTheEndOfAPathForAConfiguration) {
    EXPECT_EQ(
        choose_configuration({"x/a.sumocfg", "y/b.sumocfg"}, "b.sumocfg").value(), "y/b.sumocfg"
    );
    EXPECT_EQ(choose_configuration({"x/a.sumocfg"}, "./x/a.sumocfg").value(), "x/a.sumocfg");
    EXPECT_FALSE(choose_configuration({"x/a.sumocfg", "y/a.sumocfg"}, "a.sumocfg"));
}

TEST_F(Preflight, SaysEverythingAtOnceWithFileAndLine) {
    EXPECT_EQ(
        findings({
            {.name = "run.sumocfg",
             .data = "<configuration>\n<net-file value=\"a.net.xml\"/>\n"
                     "<route-files value=\"b.rou.xml,c.rou.xml\"/>\n"
                     "<begin value=\"10\"/><end value=\"5\"/>\n"
                     "<tripinfo-output value=\"/tmp/x.xml\"/>\n"
                     "<summary-output value=\"localhost:8080\"/>\n</configuration>"},
            {.name = "a.net.xml", .data = "<routes/>"},
            {.name = "c.rou.xml", .data = "<routes>\n<vehicle>\n</routes>"},
        }),
        (Found{
            "E:WRONG_ROOT@a.net.xml:1",
            "E:XML_SYNTAX@c.rou.xml:3",
            "E:MISSING_FILE@run.sumocfg:3",
            "E:END_BEFORE_BEGIN@run.sumocfg:4",
            "E:OUTPUT_OUTSIDE@run.sumocfg:5",
            "E:OUTPUT_SOCKET@run.sumocfg:6",
        })
    );
}

TEST_F(Preflight, HintsAtTheFileThatWasLikelyMeant) {
    findings(
        {{.name = "run.sumocfg", .data = "<c><net-file value=\"map.net.xml\"/></c>"},
         {.name = "net/Map.net.xml", .data = kSmallNetwork}}
    );
    const auto report = check(
        {{.name = "run.sumocfg", .data = "<c><net-file value=\"map.net.xml\"/></c>"},
         {.name = "net/Map.net.xml", .data = kSmallNetwork}}
    );
    EXPECT_EQ(report->findings[0].hint, "there is 'net/Map.net.xml'");
    EXPECT_EQ(findings_with("<additional-files value=\"a.xml b.xml\"/>").size(), 1U);
    EXPECT_EQ(last_.hint, "SUMO separates the names of a list by commas only");
    findings_with("<additional-files value=\"sub\\a.xml\"/>");
    EXPECT_EQ(last_.hint, "write '/' instead of '\\'");
}

TEST_F(Preflight, NeedsANetworkAndWondersAtNoDemand) {
    EXPECT_EQ(
        findings({{.name = "run.sumocfg", .data = "<configuration/>"}}),
        (Found{"E:NO_NETWORK@run.sumocfg:0", "W:NO_DEMAND@run.sumocfg:0"})
    );
}

TEST_F(Preflight, JudgesTheFormOfAConfiguration) {
    EXPECT_EQ(
        findings({{.name = "run.sumocfg", .data = "<configuration>\n<net-file"}}),
        Found{"E:XML_SYNTAX@run.sumocfg:2"}
    );
    EXPECT_EQ(
        findings({{.name = "run.sumocfg", .data = "\n<!DOCTYPE html>\n<html><br></html>"}}),
        Found{"E:HTML_FILE@run.sumocfg:3"}
    );
}

TEST_F(Preflight, IsBoundedWhateverAConfigurationNames) {
    std::string list = "0.xml";
    for (int i = 1; i < 50'000; ++i) {
        list += "," + std::to_string(i) + ".xml";
    }
    const std::string option = "<additional-files value=\"" + list + "\"/>";
    const auto report = check(small_scenario(option));
    ASSERT_TRUE(report);
    EXPECT_LE(report->findings.size(), 201U);

    const auto configuration =
        parse_configuration("<configuration>" + option + "</configuration>", "a.sumocfg");
    ASSERT_TRUE(configuration);
    const WalkReport walked =
        walk_inputs(DirectoryFiles(directory_.path()), *configuration, WalkOptions{});
    EXPECT_FALSE(walked.complete);
    EXPECT_LE(walked.missing.size(), 20'000U);
}

TEST_F(Preflight, MissesOnlyWhatSumoWouldMiss) {
    EXPECT_EQ(
        findings_with("<gui-settings-file value=\"v.xml\"/>"),
        Found{"E:MISSING_FILE@small.sumocfg:4"}
    );
    EXPECT_EQ(
        findings_with("<edgedata-files value=\"v.xml\"/>"), Found{"W:MISSING_FILE@small.sumocfg:4"}
    );
    EXPECT_EQ(
        findings_with("<additional-files value=\"/x/a.xml\"/>"),
        Found{"E:OUTSIDE_FILE@small.sumocfg:4"}
    );
    EXPECT_EQ(
        findings_with("<additional-files value=\"${X}a.xml\"/>"),
        Found{"W:UNRESOLVED_FILE@small.sumocfg:4"}
    );
    EXPECT_EQ(findings_with("<end value=\"-1\"/>"), Found{});
    EXPECT_EQ(findings_with("<begin value=\"5\"/><end value=\"5\"/>"), Found{});
}

TEST_F(Preflight, TakesSeveralRootsButNotForTheNetwork) {
    for (const std::string root : {"additional", "add", "routes"}) {
        EXPECT_EQ(
            findings_with(
                "<additional-files value=\"a.xml\"/>",
                {{.name = "a.xml", .data = "<" + root + "/>"}}
            ),
            Found{}
        );
    }
    EXPECT_EQ(
        findings_with("<additional-files value=\"a.xml\"/>", {{.name = "a.xml", .data = "<net/>"}}),
        Found{"W:WRONG_ROOT@a.xml:1"}
    );
}

TEST_F(Preflight, KnowsWebPagesSavedAsXml) {
    EXPECT_EQ(
        findings_with(
            "<additional-files value=\"a.xml\"/>",
            {{.name = "a.xml", .data = "<!DOCTYPE html>\n<html><br></html>"}}
        ),
        Found{"E:HTML_FILE@a.xml:1"}
    );
}

TEST_F(Preflight, ReadsCompressedInputs) {
    const std::vector<ZipItem> sound{{.name = "a.xml.gz", .data = gzip("<additional/>")}};
    const std::vector<ZipItem> broken{{.name = "a.xml.gz", .data = gzip("<additional>\n")}};
    const std::vector<ZipItem> cut{{.name = "a.xml.gz", .data = gzip("<additional/>").substr(0, 20)}
    };
    const std::string options = "<additional-files value=\"a.xml.gz\"/>";
    EXPECT_EQ(findings_with(options, sound), Found{});
    EXPECT_EQ(findings_with(options, broken), Found{"E:XML_SYNTAX@a.xml.gz:2"});
    EXPECT_EQ(findings_with(options, cut), Found{"E:CORRUPT_FILE@a.xml.gz:0"});
}

TEST_F(Preflight, FollowsWhatAdditionalFilesName) {
    const std::string text =
        "<additional>\n<include href=\"more/b.xml\"/>\n<e1Detector file=\"../e1.xml\"/>\n"
        "<rerouter file=\"none.xml\"/>\n<edgeData file=\"out/e.xml\"/>\n</additional>";
    EXPECT_EQ(
        findings_with(
            "<additional-files value=\"a.xml\"/>",
            {{.name = "a.xml", .data = text},
             {.name = "more/b.xml",
              .data = "<additional>\n<e2Detector file=\"host:9\"/>\n</additional>"}}
        ),
        (Found{
            "E:OUTPUT_OUTSIDE@a.xml:3",
            "E:MISSING_FOLDER@a.xml:5",
            "E:OUTPUT_SOCKET@more/b.xml:2",
            "W:MISSING_FILE@a.xml:4",
        })
    );
}

TEST_F(Preflight, WarnsOfOutputsThatOverwriteInputs) {
    EXPECT_EQ(
        findings_with("<tripinfo-output value=\"small.rou.xml\"/>"),
        Found{"W:OUTPUT_OVERWRITES_INPUT@small.sumocfg:4"}
    );
}

TEST_F(Preflight, CountsArgumentsAndTheEndOfTheJob) {
    PreflightOptions options;
    options.end = 5;
    options.args = {"--additional-files=none.xml", "--begin=10"};
    EXPECT_EQ(
        findings(small_scenario(), options),
        (Found{"E:END_BEFORE_BEGIN@small.sumocfg:0", "E:MISSING_FILE@small.sumocfg:0"})
    );
}

TEST_F(Preflight, LeavesTheRestToTheWorkerWhenTheBudgetIsUsedUp) {
    PreflightOptions options;
    options.max_xml_bytes = 10;
    auto items = small_scenario();
    items[1].data = "<broken";
    const auto report = check(items, options);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok());
    EXPECT_FALSE(check(items, without_budget(options))->ok());
}

TEST_F(Preflight, BoundsTheFindings) {
    PreflightOptions options;
    options.max_findings = 3;
    std::string list = "n0.xml";
    for (int i = 1; i < 10; ++i) {
        list += ",n" + std::to_string(i) + ".xml";
    }
    const auto report =
        check(small_scenario("<additional-files value=\"" + list + "\"/>"), options);
    ASSERT_EQ(report->findings.size(), 4U);
    EXPECT_EQ(report->findings[3].code, "MORE_FINDINGS");
}

TEST_F(Preflight, MakesOneErrorOfAllFindings) {
    const auto report = check({{.name = "a.sumocfg", .data = "<c>\n<net-file value=\"\\\"/></c>"}});
    const Error error = to_error(*report);
    EXPECT_EQ(error.code(), Code::kInvalid);
    EXPECT_EQ(
        error.message(),
        "The scenario has 1 error: a.sumocfg, line 2: the file '\\' (net-file) is not there"
    );
    EXPECT_TRUE(findings_json(report->findings)
                    .starts_with(
                        R"([{"file":"a.sumocfg","line":2,"severity":"error","code":"MISSING_FILE",)"
                        R"("message":"the file '\\' (net-file) is not there")"
                    ));
}

TEST_F(Preflight, LetsRealScenariosPass) {
    const char* folder = std::getenv("SIGNALBOX_TEST_SCENARIOS");
    if (folder == nullptr) {
        GTEST_SKIP() << "SIGNALBOX_TEST_SCENARIOS names no directory of scenarios";
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".zip") {
            const auto report = check_scenario(entry.path(), without_budget({}));
            ASSERT_TRUE(report) << entry.path();
            EXPECT_EQ(findings_json(report->findings), "[]") << entry.path();
        }
    }
}

}  // namespace
}  // namespace signalbox::scenario
