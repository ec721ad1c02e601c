#include "contract/body_reader.hpp"

#include <gtest/gtest.h>

#include <array>

namespace signalbox::contract {
namespace {

using namespace std::string_view_literals;

BodyReader over_json(std::string_view text) {
    return *BodyReader::from_json(text);
}

BodyReader over_form(const std::vector<NameValue>& pairs) {
    return BodyReader::from_pairs("body", pairs);
}

std::string sentence(const BodyReader& reader) {
    const auto done = reader.finish();
    return done ? "" : done.error().message();
}

TEST(BodyReader, ReadsEveryKindOfFieldFromJson) {
    BodyReader reader =
        over_json(R"({"n":7,"whole":2.0,"word":"12","x":0.5,"yes":true,"t":"straße","on":"queue",)"
                  R"("list":["a","b"],"scopes":{"tenants":["t"]},"unknown":{}})");
    constexpr std::array kWords{"reject"sv, "queue"sv};
    EXPECT_EQ(reader.get_int("n", {.min = 1, .max = 7}), 7);
    EXPECT_EQ(reader.find_int("whole"), 2);
    EXPECT_EQ(reader.find_int("word"), 12);
    EXPECT_EQ(reader.find_number("x"), 0.5);
    EXPECT_EQ(reader.find_bool("yes"), true);
    EXPECT_EQ(reader.get_text("t", {.min = 6, .max = 6}), "straße");
    EXPECT_EQ(reader.find_word("on", kWords), "queue");
    EXPECT_EQ(reader.find_texts("list"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(reader.find_texts("scopes.tenants"), std::vector<std::string>{"t"});
    EXPECT_TRUE(reader.finish());
}

TEST(BodyReader, ReadsEveryKindOfFieldFromAForm) {
    BodyReader reader = over_form(
        {{"n", "7"}, {"n", "8"}, {"x", "1e3"}, {"yes", "True"}, {"list", R"(["a"])"}, {"e", ""}}
    );
    EXPECT_EQ(reader.find_int("n"), 8);
    EXPECT_EQ(reader.find_number("x"), 1000);
    EXPECT_EQ(reader.find_bool("yes"), true);
    EXPECT_EQ(reader.find_texts("list"), std::vector<std::string>{"a"});
    EXPECT_EQ(reader.find_int("e"), std::nullopt);
    EXPECT_TRUE(reader.finish());
}

TEST(BodyReader, CountsNullAsAbsent) {
    BodyReader reader = over_json(R"({"n":null,"s":null})");
    EXPECT_EQ(reader.find_int("n"), std::nullopt);
    EXPECT_EQ(reader.find_texts("s.tenants"), std::nullopt);
    EXPECT_TRUE(reader.finish());
}

TEST(BodyReader, CollectsAllErrorsWithValueAndLimit) {
    BodyReader reader = over_json(R"({"cpu":40,"t":"","x":"abc","l":["ok",5],"w":"maybe"})");
    constexpr std::array kWords{"reject"sv, "queue"sv};
    (void)reader.find_int("cpu", {.min = 1, .max = 32});
    (void)reader.get_text("t", {.min = 1, .max = 100});
    (void)reader.get_int("gone");
    (void)reader.find_number("x");
    (void)reader.find_texts("l");
    (void)reader.find_word("w", kWords);
    const auto done = reader.finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Code::kUnprocessable);
    EXPECT_EQ(done.error().fields().size(), 6U);
    EXPECT_EQ(done.error().fields().at(0).location, "body.cpu");
    EXPECT_EQ(done.error().fields().at(4).location, "body.l.1");
    EXPECT_EQ(
        done.error().message(),
        "cpu: 40 is not between 1 and 32; t: has 0 characters; 1 to 100 are allowed; "
        "gone: is missing; x: \"abc\" is not a number; l.1: 5 is not text; "
        "w: \"maybe\" is not one of reject, queue"
    );
}

TEST(BodyReader, RefusesControlCharactersAndBadUtf8) {
    BodyReader reader = over_form({{"a", "x\ny"}, {"b", "x\xff"}});
    EXPECT_EQ(reader.get_text("a"), "");
    EXPECT_EQ(reader.get_text("b"), "");
    EXPECT_EQ(sentence(reader), "a: \"x y\" holds control characters; b: is not valid UTF-8");
}

TEST(BodyReader, RefusesNumbersOutsideTheirType) {
    BodyReader reader = over_json(R"({"a":1e30,"b":2.5,"c":true,"d":"","e":99999999999999999999})");
    for (const char* name : {"a", "b", "c", "d", "e"}) {
        EXPECT_EQ(reader.find_int(name), std::nullopt) << name;
    }
    EXPECT_EQ(reader.finish().error().fields().size(), 5U);
}

TEST(BodyReader, NamesWhatShouldHaveBeenAnObject) {
    BodyReader reader = over_json(R"({"scopes":[1]})");
    EXPECT_EQ(reader.find_texts("scopes.tenants"), std::nullopt);
    EXPECT_EQ(reader.find_texts("scopes.clusters"), std::nullopt);
    EXPECT_EQ(sentence(reader), "scopes: a list is not an object");
}

TEST(BodyReader, NamesThePlaceOfMalformedJson) {
    const auto broken = BodyReader::from_json("{\"a\":1,\n \"b\" 2}");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code(), Code::kInvalid);
    EXPECT_TRUE(broken.error().message().starts_with("Malformed JSON at line 2, column 6"))
        << broken.error().message();
    for (const std::string_view text : {"", "  ", "{", "{}x", "{\"a\":\"\xff\"}", "nul"}) {
        const auto result = BodyReader::from_json(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().code(), Code::kInvalid) << text;
    }
    EXPECT_EQ(BodyReader::from_json("[1]").error().code(), Code::kUnprocessable);
}

TEST(BodyReader, BoundsSizeAndDepth) {
    const std::string deep = R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}";
    const auto refused = BodyReader::from_json(deep);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message().contains("nested deeper than 32 levels"));
    const auto large = BodyReader::from_json("{}  ", {.max_bytes = 3});
    EXPECT_EQ(large.error().code(), Code::kTooLarge);
}

TEST(FieldError, NamesTheFieldAndLeavesOutWhereItStands) {
    const Error error = field_error("header.X-SHA256", "is too short");
    EXPECT_EQ(error.message(), "X-SHA256: is too short");
    EXPECT_EQ(error.fields().at(0).location, "header.X-SHA256");
    EXPECT_EQ(error.fields().at(0).type, "value_error");
    EXPECT_EQ(field_error("body", "is a list").message(), "body: is a list");
}

}  // namespace
}  // namespace signalbox::contract
