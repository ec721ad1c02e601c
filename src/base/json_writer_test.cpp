#include "base/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace signalbox {
namespace {

TEST(JsonWriter, PutsCommasBetweenValuesOnly) {
    JsonWriter json;
    json.begin_object().key("a").begin_array().number(std::int64_t{1}).null().end_array();
    json.key("b").begin_object().end_object().key("c").boolean(true).end_object();
    EXPECT_EQ(json.take(), R"({"a":[1,null],"b":{},"c":true})");
}

TEST(JsonWriter, EscapesWhatJsonDoesNotAllow) {
    JsonWriter json;
    json.begin_array().text("a\"b\\c\n\r\t\x01{").text("x").end_array();
    EXPECT_EQ(json.take(), "[\"a\\\"b\\\\c\\n\\r\\t\\u0001{\",\"x\"]");
}

TEST(JsonWriter, QuotesATextForATerminalToo) {
    EXPECT_EQ(quote_json("a\"\x1B[1m\x7F"), R"("a\"\u001b[1m\u007f")");
    EXPECT_EQ(quote_json(""), R"("")");
}

TEST(JsonWriter, ReplacesBytesThatAreNotUtf8) {
    JsonWriter json;
    json.text("a\xff");
    EXPECT_EQ(json.take(), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonWriter, WritesNumbersShortAndNullForWhatIsNone) {
    JsonWriter json;
    json.begin_array().number(5703.0).number(156.6).number(1e300);
    json.number(std::numeric_limits<double>::infinity());
    json.number(std::numeric_limits<std::uint64_t>::max()).end_array();
    EXPECT_EQ(json.take(), "[5703,156.6,1e+300,null,18446744073709551615]");
}

}  // namespace
}  // namespace signalbox
