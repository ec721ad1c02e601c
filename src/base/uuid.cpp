#include "base/uuid.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>

namespace signalbox {

namespace {

constexpr std::uint32_t kCounterEnd = 1U << 12U;
// A fresh millisecond starts low in the counter's range, so that there is room to count.
constexpr std::uint64_t kCounterStartRange = 1U << 10U;

}  // namespace

std::string UuidGenerator::next() {
    const std::int64_t now = clock_.now().time_since_epoch().count();
    if (now > last_milliseconds_) {
        last_milliseconds_ = now;
        counter_ = static_cast<std::uint32_t>(random_.below(kCounterStartRange));
    } else if (++counter_ == kCounterEnd) {
        ++last_milliseconds_;
        counter_ = 0;
    }
    std::array<std::byte, 8> tail{};
    random_.fill(tail);
    tail[0] = (tail[0] & std::byte{0x3F}) | std::byte{0x80};  // variant 10

    const auto time = static_cast<std::uint64_t>(last_milliseconds_);
    const std::string node = to_hex(tail);
    return fmt::format(
        "{:08x}-{:04x}-7{:03x}-{}-{}",
        (time >> 16U) & 0xFFFFFFFFU,
        time & 0xFFFFU,
        counter_,
        std::string_view(node).substr(0, 4),
        std::string_view(node).substr(4)
    );
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex_digit(text[i])) {
            return false;
        }
    }
    return true;
}

}  // namespace signalbox
