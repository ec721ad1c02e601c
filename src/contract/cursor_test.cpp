#include "contract/cursor.hpp"

#include <gtest/gtest.h>

namespace signalbox::contract {
namespace {

TEST(Cursor, ComesBackAsItWent) {
    const std::string key = "2026-01-31T00:00:00.000Z|my-t";
    EXPECT_EQ(decode_cursor("tenants", encode_cursor("tenants", key)).value(), key);
    EXPECT_EQ(decode_cursor("jobs", encode_cursor("jobs", "")).value(), "");
}

TEST(Cursor, OfAnotherListIsRefusedWithItsField) {
    const auto refused = decode_cursor("jobs", encode_cursor("tenants", "x"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kUnprocessable);
    EXPECT_EQ(refused.error().fields().at(0).location, "query.cursor");
}

TEST(Cursor, MalformedOnesAreRefused) {
    for (const std::string cursor : {"", "!!!", "am9icw", "%00"}) {
        EXPECT_FALSE(decode_cursor("jobs", cursor)) << cursor;
    }
    EXPECT_FALSE(decode_cursor("jobs", encode_cursor("jobs", std::string(2000, 'a'))));
    EXPECT_FALSE(decode_cursor("jobs", encode_cursor("jobs", "\xff")));
}

}  // namespace
}  // namespace signalbox::contract
