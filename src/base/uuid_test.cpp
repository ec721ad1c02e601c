#include "base/uuid.hpp"

#include <gtest/gtest.h>

namespace signalbox {
namespace {

constexpr Instant kNoon{std::chrono::hours(12)};

TEST(UuidGenerator, IdsGrowWithinAMillisecondAndWhenTheClockStepsBack) {
    ManualClock clock(kNoon);
    SeededRandom random(1);
    UuidGenerator uuids(clock, random);
    std::string last;
    for (int i = 0; i < 20'000; ++i) {
        if (i == 10'000) {
            clock.step_calendar(-std::chrono::hours(1));
        }
        const std::string id = uuids.next();
        ASSERT_TRUE(is_uuid(id)) << id;
        ASSERT_LT(last, id);
        last = id;
    }
}

TEST(UuidGenerator, CarriesVersionAndVariant) {
    ManualClock clock(kNoon);
    SeededRandom random(2);
    const std::string id = UuidGenerator(clock, random).next();
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

}  // namespace
}  // namespace signalbox
