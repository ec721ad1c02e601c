#include "kubectl/go_values.hpp"

#include <gtest/gtest.h>

namespace signalbox::kubectl {
namespace {

using namespace std::chrono_literals;

TEST(GoValues, ReadsDurationsAsGoDoes) {
    EXPECT_EQ(parse_go_duration("0"), 0ms);
    EXPECT_EQ(parse_go_duration("1h30m"), 90min);
    EXPECT_EQ(parse_go_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_go_duration(".5s"), 500ms);
    EXPECT_EQ(parse_go_duration("5.s"), 5s);
    EXPECT_EQ(parse_go_duration("100us"), 1ms) << "rounded up";
    EXPECT_EQ(parse_go_duration("2ms3s"), 3002ms);
    for (const char* const text :
         {"",
          "5",
          "s",
          ".s",
          "5 s",
          "-5s",
          "+5s",
          "1d",
          "5s5",
          "1..5s",
          "9999999999h",
          "1234567890123456s"}) {
        EXPECT_FALSE(parse_go_duration(text)) << text;
    }
}

TEST(GoValues, WritesEachValueOneWay) {
    EXPECT_EQ(canonical_value(FlagType::kBool, "T"), "true");
    EXPECT_EQ(canonical_value(FlagType::kBool, "0"), "false");
    EXPECT_EQ(canonical_value(FlagType::kBool, "yes"), std::nullopt);
    EXPECT_EQ(canonical_value(FlagType::kNumber, "-1"), "-1");
    for (const char* const text : {"", "-", "0x10", "010", "1_000", "1e3", "1234567890123456"}) {
        EXPECT_EQ(canonical_value(FlagType::kNumber, text), std::nullopt) << text;
    }
    EXPECT_EQ(canonical_value(FlagType::kList, "a,b"), "a,b");
    EXPECT_EQ(canonical_value(FlagType::kList, "\"a,b\""), std::nullopt);
}

}  // namespace
}  // namespace signalbox::kubectl
