#include "base/random.hpp"

#include "base/error.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <limits>
#include <string_view>

namespace signalbox {

std::uint64_t Random::below(std::uint64_t bound) {
    // The incomplete last stretch of the range is thrown again, so that no value is likelier.
    const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / bound * bound;
    for (;;) {
        std::array<std::byte, sizeof(std::uint64_t)> bytes{};
        fill(bytes);
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        if (value < limit) {
            return value % bound;
        }
    }
}

std::string Random::alphanumerics(std::size_t length) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text;
    text.reserve(length);
    while (text.size() < length) {
        text.push_back(kAlphabet[below(kAlphabet.size())]);
    }
    return text;
}

void OsRandom::fill(std::span<std::byte> bytes) {
    SB_CHECK(
        RAND_bytes(
            reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())
        ) == 1
    );
}

void SeededRandom::fill(std::span<std::byte> bytes) {
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(engine_() & 0xFFU);
    }
}

}  // namespace signalbox
