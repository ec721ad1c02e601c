#include "scenario/options/option_policy.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

using Args = std::vector<std::string>;

std::string refusal(const Args& args, const Simulator* simulator = nullptr) {
    const auto checked = check_args(args, simulator);
    return checked ? "" : checked.error().word();
}

std::vector<model::Finding> findings(
    const std::string& options, const Simulator* simulator = nullptr
) {
    const auto parsed =
        parse_configuration("<configuration>" + options + "</configuration>", "run.sumocfg");
    return check_options(parsed.value(), simulator);
}

std::string codes(const std::string& options, const Simulator* simulator = nullptr) {
    std::string all;
    for (const model::Finding& finding : findings(options, simulator)) {
        all += (finding.severity == model::Severity::kError ? "E:" : "W:") + finding.code + " ";
    }
    return all;
}

TEST(CheckArgs, WritesEveryFormInOneWay) {
    EXPECT_EQ(
        check_args(Args{
                       "--time-to-teleport",
                       "-1",
                       "--scale=2",
                       "--no-warnings",
                       "--tripinfo",
                       "a.xml",
                       "--ignore-route-errors",
                       "false"
                   })
            .value(),
        (Args{
            "--time-to-teleport=-1",
            "--scale=2",
            "--no-warnings=true",
            "--tripinfo-output=a.xml",
            "--ignore-route-errors=false"
        })
    );
    EXPECT_EQ(check_args(Args{"--scale=1", "--scale=2"}).value(), Args{"--scale=2"});
    EXPECT_EQ(check_args(Args{"--seed=+5"}).value(), Args{"--seed=+5"});
    EXPECT_EQ(check_args(Args{}).value(), Args{});
}

