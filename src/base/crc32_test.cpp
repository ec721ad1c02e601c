#include "base/crc32.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox {
namespace {

TEST(Crc32, AgreesWithTheStandardsCheckValue) {
    EXPECT_EQ(crc32(0, ""), 0U);
    EXPECT_EQ(crc32(0, "123456789"), 0xCBF43926U);
}

TEST(Crc32, IsTheSameInAnyPieces) {
    const std::string text = "The quick brown fox jumps over the lazy dog";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        EXPECT_EQ(crc32(crc32(0, text.substr(0, cut)), text.substr(cut)), 0x414FA339U) << cut;
    }
}

}  // namespace
}  // namespace signalbox
