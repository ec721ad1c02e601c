#include "app/config_loader.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace signalbox::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigLoaderTest : public ::testing::Test {
protected:
    std::vector<std::string> load(const std::string& file_text = "") {
        ConfigSources sources;
        if (!file_text.empty()) {
            sources.file = directory_.path() / "signalbox.yaml";
            std::ofstream(sources.file) << file_text;
        }
        sources.environment = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment_.find(name);
            return found == environment_.end() ? std::nullopt : std::optional(found->second);
        };
        sources.flags = flags_;
        return load_config(sources, config_);
    }

    signalbox::testing::TemporaryDirectory directory_;
    std::map<std::string, std::string> environment_;
    std::vector<std::pair<std::string, std::string>> flags_;
    ServerConfig config_;
};

TEST_F(ConfigLoaderTest, FlagsBeatTheEnvironmentWhichBeatsTheFile) {
    environment_ = {{"SIGNALBOX_LISTEN", "127.0.0.1:2"}, {"LOG_LEVEL", "DEBUG"}};
    flags_ = {{"server.listen", "127.0.0.1:3"}};
    EXPECT_THAT(load("server: {listen: '127.0.0.1:1', log_level: error, grace: 5 s}\n"), IsEmpty());
    EXPECT_EQ(config_.server.listen, "127.0.0.1:3");
    EXPECT_EQ(config_.server.log_level, "debug");
    EXPECT_EQ(config_.server.grace, std::chrono::seconds(5));
}

TEST_F(ConfigLoaderTest, SaysEveryProblemAtOnceWithItsSource) {
    environment_ = {{"MAX_FILE_SIZE_MB", "0"}};
    const auto problems = load("runner: {slots: many, log: 3 parsecs}\nlimits: {uplaod_mb: 5}\n");
    ASSERT_EQ(problems.size(), 4U);
    EXPECT_THAT(problems[0], HasSubstr("runner.slots: \"many\" is not a whole number"));
    EXPECT_THAT(problems[1], HasSubstr("runner.log: \"3 parsecs\" is not a size"));
    EXPECT_THAT(problems[2], HasSubstr("did you mean limits.upload_mb?"));
    EXPECT_THAT(problems[3], HasSubstr("from the environment variable MAX_FILE_SIZE_MB"));
}

TEST_F(ConfigLoaderTest, WhatIsPrintedIsItselfAValidFile) {
    flags_ = {
        {"runner.log", "32 MiB"},
        {"tenancy.admin_key", "very-secret"},
        {"tenancy.reserved", "ops, \"odd\""},
        {"runner.lost_after", "90 s"}
    };
    config_.simulators.push_back({.version = "1.28.0", .home = "/opt/sumo", .is_default = true});
    EXPECT_THAT(load(), IsEmpty());
    const std::string printed = print_config(config_);
    EXPECT_EQ(printed.find("very-secret"), std::string::npos);

    ServerConfig first = std::move(config_);
    config_ = {};
    flags_.clear();
    EXPECT_THAT(load(printed), IsEmpty());
    first.tenancy.admin_key.clear();
    EXPECT_EQ(print_config(config_), print_config(first));
    EXPECT_EQ(config_.runner.log, 32 << 20);
}

TEST_F(ConfigLoaderTest, RefusesCombinationsThatMakeNoSense) {
    flags_ = {{"server.tls_cert", "cert.pem"}, {"runner.kind", "kubernetes"}};
    EXPECT_THAT(load(), ElementsAre(HasSubstr("server.tls_key"), HasSubstr("kubernetes")));
}

TEST_F(ConfigLoaderTest, ProblemsOfOneKeyDoNotHideThoseOfTheOthers) {
    flags_ = {{"server.listen", "nowhere"}};
    EXPECT_THAT(
        load("server: {grace: [1, {a: b}], listen: x, listen: y}\n"
             "limits: {streams: none}\n"
             "sever: {}\n"
             "webhooks: {}\n"
             "simulators: [{home: /a, default: perhaps}, {hoem: /b}, 5]\n"),
        ElementsAre(
            HasSubstr("server.grace: must be one value"),
            HasSubstr("server.listen: stands in the file twice"),
            HasSubstr("sever: unknown section"),
            HasSubstr("simulators.default: \"perhaps\" is not true or false"),
            HasSubstr("simulators.hoem: unknown key"),
            HasSubstr("needs a home"),
            HasSubstr("each entry must be"),
            HasSubstr("limits.streams"),
            HasSubstr("server.listen: \"nowhere\"")
        )
    );
}

TEST_F(ConfigLoaderTest, AnAliasInsideWhatItNamesHasAnEnd) {
    EXPECT_THAT(load("server: &all {again: *all}\n"), ElementsAre(HasSubstr("must be one value")));
}

TEST_F(ConfigLoaderTest, AStrongerSourceChoosesBetweenAdminKeyAndItsFile) {
    const std::string file = directory_.path() / "key";
    std::ofstream(file) << "from-file\n";
    environment_ = {{"ADMIN_KEY", "from-environment"}};
    EXPECT_THAT(load("tenancy: {admin_key_file: /nowhere}\n"), IsEmpty());
    EXPECT_EQ(config_.tenancy.admin_key, "from-environment");

    flags_ = {{"tenancy.admin_key_file", file}};
    EXPECT_THAT(load(), IsEmpty());
    EXPECT_EQ(config_.tenancy.admin_key, "");

    flags_.clear();
    environment_.clear();
    const std::string both = "tenancy: {admin_key: k, admin_key_file: " + file + "}\n";
    EXPECT_THAT(load(both), ElementsAre(HasSubstr("only one of them")));
}

TEST_F(ConfigLoaderTest, ABrokenFileIsOneSentenceWithItsPlace) {
    EXPECT_THAT(load("server: [1, 2\n"), ElementsAre(HasSubstr("signalbox.yaml")));
    EXPECT_THAT(load("- a\n- b\n"), ElementsAre(HasSubstr("sections")));
}

TEST_F(ConfigLoaderTest, SizesAndTimesTakeTheirUnits) {
    flags_ = {
        {"runner.output", "1.5 GiB"},
        {"runner.run_limit", "2 h"},
        {"limits.json_body", "64Ki"},
        {"server.grace", "90"}
    };
    EXPECT_THAT(load(), IsEmpty());
    EXPECT_EQ(config_.runner.output, std::int64_t{3} << 29);
    EXPECT_EQ(config_.runner.run_limit, std::chrono::hours(2));
    EXPECT_EQ(config_.limits.json_body, 64 << 10);
    EXPECT_EQ(config_.server.grace, std::chrono::seconds(90));
}

}  // namespace
}  // namespace signalbox::app
