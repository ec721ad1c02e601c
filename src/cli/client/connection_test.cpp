#include "cli/client/connection.hpp"

#include "base/fs.hpp"
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

namespace signalbox::cli {
namespace {

class ChosenConnection : public testing::Test {
protected:
    ChosenConnection() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "connection-XXXXXX").string();
        data_ = mkdtemp(pattern.data());
        static_cast<void>(write_file_durably(data_ + "/admin.key", "sk-file\n", 0600).has_value());
        // Nothing of the directory the test runs in may count.
        environment["SIGNALBOX_DATA"] = data_ + "/none";
    }

    ~ChosenConnection() override { std::filesystem::remove_all(data_); }

    Result<Connection> choose(Purpose purpose = Purpose::kTenant) {
        const Variables variables = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        };
        return resolve_connection(settings, variables, contexts, purpose);
    }

    std::string data_;
    Settings settings;
    std::map<std::string, std::string> environment;
    Contexts contexts;
};

TEST_F(ChosenConnection, IsThisMachineWithoutAKeyByDefault) {
    const Connection chosen = choose().value();
    EXPECT_EQ(chosen.url, "http://127.0.0.1:8000");
    EXPECT_EQ(chosen.key, "");
}

TEST_F(ChosenConnection, TakesFlagsBeforeEnvironmentBeforeContext) {
    contexts = {.current = "c", .all = {{.name = "c", .url = "http://c:1", .key = "sk-c"}}};
    EXPECT_EQ(choose()->url, "http://c:1");
    EXPECT_EQ(choose()->key, "sk-c");

    environment["SIGNALBOX_URL"] = "http://e:1/";
    environment["SIGNALBOX_KEY"] = "sk-e";
    EXPECT_EQ(choose()->url, "http://e:1");
    EXPECT_EQ(choose()->key, "sk-e");

    settings.url = "f:1";
    settings.key = "sk-f";
    EXPECT_EQ(choose()->url, "http://f:1");
    EXPECT_EQ(choose()->key, "sk-f");
}

TEST_F(ChosenConnection, SendsAContextsKeyToItsOwnServerOnly) {
    contexts = {.current = "c", .all = {{.name = "c", .url = "http://c:1", .key = "sk-c"}}};
    settings.url = "http://other:1";
    EXPECT_EQ(choose()->key, "");
    settings.url = "http://c:1/";
    EXPECT_EQ(choose()->key, "sk-c");
}

TEST_F(ChosenConnection, TakesANamedContextBeforeTheEnvironment) {
    contexts = {.current = "", .all = {{.name = "c", .url = "http://c:1", .key = "sk-c"}}};
    environment["SIGNALBOX_URL"] = "http://e:1";
    environment["SIGNALBOX_KEY"] = "sk-e";
    settings.context = "c";
    EXPECT_EQ(choose()->url, "http://c:1");
    EXPECT_EQ(choose()->key, "sk-c");
    settings.context = "d";
    EXPECT_EQ(exit_code_of(choose().error()), kExitUsage);
}

TEST_F(ChosenConnection, FindsTheAdminKeyInTheDataDirectory) {
    environment["SIGNALBOX_KEY"] = "sk-tenant";
    settings.data_directory = data_;
    EXPECT_EQ(choose(Purpose::kAdmin)->key, "sk-file");
    EXPECT_EQ(choose(Purpose::kTenant)->key, "sk-tenant");
    settings.data_directory = data_ + "/none";
    EXPECT_FALSE(choose(Purpose::kAdmin).has_value());
}

TEST_F(ChosenConnection, LooksInTheDefaultDataDirectoryForAServerOnThisMachineOnly) {
    environment["SIGNALBOX_DATA"] = data_;
    EXPECT_EQ(choose(Purpose::kAdmin)->key, "sk-file");
    EXPECT_EQ(choose(Purpose::kTenant)->key, "");
    settings.url = "https://elsewhere";
    EXPECT_EQ(choose(Purpose::kAdmin)->key, "");
}

TEST_F(ChosenConnection, TakesNoOtherHostForThisMachine) {
    environment["SIGNALBOX_DATA"] = data_;
    for (const char* const url :
         {"http://127.0.0.1:9000", "http://127.1.2.3", "http://localhost", "http://[::1]:8000"}) {
        settings.url = url;
        EXPECT_EQ(choose(Purpose::kAdmin)->key, "sk-file") << url;
    }
    for (const char* const url :
         {"http://127.example.org",
          "http://localhost.example.org",
          "http://example.org/://127.0.0.1",
          "http://localhost@example.org",
          "https://example.org?://localhost"}) {
        settings.url = url;
        EXPECT_EQ(choose(Purpose::kAdmin)->key, "") << url;
    }
}

TEST(NormalizeUrl, RefusesWhatIsNoServer) {
    EXPECT_EQ(normalize_url("localhost:8000").value(), "http://localhost:8000");
    EXPECT_EQ(normalize_url("https://h/prefix/").value(), "https://h/prefix");
    EXPECT_EQ(normalize_url("unix:/run/s.sock").value(), "unix:/run/s.sock");
    EXPECT_FALSE(normalize_url("ftp://h").has_value());
    EXPECT_FALSE(normalize_url("http://").has_value());
}

}  // namespace
}  // namespace signalbox::cli
