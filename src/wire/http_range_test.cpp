#include "wire/http_range.hpp"

#include <gtest/gtest.h>

namespace signalbox::wire {
namespace {

std::string answer(std::string_view header, std::uint64_t size = 100) {
    const RangeAnswer range = parse_range(header, size);
    return range.kind == RangeAnswer::Kind::kWhole ? "whole" : format_content_range(range, size);
}

TEST(HttpRange, ServesOneRange) {
    EXPECT_EQ(answer("bytes=0-0"), "bytes 0-0/100");
    EXPECT_EQ(answer("Bytes = 10-19"), "bytes 10-19/100");
    EXPECT_EQ(answer("bytes=90-"), "bytes 90-99/100");
    EXPECT_EQ(answer("bytes=-10"), "bytes 90-99/100");
    EXPECT_EQ(answer("bytes=50-99999999999999999999999"), "bytes 50-99/100");
    EXPECT_EQ(answer("bytes=-1000"), "bytes 0-99/100");
}

TEST(HttpRange, RefusesWhatLiesBehindTheEnd) {
    EXPECT_EQ(answer("bytes=100-"), "bytes */100");
    EXPECT_EQ(answer("bytes=99999999999999999999999-"), "bytes */100");
    EXPECT_EQ(answer("bytes=-0"), "bytes */100");
    EXPECT_EQ(answer("bytes=0-", 0), "bytes */0");
}

TEST(HttpRange, IgnoresWhatItDoesNotServe) {
    for (const char* header :
         {"",
          "bytes",
          "bytes=",
          "bytes=-",
          "items=0-1",
          "bytes=0-1,5-6",
          "bytes=5-4",
          "bytes=a-b",
          "bytes=+1-2",
          "bytes= 1 - 2"}) {
        EXPECT_EQ(answer(header), "whole") << header;
    }
}

}  // namespace
}  // namespace signalbox::wire
