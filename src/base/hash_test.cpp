#include "base/hash.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace signalbox {
namespace {

TEST(Sha256, GivesTheStandardsOwnExamples) {
    EXPECT_EQ(
        sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, ASecondHashStartsAnew) {
    Sha256 hash;
    hash.update("something");
    static_cast<void>(hash.finish());
    hash.update("a");
    hash.update("bc");
    EXPECT_EQ(to_hex(hash.finish()), sha256_hex("abc"));
}

TEST(HmacSha256, GivesTheExampleOfRfc4231Case2) {
    EXPECT_EQ(
        to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

}  // namespace
}  // namespace signalbox
