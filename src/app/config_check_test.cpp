#include "app/config_check.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace signalbox::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ConfigCheck, TakesTheDefaults) {
    EXPECT_THAT(check_config({}), IsEmpty());
}

TEST(ConfigCheck, RefusesWhatIsNoListenAddress) {
    ServerConfig config;
    for (const char* const good : {"127.0.0.1:0", "localhost:8000", "[::1]:0", "0.0.0.0:65535"}) {
        config.server.listen = good;
        EXPECT_THAT(check_config(config), IsEmpty()) << good;
    }
    for (const char* const bad :
         {"",
          "foo",
          ":80",
          "127.0.0.1",
          "127.0.0.1:",
          "127.0.0.1:65536",
          "127.0.0.1:-1",
          "256.1.1.1:80",
          "example.org:80",
          "::1:80",
          "[::1:80",
          "[127.0.0.1]:80"}) {
        config.server.listen = bad;
        EXPECT_THAT(check_config(config), ElementsAre(HasSubstr("server.listen"))) << bad;
    }
}

TEST(ConfigCheck, ReadsTheFilesItIsPointedTo) {
    const signalbox::testing::TemporaryDirectory directory;
    const std::string file = (directory.path() / "admin.key").string();
    ServerConfig config;
    config.tenancy.admin_key_file = file;
    EXPECT_THAT(
        check_config(config), ElementsAre(AllOf(HasSubstr("admin_key_file"), HasSubstr(file)))
    );
    std::ofstream(file) << " \n";
    EXPECT_THAT(check_config(config), ElementsAre(HasSubstr("holds no key")));
    std::ofstream(file) << "the-key\n";
    EXPECT_THAT(check_config(config), IsEmpty());
    EXPECT_EQ(read_admin_key(config.tenancy).value(), "the-key");

    config.server.tls_cert = config.server.tls_key = file;
    EXPECT_THAT(check_config(config), ElementsAre(AllOf(HasSubstr("tls_cert"), HasSubstr(file))));
}

TEST(ConfigCheck, RefusesKeysThatCouldNotBeSent) {
    ServerConfig config;
    config.tenancy.api_keys = "ops:one, :two";
    EXPECT_THAT(check_config(config), ElementsAre(HasSubstr("entry 2")));
    config.tenancy.api_keys.clear();
    for (const char* const bad : {"a b", "a:", "a,", "\xC3\xA9"}) {
        config.tenancy.key_prefix = bad;
        EXPECT_THAT(check_config(config), ElementsAre(HasSubstr("tenancy.key_prefix"))) << bad;
    }
}

TEST(ConfigCheck, SaysAllProblemsWithTheirValues) {
    ServerConfig config;
    config.server.data.clear();
    config.runner.log_head = config.runner.log;
    config.simulators = {{.home = "/a", .is_default = true}, {.home = "/b", .is_default = true}};
    EXPECT_THAT(
        check_config(config),
        ElementsAre(
            HasSubstr("server.data"),
            HasSubstr("64.0 MiB is not less than runner.log, 64.0 MiB"),
            HasSubstr("simulators")
        )
    );
}

}  // namespace
}  // namespace signalbox::app
