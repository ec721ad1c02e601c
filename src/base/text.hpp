// Small things done to text: trimming, case, UTF-8, hexadecimal, nearest word, sizes for people.
//
// Case and white space are ASCII's: protocol words and file names, never prose.
//
// Threads: any.  Suspends: never.  Errors: parse_* of a malformed number is nullopt.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Pieces between separators, empty ones too; "" gives one empty piece.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

[[nodiscard]] std::string join(std::span<const std::string> pieces, std::string_view separator);

[[nodiscard]] bool is_hex_digit(char c);
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// Every byte that is not part of valid UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

/// `point` must be a Unicode scalar value.
void append_utf8(std::string& text, char32_t point);

/// Code points of valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// Anything below U+0020 or U+007F.
[[nodiscard]] bool has_control_characters(std::string_view text);

/// The candidate that takes the fewest edits to reach, if it is near enough to be a likely typo.
[[nodiscard]] std::optional<std::string> nearest_word(
    std::string_view word, std::span<const std::string> candidates
);

/// Base64url without padding (RFC 4648, section 5).
[[nodiscard]] std::string to_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

/// `512 B`, `3.4 KiB`, `1.2 GiB`.
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

/// `42 s`, `3 min 5 s`, `2 h 10 min`.
[[nodiscard]] std::string format_duration(double seconds);
[[nodiscard]] std::string format_duration(std::chrono::duration<double> time);

/// The whole text as a number, or nothing.
template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace signalbox
