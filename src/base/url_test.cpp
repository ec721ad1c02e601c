#include "base/url.hpp"

#include <gtest/gtest.h>

namespace signalbox {
namespace {

TEST(Url, DecodesEscapesAndLeavesPlusAloneInPaths) {
    EXPECT_EQ(percent_decode("a%20b+%c3%AF").value(), "a b+\u00ef");
    EXPECT_EQ(percent_decode("a+b", PlusSign::kIsSpace).value(), "a b");
    EXPECT_EQ(percent_decode("%2f%00").value(), std::string("/\0", 2));
}

TEST(Url, RefusesBrokenEscapes) {
    for (const char* text : {"%", "a%2", "%zz", "%2", "x%%20", "%-1"}) {
        EXPECT_EQ(percent_decode(text).error().code(), Code::kInvalid) << text;
    }
}

TEST(Url, EncodingIsUndoneByDecoding) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all += static_cast<char>(byte);
    }
    EXPECT_EQ(percent_decode(percent_encode(all)).value(), all);
    EXPECT_EQ(percent_decode(percent_encode(all), PlusSign::kIsSpace).value(), all);
    EXPECT_EQ(percent_encode("a b/c"), "a%20b%2Fc");
    EXPECT_EQ(percent_encode_path("a b/c"), "a%20b/c");
}

TEST(Url, QueriesKeepOrderAndRepetition) {
    const QueryParams params = parse_query("a=1&&b=x+y%26&a=2&c&=d&e=f=g").value();
    EXPECT_EQ(
        params,
        (QueryParams{{"a", "1"}, {"b", "x y&"}, {"a", "2"}, {"c", ""}, {"", "d"}, {"e", "f=g"}})
    );
    EXPECT_EQ(parse_query(format_query(params)).value(), params);
    EXPECT_FALSE(parse_query("a=%").has_value());
    EXPECT_FALSE(parse_query("a&b&c", 2).has_value());
}

}  // namespace
}  // namespace signalbox
