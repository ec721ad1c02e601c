#include "cli/show/json_text.hpp"

#include <gtest/gtest.h>

namespace signalbox::cli {
namespace {

std::string pretty(std::string_view json) {
    return to_pretty_json(parse_json(json).value());
}

std::string yaml(std::string_view json) {
    return to_yaml(parse_json(json).value());
}

TEST(JsonText, KeepsNumbersAndOrderAsTheyCame) {
    EXPECT_EQ(
        pretty(R"({"b":1.50,"a":[1e3,null],"c":{}})"),
        "{\n  \"b\": 1.50,\n  \"a\": [\n    1e3,\n    null\n  ],\n  \"c\": {}\n}\n"
    );
}

TEST(JsonText, ReadsEscapesAndWritesThemBack) {
    const auto value = parse_json(R"("a\n\u00e9\ud83d\ude97\"\ud800")").value();
    EXPECT_EQ(value.text, "a\né🚗\"\uFFFD");
    EXPECT_EQ(to_pretty_json(value), "\"a\\né🚗\\\"\uFFFD\"\n");
}

TEST(JsonText, RefusesWhatIsNotJsonWithItsPlace) {
    for (const char* const bad :
         {"", "{", "[1,", "{\"a\"}", "{a:1}", "nan", "[1]x", "\"a", "\"\\q\"", "\"\\u12\"", "1 2"
         }) {
        EXPECT_FALSE(parse_json(bad).has_value()) << bad;
    }
    EXPECT_NE(parse_json("[1,x]").error().message().find("at byte 3"), std::string::npos);
    EXPECT_FALSE(parse_json(std::string(100, '[')).has_value());
}

TEST(JsonText, BecomesYamlThatMeansTheSame) {
    EXPECT_EQ(
        yaml(
            R"({"name":"town","status":"yes","count":3,"empty":[],"jobs":[{"id":"a: b","ok":true},2]})"
        ),
        "name: town\n"
        "status: \"yes\"\n"
        "count: 3\n"
        "empty: []\n"
        "jobs:\n"
        "  - id: \"a: b\"\n"
        "    ok: true\n"
        "  - 2\n"
    );
    EXPECT_EQ(yaml("[]"), "[]\n");
    EXPECT_EQ(yaml("\"x\""), "x\n");
}

TEST(JsonText, FindsMembersByName) {
    const auto value = parse_json(R"({"a":1,"b":"text"})").value();
    EXPECT_EQ(value.find("a")->text, "1");
    EXPECT_EQ(value.find_text("a"), std::nullopt);
    EXPECT_EQ(value.find_text("b"), "text");
    EXPECT_EQ(value.find("c"), nullptr);
}

}  // namespace
}  // namespace signalbox::cli
