#include "base/text.hpp"

#include <gtest/gtest.h>

namespace signalbox {
namespace {

TEST(Text, ReplacesEveryByteThatIsNotUtf8) {
    EXPECT_EQ(to_valid_utf8("a\xFF\xC3\xA4"), "a\xEF\xBF\xBD\xC3\xA4");
    EXPECT_FALSE(is_valid_utf8("\xC0\xAF")) << "overlong slash";
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80")) << "surrogate";
    EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80")) << "above U+10FFFF";
    EXPECT_FALSE(is_valid_utf8("\xE2\x82")) << "cut";
    EXPECT_TRUE(is_valid_utf8("\xF0\x9F\x9A\x97"));
    for (std::size_t before = 0; before < 20; ++before) {
        const std::string ascii(before, 'a');
        EXPECT_TRUE(is_valid_utf8(ascii + "\xC3\xA4" + ascii)) << before;
        EXPECT_FALSE(is_valid_utf8(ascii + "\xFF" + ascii)) << before;
        EXPECT_FALSE(is_valid_utf8(ascii + "\xC3")) << before;
    }
}

TEST(Text, SplitsIntoEmptyPiecesToo) {
    EXPECT_EQ(split(",a,", ','), (std::vector<std::string_view>{"", "a", ""}));
    EXPECT_EQ(split("", ',').size(), 1U);
}

TEST(Text, FindsTheLikelyTypoButNothingFarAway) {
    const std::vector<std::string> words{"step-length", "begin", "end"};
    EXPECT_EQ(nearest_word("step-lenght", words), "step-length");
    EXPECT_EQ(nearest_word("completely-else", words), std::nullopt);
}

TEST(Text, Base64UrlComesBackAsItWent) {
    for (const std::string text : {"", "f", "fo", "foo", "foob", "\xFF\xFE"}) {
        EXPECT_EQ(from_base64url(to_base64url(text)), text);
    }
    EXPECT_EQ(from_base64url("a+b"), std::nullopt);
}

TEST(Text, ParsesOnlyWholeNumbers) {
    EXPECT_EQ(parse_number<int>("12"), 12);
    EXPECT_EQ(parse_number<int>("12 "), std::nullopt);
    EXPECT_EQ(parse_number<int>(""), std::nullopt);
    EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
}

TEST(Text, SaysSizesAndDurationsForPeople) {
    EXPECT_EQ(format_bytes(512), "512 B");
    EXPECT_EQ(format_bytes(3 << 20), "3.0 MiB");
    EXPECT_EQ(format_duration(59.4), "59 s");
    EXPECT_EQ(format_duration(185), "3 min 5 s");
    EXPECT_EQ(format_duration(7800), "2 h 10 min");
    EXPECT_EQ(format_duration(std::chrono::milliseconds(61'400)), "1 min 1 s");
}

}  // namespace
}  // namespace signalbox
