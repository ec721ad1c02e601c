#include "wire/header_value.hpp"

#include <gtest/gtest.h>

namespace signalbox::wire {
namespace {

TEST(HeaderValue, ReadsTokensAndQuotedStrings) {
    const auto value =
        parse_header_value("Form-Data; NAME=\"a;b\"; filename=\"q\\\"x\\\\y\\z\" ; k=v;");
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(value->value, "form-data");
    EXPECT_EQ(value->find("name"), "a;b");
    EXPECT_EQ(value->find("filename"), "q\"x\\y\\z");
    EXPECT_EQ(value->find("k"), "v");
    EXPECT_EQ(value->find("other"), std::nullopt);
}

TEST(HeaderValue, PrefersTheExtendedForm) {
    const auto value = parse_header_value("x; filename=\"na_ve\"; filename*=UTF-8''na%C3%AFve");
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(value->find("filename"), "na\u00efve");
}

TEST(HeaderValue, RefusesWhatIsMalformed) {
    for (const char* text :
         {"a; b", "a; b=\"c", "a; =c", "a; b=c d", "a; b*=latin-1''x", "a; b*=x"}) {
        EXPECT_FALSE(parse_header_value(text).has_value()) << text;
    }
}

TEST(HeaderValue, BoundaryMustBeThereAndSane) {
    EXPECT_EQ(parse_multipart_boundary("multipart/form-data; boundary=abc").value(), "abc");
    EXPECT_EQ(parse_multipart_boundary("Multipart/Form-Data; boundary=\"a b\"").value(), "a b");
    for (const std::string& text :
         {std::string("multipart/form-data"),
          std::string("multipart/form-data; boundary=\"\""),
          std::string("multipart/form-data; boundary=\"a \""),
          "multipart/form-data; boundary=" + std::string(71, 'a')}) {
        EXPECT_EQ(parse_multipart_boundary(text).error().code(), Code::kInvalid) << text;
    }
    EXPECT_EQ(parse_multipart_boundary("text/plain").error().code(), Code::kUnsupported);
}

TEST(HeaderValue, AttachmentNamesSurviveQuotesAndUnicode) {
    EXPECT_EQ(format_attachment("results.zip"), "attachment; filename=\"results.zip\"");
    EXPECT_EQ(
        format_attachment("a\"\u00ef"), "attachment; filename=\"a___\"; filename*=UTF-8''a%22%C3%AF"
    );
}

}  // namespace
}  // namespace signalbox::wire
