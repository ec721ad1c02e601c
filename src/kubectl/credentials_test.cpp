#include "kubectl/credentials.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::kubectl {
namespace {

// The text with every credential written as #.
std::string hidden(std::string_view text) {
    std::string out;
    std::size_t done = 0;
    for (const Span span : find_credentials(text)) {
        EXPECT_LE(done, span.begin);
        EXPECT_LT(span.begin, span.end);
        out += std::string(text.substr(done, span.begin - done)) + "#";
        done = span.end;
    }
    return out + std::string(text.substr(done));
}

TEST(Credentials, AreKnownByTheWordsOfTheirNames) {
    for (const char* const name : {"password",         "DB_PASSWORD",
                                   "dbPassword",       "api_key",
                                   "apiKey",           "APIKEY",
                                   "X-Api-Key",        "client-secret",
                                   "SECRET_KEY_BASE",  "AWS_SECRET_ACCESS_KEY",
                                   "accessKey",        "token",
                                   "GITHUB_TOKEN",     "db.password",
                                   "PGPASSWORD_1",     "auth",
                                   "connectionString", "id_token",
                                   "--password",       "privateKey",
                                   "signing_key"}) {
        EXPECT_TRUE(names_a_credential(name)) << name;
    }
    for (const char* const name :
         {"",
          "secretName",
          "TOKEN_URL",
          "PASSWORD_FILE",
          "tokenExpirationSeconds",
          "secretRef",
          "key",
          "KEY",
          "monkey",
          "passenger",
          "tokenizer",
          "author",
          "authority",
          "compass",
          "secretary",
          "primary_key",
          "cache-key",
          "imagePullSecretsRef",
          "TOKEN_TTL",
          "secret_id",
          "passwordPolicy",
          "keyboard"}) {
        EXPECT_FALSE(names_a_credential(name)) << name;
    }
}

TEST(Credentials, StandBehindTheirNames) {
    EXPECT_EQ(hidden("login user=ann password=hunter2 ok"), "login user=ann password=# ok");
    EXPECT_EQ(hidden("DB_PASSWORD: s3cr3t!x"), "DB_PASSWORD: #");
    EXPECT_EQ(
        hidden(R"({"user":"a","password":"p q\"r","x":1})"), R"({"user":"a","password":"#","x":1})"
    );
    EXPECT_EQ(hidden(R"(msg="{\"api_key\":\"abc123\"}")"), R"(msg="{\"api_key\":\"#\"}")");
    EXPECT_EQ(hidden("curl --token abcdef123 https://x"), "curl --token # https://x");
    EXPECT_EQ(hidden("?access_token=abc&x=1"), "?access_token=#&x=1");
    EXPECT_EQ(hidden("password='a b c', next"), "password='#', next");
    EXPECT_EQ(hidden("export TOKEN=abc; run"), "export TOKEN=#; run");
}

TEST(Credentials, StandInHeadersAndAddresses) {
    EXPECT_EQ(hidden("Authorization: Bearer abc.def-ghi_jkl"), "Authorization: Bearer #");
    EXPECT_EQ(hidden("authorization=Basic dXNlcjpwYXNz"), "authorization=Basic #");
    EXPECT_EQ(hidden("postgres://app:pa@ss@db:5432/x?y=z"), "postgres://app:#@db:5432/x?y=z");
    EXPECT_EQ(hidden("redis://:secret@cache:6379"), "redis://:#@cache:6379");
    EXPECT_EQ(hidden("https://example.org/a@b:c"), "https://example.org/a@b:c");
}

TEST(Credentials, AreKnownByTheirIssuers) {
    const std::string token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
    EXPECT_EQ(hidden("got " + token + "!"), "got #!");
    EXPECT_EQ(hidden("id AKIAABCDEFGHIJKLMNOP used"), "id # used");
    EXPECT_EQ(hidden("ghp_abcdefghijklmnopqrstuvwxyz0123"), "#");
    EXPECT_EQ(hidden("ghp_short"), "ghp_short");
}

TEST(Credentials, PrivateKeysAreHiddenWhole) {
    EXPECT_EQ(
        hidden("a -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- b"),
        "a -----BEGIN RSA PRIVATE KEY-----#-----END RSA PRIVATE KEY----- b"
    );
    EXPECT_EQ(hidden("-----BEGIN PRIVATE KEY-----\\nMIIE"), "-----BEGIN PRIVATE KEY-----#");
    const std::string certificate = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----";
    EXPECT_EQ(hidden(certificate), certificate);
}

TEST(Credentials, AreFoundBehindAnEscapedLineEnd) {
    EXPECT_EQ(
        hidden(R"({"cfg":"x\n-----BEGIN RSA PRIVATE KEY-----\nMIIE"})"),
        R"({"cfg":"x\n-----BEGIN RSA PRIVATE KEY-----#)"
    );
    EXPECT_EQ(hidden(R"(a\nAKIAABCDEFGHIJKLMNOP)"), R"(a\n#)");
    EXPECT_EQ(
        hidden("PRIVATE_KEY=-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"),
        "PRIVATE_KEY=-----BEGIN PRIVATE KEY-----#-----END PRIVATE KEY-----"
    );
}

// The time grows with the text, not with its square: a megabyte of each ends at once.
TEST(Credentials, TakeTheirTimeFromNobody) {
    for (const std::string_view piece :
         {"a://", "a_token=<", "password=", "-----BEGIN ", "\"", "Bearer ", "eyJ."}) {
        std::string text;
        while (text.size() < (std::size_t{1} << 20U)) {
            text += piece;
        }
        EXPECT_LE(find_credentials(text).size(), text.size());
    }
}

TEST(Credentials, LeaveAloneWhatIsNone) {
    for (const char* const text :
         {"secretName: db-secret",
          "token: null",
          "password: <set to the key 'p' in secret 'db'>",
          "PASSWORD=$(DB_PASSWORD)",
          "password=${PASSWORD}",
          "a monkey=1 key=2 id=3",
          "time=12:30:45 level=info msg=\"the token was renewed\"",
          "image: repo/app:v1.2.3",
          "bearer of news",
          "https://kubernetes.default.svc",
          "password:",
          "",
          "==:::\"\"''",
          "token=[redacted:0a1b2c3d]",
          "token validation failed",
          "Basic authentication failed",
          "digest sha256:0123456789abcdef",
          "--pass-access-token --upstream=http://app:8080"}) {
        EXPECT_EQ(hidden(text), text);
    }
}

}  // namespace
}  // namespace signalbox::kubectl
