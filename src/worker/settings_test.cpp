#include "worker/settings.hpp"

#include "worker/testing/worker_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace signalbox::worker {
namespace {

Environment variables(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto value = values.find(name);
        return value == values.end() ? std::nullopt : std::optional(value->second);
    };
}

TEST(WorkerSettings, TakesTheTokenOrTheFileThatHoldsIt) {
    const TemporaryDirectory directory;
    directory.write("token", "secret\n");
    std::map<std::string, std::string> values{
        {"SIGNALBOX_URL", "unix:../../worker.sock"},
        {"SIGNALBOX_ATTEMPT", "j-1"},
        {"SIGNALBOX_ATTEMPT_TOKEN", "plain"}
    };
    EXPECT_EQ(settings_from(variables(values), "/d")->token, "plain");

    values["SIGNALBOX_ATTEMPT_TOKEN"] = (directory.path() / "token").string();
    EXPECT_EQ(settings_from(variables(values), "/d")->token, "secret");
}

TEST(WorkerSettings, NamesAllThatIsWrongAtOnce) {
    const auto settings = settings_from(variables({{"SIGNALBOX_RUN_AS", "0:0"}}), "/d");

    ASSERT_FALSE(settings.has_value());
    for (const char* const name :
         {"SIGNALBOX_URL", "SIGNALBOX_ATTEMPT", "SIGNALBOX_ATTEMPT_TOKEN", "SIGNALBOX_RUN_AS"}) {
        EXPECT_THAT(settings.error().message(), testing::HasSubstr(name));
    }
}

TEST(WorkerSettings, NeverRunsSumoAsRootByName) {
    EXPECT_EQ(parse_user_and_group("1000:100"), (UserAndGroup{.user = 1000, .group = 100}));
    for (const char* const text : {"0:0", "1000", "a:b", "", "1000:100:1", "-1:5"}) {
        EXPECT_FALSE(parse_user_and_group(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace signalbox::worker
