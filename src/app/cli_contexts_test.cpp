#include "app/cli_contexts.hpp"

#include "base/fs.hpp"
#include "tests/support/temporary_directory.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

namespace signalbox::app {
namespace {

namespace fs = std::filesystem;

class ContextFile : public ::testing::Test {
protected:
    [[nodiscard]] fs::path file() const { return directory_.path() / "config" / "config.yaml"; }

private:
    signalbox::testing::TemporaryDirectory directory_;
};

TEST_F(ContextFile, HasNoContextsWhenItIsNotThere) {
    EXPECT_EQ(YamlContextStore(file()).load().value(), cli::Contexts());
}

TEST_F(ContextFile, GivesBackWhatWasStoredAndBelongsToItsOwnerOnly) {
    const cli::Contexts contexts{
        .current = "b: \"quoted\"",
        .all =
            {
                {.name = "a", .url = "http://a:1", .key = "sk-1", .ca_file = ""},
                {.name = "b: \"quoted\"", .url = "https://b", .key = "true", .ca_file = "/ca.pem"},
            }
    };
    YamlContextStore store(file());

    ASSERT_TRUE(store.save(contexts).has_value());

    EXPECT_EQ(store.load().value(), contexts);
    struct stat status{};
    ASSERT_EQ(stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ContextFile, SaysWhereItCannotBeRead) {
    YamlContextStore store(file());
    ASSERT_TRUE(store.save({}).has_value());
    ASSERT_TRUE(write_file_durably(file(), "current: a\ncontexts: [\n").has_value());

    const auto contexts = store.load();

    ASSERT_FALSE(contexts.has_value());
    EXPECT_NE(contexts.error().message().find("config.yaml:"), std::string::npos);
}

TEST_F(ContextFile, RefusesAFileThatIsSomethingElse) {
    YamlContextStore store(file());
    ASSERT_TRUE(store.save({}).has_value());
    ASSERT_TRUE(write_file_durably(file(), "", 0600).has_value());
    EXPECT_EQ(store.load().value(), cli::Contexts());
    ASSERT_TRUE(write_file_durably(file(), "- a\n- b\n", 0600).has_value());
    EXPECT_EQ(store.load().error().word(), "BAD_CONTEXT_FILE");
}

TEST(ContextFilePlace, FollowsXdgBeforeHome) {
    const auto with = [](std::string config) {
        return [config](const std::string& name) -> std::optional<std::string> {
            if (name == "XDG_CONFIG_HOME" && !config.empty()) {
                return config;
            }
            return name == "HOME" ? std::optional<std::string>("/h") : std::nullopt;
        };
    };
    EXPECT_EQ(context_file(with("/x")), fs::path("/x/signalbox/config.yaml"));
    EXPECT_EQ(context_file(with("")), fs::path("/h/.config/signalbox/config.yaml"));
}

}  // namespace
}  // namespace signalbox::app
