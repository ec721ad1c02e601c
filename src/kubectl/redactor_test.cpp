#include "kubectl/redactor.hpp"

#include <gmock/gmock.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace signalbox::kubectl {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string redact_object(Redactor& redactor, std::string_view text) {
    boost::json::value value = boost::json::parse(text);
    redactor.redact(value);
    return boost::json::serialize(value);
}

TEST(Redactor, MarksTheSameValueAlikeUnderOneKey) {
    Redactor one("key");
    Redactor other("other");
    const std::string text = one.redact("password=hunter2");
    EXPECT_THAT(text, testing::MatchesRegex("password=\\[redacted:[0-9a-f]{8}\\]"));
    EXPECT_EQ(one.redact("password=hunter2"), text);
    EXPECT_NE(one.redact("password=hunter3"), text);
    EXPECT_NE(other.redact("password=hunter2"), text);
    EXPECT_EQ(one.redact(text), text) << "a mark is no credential";
    EXPECT_EQ(one.count(), 3);
}

TEST(Redactor, HidesAllThatSecretsHold) {
    Redactor redactor("key");
    const std::string text = redact_object(
        redactor,
        R"({"kind":"List","apiVersion":"v1","items":[{"kind":"Secret","apiVersion":"v1",)"
        R"("metadata":{"name":"db"},"data":{"user":"Y2FuYXJ5","n":1},"stringData":{"x":"canary"}}]})"
    );
    EXPECT_THAT(text, Not(HasSubstr("Y2FuYXJ5")));
    EXPECT_THAT(text, Not(HasSubstr("canary")));
    EXPECT_THAT(text, HasSubstr("\"user\":\"[redacted:"));
    EXPECT_THAT(text, HasSubstr("\"name\":\"db\""));
    EXPECT_EQ(redactor.count(), 3);
}

TEST(Redactor, HidesCredentialsWhereverTheyStand) {
    Redactor redactor("key");
    const std::string text = redact_object(
        redactor,
        R"({"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":)"
        R"("{\"data\":\"canary1\"}","note":"see postgres://u:canary2@db"}},)"
        R"("spec":{"env":[{"name":"API_TOKEN","value":"canary3"},{"name":"LEVEL","value":"info"},)"
        R"({"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}],)"
        R"("args":["--password=canary4","--level=info"],"secretName":"tls","volumes":[{"secret":)"
        R"({"secretName":"tls"}}]},"data":{"db.password":"canary5","config.yaml":"token: canary6"}})"
    );
    for (const char* const canary :
         {"canary1", "canary2", "canary3", "canary4", "canary5", "canary6"}) {
        EXPECT_THAT(text, Not(HasSubstr(canary)));
    }
    for (const char* const kept :
         {"\"value\":\"info\"",
          "\"secretName\":\"tls\"",
          "--level=info",
          "\"key\":\"password\"",
          "\"name\":\"DB_PASSWORD\""}) {
        EXPECT_THAT(text, HasSubstr(kept));
    }
}

TEST(Redactor, KnowsTheSecretsOfAListByTheList) {
    Redactor redactor("key");
    const std::string text = redact_object(
        redactor,
        R"({"kind":"SecretList","apiVersion":"v1","items":[{"metadata":{"name":"db"},)"
        R"("data":{"user":"Y2FuYXJ5"}}]})"
    );
    EXPECT_THAT(text, Not(HasSubstr("Y2FuYXJ5")));
    EXPECT_THAT(text, HasSubstr("\"name\":\"db\""));
}

TEST(Redactor, ALineThatOnlySpeaksOfAKeyHidesNotTheRest) {
    Redactor redactor("key");
    static_cast<void>(redactor.redact_line("no \"-----BEGIN PRIVATE KEY-----\" in the file"));
    EXPECT_EQ(redactor.redact_line("level=info all is well."), "level=info all is well.");
    EXPECT_EQ(redactor.redact_line("the next one"), "the next one");
}

TEST(Redactor, HidesAPrivateKeyThatComesLineByLine) {
    Redactor redactor("key");
    EXPECT_EQ(
        redactor.redact_line("x -----BEGIN EC PRIVATE KEY-----"), "x -----BEGIN EC PRIVATE KEY-----"
    );
    EXPECT_THAT(redactor.redact_line("MHcCAQEEIIGN"), HasSubstr("[redacted:"));
    EXPECT_THAT(redactor.redact_line("AwEHoUQDQgAE"), Not(HasSubstr("AwEH")));
    EXPECT_EQ(
        redactor.redact_line("-----END EC PRIVATE KEY----- y"), "-----END EC PRIVATE KEY----- y"
    );
    EXPECT_EQ(redactor.redact_line("after it"), "after it");
}

}  // namespace
}  // namespace signalbox::kubectl
