#include "base/time.hpp"

#include <gtest/gtest.h>

namespace signalbox {
namespace {

TEST(Rfc3339, ComesBackAsItWent) {
    const Instant instant{std::chrono::milliseconds(1'769'903'999'123)};
    EXPECT_EQ(to_rfc3339(instant), "2026-01-31T23:59:59.123Z");
    EXPECT_EQ(parse_rfc3339(to_rfc3339(instant)), instant);
}

TEST(Rfc3339, TakesOffsetsAndFractionsOfAnyLength) {
    EXPECT_EQ(
        parse_rfc3339("2026-02-01T01:59:59.1239999+02:00"),
        parse_rfc3339("2026-01-31T23:59:59.123Z")
    );
    EXPECT_EQ(parse_rfc3339("2026-01-31T23:59:59Z"), parse_rfc3339("2026-01-31T23:59:59.000Z"));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
    for (const auto* text :
         {"",
          "2026-02-30T00:00:00Z",
          "2026-01-01 00:00:00Z",
          "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00",
          "2026-01-01T00:00:00.Z",
          "now"}) {
        EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace signalbox
