#include "base/crc32.hpp"

#include <array>
#include <cstddef>

namespace signalbox {

namespace {

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Table make_table() {
    Table table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
        }
        table[0][byte] = value;
    }
    for (std::size_t slice = 1; slice < table.size(); ++slice) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = table[slice - 1][byte];
            table[slice][byte] = (before >> 8U) ^ table[0][before & 0xFFU];
        }
    }
    return table;
}

constexpr Table kTable = make_table();

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        word |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return word;
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) {
    crc = ~crc;
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        const std::uint32_t low = word_at(bytes, at) ^ crc;
        const std::uint32_t high = word_at(bytes, at + 4);
        crc = kTable[7][low & 0xFFU] ^ kTable[6][(low >> 8U) & 0xFFU] ^
              kTable[5][(low >> 16U) & 0xFFU] ^ kTable[4][low >> 24U] ^ kTable[3][high & 0xFFU] ^
              kTable[2][(high >> 8U) & 0xFFU] ^ kTable[1][(high >> 16U) & 0xFFU] ^
              kTable[0][high >> 24U];
    }
    for (; at < bytes.size(); ++at) {
        crc = (crc >> 8U) ^ kTable[0][(crc ^ static_cast<unsigned char>(bytes[at])) & 0xFFU];
    }
    return ~crc;
}

}  // namespace signalbox
