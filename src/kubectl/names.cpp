#include "kubectl/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::kubectl {

namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxName = 253;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_letter_or_digit(char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

}  // namespace

bool is_namespace_name(std::string_view text) {
    return !text.empty() && text.size() <= kMaxLabel && is_lower_or_digit(text.front()) &&
           is_lower_or_digit(text.back()) &&
           std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_object_name(std::string_view text) {
    constexpr std::string_view kSigns = "-._:";
    constexpr std::string_view kNeverOutside = "-.";
    return !text.empty() && text.size() <= kMaxName && !kNeverOutside.contains(text.front()) &&
           !kNeverOutside.contains(text.back()) && std::ranges::all_of(text, [&](char c) {
               return is_letter_or_digit(c) || kSigns.contains(c);
           });
}

Result<void> check_namespace(std::string_view text) {
    if (!is_namespace_name(text)) {
        return refuse(
            Rule::kMalformed,
            fmt::format("no namespace can be called \"{}\"", text),
            "lower-case letters, digits and -, at most 63"
        );
    }
    return {};
}

Result<void> check_name(std::string_view text) {
    if (!is_object_name(text)) {
        return refuse(
            Rule::kMalformed,
            fmt::format("no object can be called \"{}\"", text),
            "letters, digits, -, . and :, at most 253"
        );
    }
    return {};
}

}  // namespace signalbox::kubectl
