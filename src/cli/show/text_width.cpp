#include "cli/show/text_width.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace signalbox::cli {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct Range {
    char32_t first;
    char32_t last;
};

constexpr std::array kZeroWidth{
    Range{0x0300, 0x036F},
    Range{0x200B, 0x200F},
    Range{0x20D0, 0x20FF},
    Range{0xFE00, 0xFE0F},
    Range{0xFE20, 0xFE2F},
};

constexpr std::array kDoubleWidth{
    Range{0x1100, 0x115F},
    Range{0x2E80, 0x303E},
    Range{0x3041, 0xA4CF},
    Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},
    Range{0xFF00, 0xFF60},
    Range{0xFFE0, 0xFFE6},
    Range{0x1F300, 0x1F64F},
    Range{0x1F900, 0x1F9FF},
    Range{0x20000, 0x3FFFD},
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
    return std::ranges::any_of(ranges, [c](Range range) {
        return c >= range.first && c <= range.last;
    });
}

std::size_t width_of(char32_t c) {
    if (is_in(kZeroWidth, c)) {
        return 0;
    }
    return is_in(kDoubleWidth, c) ? 2 : 1;
}

/// Bytes of the character that begins with `lead`; 1 for a stray continuation.
std::size_t length_of(unsigned char lead) {
    if (lead < 0xC0U) {
        return 1;
    }
    if (lead < 0xE0U) {
        return 2;
    }
    return lead < 0xF0U ? 3 : 4;
}

/// Takes the first character off valid UTF-8.
std::string_view take_character(std::string_view& text, char32_t& value) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = std::min(length_of(lead), text.size());
    const std::string_view character = text.substr(0, length);
    value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (const char next : character.substr(1)) {
        value = (value << 6U) | (static_cast<unsigned char>(next) & 0x3FU);
    }
    text.remove_prefix(length);
    return character;
}

std::string made_harmless(std::string_view text, bool keep_lines) {
    std::string out;
    const std::string valid = to_valid_utf8(text);
    std::string_view rest = valid;
    while (!rest.empty()) {
        char32_t value = 0;
        const std::string_view character = take_character(rest, value);
        if (value == '\n' || value == '\t') {
            out += keep_lines ? character : " ";
        } else if (value < 0x20 || (value >= 0x7F && value < 0xA0)) {
            out += kReplacement;
        } else {
            out += character;
        }
    }
    return out;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    const std::string valid = to_valid_utf8(text);
    std::string_view rest = valid;
    std::size_t width = 0;
    while (!rest.empty()) {
        char32_t value = 0;
        take_character(rest, value);
        width += width_of(value);
    }
    return width;
}

std::string fit(std::string_view text, std::size_t columns) {
    std::string valid = to_valid_utf8(text);
    if (display_width(valid) <= columns) {
        return valid;
    }
    std::string out;
    std::size_t width = 1;  // the ellipsis
    std::string_view rest = valid;
    while (!rest.empty()) {
        char32_t value = 0;
        const std::string_view character = take_character(rest, value);
        width += width_of(value);
        if (width > columns) {
            break;
        }
        out += character;
    }
    return columns == 0 ? std::string() : out + std::string(kEllipsis);
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines{""};
    std::size_t width = 0;
    for (const std::string_view word : split(text, ' ')) {
        const std::size_t further = display_width(word);
        if (width > 0 && width + 1 + further > columns) {
            lines.emplace_back();
            width = 0;
        }
        lines.back() += (width > 0 ? " " : "") + std::string(word);
        width += further + (width > 0 ? 1 : 0);
    }
    return lines;
}

std::string pad(std::string_view text, std::size_t columns, Align align) {
    const std::size_t width = display_width(text);
    const std::string blanks(columns > width ? columns - width : 0, ' ');
    return align == Align::kLeft ? std::string(text) + blanks : blanks + std::string(text);
}

std::string printable(std::string_view text) {
    return made_harmless(text, false);
}

std::string printable_lines(std::string_view text) {
    return made_harmless(text, true);
}

}  // namespace signalbox::cli
