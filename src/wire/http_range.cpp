#include "wire/http_range.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace signalbox::wire {

namespace {

// Digits only; what is above 64 bits counts as the largest number.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    return parse_number<std::uint64_t>(text).value_or(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace

RangeAnswer parse_range(std::string_view header, std::uint64_t size) {
    using Kind = RangeAnswer::Kind;
    const RangeAnswer whole{.kind = Kind::kWhole, .offset = 0, .length = size};
    const std::size_t equals = header.find('=');
    if (equals == std::string_view::npos ||
        !equals_ignoring_case(trim(header.substr(0, equals)), "bytes")) {
        return whole;
    }
    const std::string_view spec = trim(header.substr(equals + 1));
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos) {
        return whole;
    }
    const std::string_view first_text = spec.substr(0, dash);
    const std::string_view last_text = spec.substr(dash + 1);
    const auto first = parse_position(first_text);
    const auto last = parse_position(last_text);
    if (first_text.empty() && last) {
        const std::uint64_t length = std::min(*last, size);
        return length == 0
                   ? RangeAnswer{.kind = Kind::kUnsatisfiable, .offset = 0, .length = 0}
                   : RangeAnswer{.kind = Kind::kPart, .offset = size - length, .length = length};
    }
    if (!first || (!last && !last_text.empty()) || (last && *last < *first)) {
        return whole;
    }
    if (*first >= size) {
        return {.kind = Kind::kUnsatisfiable, .offset = 0, .length = 0};
    }
    const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
    return {.kind = Kind::kPart, .offset = *first, .length = end - *first + 1};
}

std::string format_content_range(const RangeAnswer& answer, std::uint64_t size) {
    if (answer.kind != RangeAnswer::Kind::kPart) {
        return "bytes */" + std::to_string(size);
    }
    return "bytes " + std::to_string(answer.offset) + "-" +
           std::to_string(answer.offset + answer.length - 1) + "/" + std::to_string(size);
}

}  // namespace signalbox::wire
