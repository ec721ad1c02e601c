#include "scenario/archive/name_folding.hpp"

#include "base/text.hpp"
#include "scenario/archive/decompositions.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace signalbox::scenario {

namespace {

// clang-format off
constexpr std::array<std::uint16_t, 128> kCodePage437{
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4,
    0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};
// clang-format on

/// Takes one code point off the front of valid UTF-8.
char32_t take_point(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < std::min(length, text.size()); ++i) {
        point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(std::min(length, text.size()));
    return point;
}

struct CaseRange {
    char32_t first;
    char32_t last;
    char32_t distance;
    bool every_second;  ///< upper and lower case alternate, upper first at `first`
};

constexpr std::array<CaseRange, 13> kCases{{
    {.first = 'A', .last = 'Z', .distance = 32, .every_second = false},
    {.first = 0xC0, .last = 0xDE, .distance = 32, .every_second = false},
    {.first = 0x100, .last = 0x137, .distance = 1, .every_second = true},
    {.first = 0x139, .last = 0x148, .distance = 1, .every_second = true},
    {.first = 0x14A, .last = 0x177, .distance = 1, .every_second = true},
    {.first = 0x1E0, .last = 0x1EF, .distance = 1, .every_second = true},
    {.first = 0x1F8, .last = 0x233, .distance = 1, .every_second = true},
    {.first = 0x391, .last = 0x3A9, .distance = 32, .every_second = false},
    {.first = 0x400, .last = 0x40F, .distance = 80, .every_second = false},
    {.first = 0x410, .last = 0x42F, .distance = 32, .every_second = false},
    {.first = 0x460, .last = 0x481, .distance = 1, .every_second = true},
    {.first = 0x48A, .last = 0x4BF, .distance = 1, .every_second = true},
    {.first = 0x531, .last = 0x556, .distance = 48, .every_second = false},
}};

char32_t to_lower_point(char32_t point) {
    if (point == 0xD7) {  // the multiplication sign amidst Latin-1's capitals
        return point;
    }
    for (const CaseRange& range : kCases) {
        if (point >= range.first && point <= range.last) {
            const bool upper = !range.every_second || (point - range.first) % 2 == 0;
            return upper ? point + range.distance : point;
        }
    }
    return point;
}

/// Unicode, section 3.12: Hangul syllables decompose by arithmetic.
bool append_hangul(std::string& text, char32_t point) {
    constexpr char32_t kFirst = 0xAC00;
    constexpr char32_t kVowels = 21;
    constexpr char32_t kTrails = 28;
    if (point < kFirst || point >= kFirst + 19 * kVowels * kTrails) {
        return false;
    }
    const char32_t index = point - kFirst;
    append_utf8(text, 0x1100 + index / (kVowels * kTrails));
    append_utf8(text, 0x1161 + index % (kVowels * kTrails) / kTrails);
    if (index % kTrails != 0) {
        append_utf8(text, 0x11A7 + index % kTrails);
    }
    return true;
}

void append_folded(std::string& text, char32_t point) {
    if (append_hangul(text, point)) {
        return;
    }
    std::array<char32_t, 4> marks{};
    std::size_t mark_count = 0;
    while (mark_count < marks.size()) {
        const auto found = std::ranges::lower_bound(
            kDecompositions, point, {}, [](const Decomposition& d) { return char32_t{d.whole}; }
        );
        if (found == kDecompositions.end() || found->whole != point) {
            break;
        }
        marks.at(mark_count++) = found->mark;
        point = found->base;
    }
    append_utf8(text, to_lower_point(point));
    while (mark_count > 0) {
        append_utf8(text, marks.at(--mark_count));
    }
}

}  // namespace

std::string fold_name(std::string_view name) {
    std::string folded;
    folded.reserve(name.size());
    while (!name.empty()) {
        append_folded(folded, take_point(name));
    }
    return folded;
}

std::string from_code_page_437(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        append_utf8(text, byte < 0x80 ? byte : kCodePage437.at(byte - 0x80U));
    }
    return text;
}

}  // namespace signalbox::scenario