TEST(CheckArgs, NamesTheNearestKnownOption) {
    const auto refused = check_args(Args{"--time-to-telport=5"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().word(), "UNKNOWN_OPTION");
    EXPECT_EQ(
        refused.error().message(),
        "args: SUMO has no option '--time-to-telport'; did you mean '--time-to-teleport'?"
    );
}

TEST(CheckArgs, RefusesSocketsConfigurationsAndLogs) {
    for (const std::string option :
         {"--remote-port=80",
          "--num-clients=1",
          "--configuration-file=a",
          "--c=a",
          "--save-configuration=a",
          "--save-template=a",
          "--save-schema=a",
          "--save-state.times=5",
          "--save-state.prefix=a",
          "--log=a",
          "--message-log=a",
          "--error-log=a",
          "--log-file=a",
          "--pedestrian.remote.address=x",
          "--help",
          "--version"}) {
        EXPECT_EQ(refusal({option}), "OPTION_NOT_ALLOWED") << option;
    }
}

TEST(CheckArgs, KeepsPathsInsideTheRunsDirectory) {
    for (const std::string option :
         {"--tripinfo-output=/tmp/a.xml",
          "--tripinfo-output=../a.xml",
          "--tripinfo-output=localhost:80",
          "--tripinfo-output=${HOME}/a.xml",
          "--additional-files=a.xml,/etc/passwd",
          "--output-prefix=../x",
          "--output-suffix=/../../x",
          "--output-suffix=x/../../x",
          "--phemlight-path=/etc"}) {
        EXPECT_EQ(refusal({option}), "OPTION_NOT_ALLOWED") << option;
    }
    EXPECT_EQ(refusal({"--tripinfo-output=out/a.xml", "--additional-files=a.xml,b/c.xml"}), "");
}

TEST(CheckArgs, WantsValuesOfTheOptionsKind) {
    for (const Args& args : std::vector<Args>{
             {"--seed=x"},
             {"--seed=3000000000"},
             {"--seed"},
             {"--scale=fast"},
             {"--end=1:00"},
             {"--no-warnings=maybe"},
             {"end"},
             {"-e"},
             {"--"},
             {"--end=1\n"}
         }) {
        EXPECT_EQ(refusal(args), "BAD_VALUE") << args[0];
    }
    EXPECT_EQ(refusal(Args(kMaxArgs + 1, "--no-warnings")), "BAD_VALUE");
    EXPECT_EQ(refusal({"--seed=" + std::string(kMaxArgBytes, '1')}), "BAD_VALUE");
}

TEST(CheckArgs, AsksTheSimulatorWhatItKnows) {
    const Simulator old{.version = "1.0", .home = {}, .binary = {}, .options = {"seed"}};
    EXPECT_EQ(refusal({"--seed=1"}, &old), "");
    EXPECT_EQ(refusal({"--scale=1"}, &old), "OPTION_NOT_ALLOWED");
}

TEST(CheckOptions, LetsAnOrdinaryConfigurationPass) {
    EXPECT_EQ(
        codes("<net-file value='a.net.xml'/><begin value='0'/><log value='log.txt'/>"
              "<save-state.times value='100'/><remote-port value='0'/>"),
        ""
    );
}

TEST(CheckOptions, RefusesSocketsAndWhatDoesNotSimulate) {
    EXPECT_EQ(codes("<remote-port value='8813'/>"), "E:OPTION_NOT_ALLOWED ");
    EXPECT_EQ(codes("<save-template value='a.xml'/>"), "E:OPTION_NOT_ALLOWED ");
    EXPECT_EQ(codes("<version value='true'/>"), "E:OPTION_NOT_ALLOWED ");
    EXPECT_EQ(codes("<configuration-file value='a.sumocfg'/>"), "W:OPTION_IGNORED ");
    EXPECT_EQ(codes("<version value='off'/><save-config.relative value='true'/>"), "");
}

TEST(CheckOptions, KnowsAnOptionByTheNameOfTheChosenVersion) {
    const Simulator old{.version = "1.9", .home = {}, .binary = {}, .options = {"save-config"}};
    EXPECT_EQ(
        codes("<save-configuration value=''/><save-config.relative v='1'/>", &old),
        "E:UNKNOWN_OPTION "
    );
    EXPECT_EQ(refusal({"--device.routing.threads=2"}), "UNKNOWN_OPTION");
    const Simulator renamed{
        .version = "1.9", .home = {}, .binary = {}, .options = {"device.routing.period"}
    };
    EXPECT_EQ(refusal({"--device.rerouting.period=2"}, &renamed), "");
    EXPECT_EQ(codes("<device.rerouting.period value='2'/>", &renamed), "");
}

TEST(CheckOptions, RefusesWhatSumoRefuses) {
    EXPECT_EQ(codes("<end value='5'/>\n<e value='6'/>"), "E:DUPLICATE_OPTION ");
    EXPECT_EQ(findings("<end value='5'/>\n<e value='6'/>")[0].line, 2);
    EXPECT_EQ(codes("<begin value='x'/>"), "E:BAD_VALUE ");
    EXPECT_EQ(codes("<begin value='0x10'/>"), "W:BAD_VALUE ") << "SUMO reads it, we do not";
    EXPECT_EQ(codes("<seed value='x'/>"), "W:BAD_VALUE ") << "SUMO goes on with its default";
}

TEST(CheckOptions, IsSureOfUnknownOptionsOnlyWhenTheSimulatorIsKnown) {
    EXPECT_EQ(codes("<tripinfo-outptu value='a.xml'/>"), "W:UNKNOWN_OPTION ");
    EXPECT_EQ(
        findings("<tripinfo-outptu value='a.xml'/>")[0].hint, "did you mean 'tripinfo-output'?"
    );
    const Simulator newer{.version = "9.0", .home = {}, .binary = {}, .options = {"brand-new"}};
    EXPECT_EQ(codes("<brand-new value='1'/>", &newer), "");
    EXPECT_EQ(codes("<net-file value='a'/>", &newer), "E:UNKNOWN_OPTION ");
}

}  // namespace
}  // namespace signalbox::scenario
