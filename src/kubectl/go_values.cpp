#include "kubectl/go_values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbox::kubectl {

namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    double milliseconds;
};

// Longer names first: `m` begins `ms`. The micro sign has two code points.
constexpr std::array kUnits = std::to_array<Unit>({
    {"ns", 1e-6},
    {"us", 1e-3},
    {"\u00b5s", 1e-3},
    {"\u03bcs", 1e-3},
    {"ms", 1},
    {"s", 1e3},
    {"m", 6e4},
    {"h", 3.6e6},
});
constexpr double kMostMilliseconds = 100 * 365.25 * 86'400e3;
constexpr std::size_t kMaxDigits = 15;  // exact as a double

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// `12.5` from the front of `text`.
std::optional<double> take_decimal(std::string_view& text) {
    const auto end = std::ranges::find_if(text, [](char c) { return !is_digit(c) && c != '.'; });
    const std::string_view digits(text.begin(), end);
    if (digits.size() > kMaxDigits || std::ranges::count(digits, '.') > 1 ||
        std::ranges::none_of(digits, is_digit)) {
        return std::nullopt;
    }
    text.remove_prefix(digits.size());
    double value = 0;
    double place = 1;
    bool fraction = false;
    for (const char c : digits) {
        if (c == '.') {
            fraction = true;
        } else {
            value = value * 10 + (c - '0');
            place *= fraction ? 10 : 1;
        }
    }
    return value / place;
}

bool is_number(std::string_view text) {
    if (text.starts_with('-')) {
        text.remove_prefix(1);
    }
    return !text.empty() && text.size() <= kMaxDigits && std::ranges::all_of(text, is_digit) &&
           (text.size() == 1 || text.front() != '0');
}

}  // namespace

std::optional<milliseconds> parse_go_duration(std::string_view text) {
    if (text == "0") {
        return milliseconds(0);
    }
    if (text.empty()) {
        return std::nullopt;
    }
    double total = 0;
    while (!text.empty()) {
        const auto value = take_decimal(text);
        const auto unit = std::ranges::find_if(kUnits, [&](const Unit& one) {
            return text.starts_with(one.name);
        });
        if (!value || unit == kUnits.end()) {
            return std::nullopt;
        }
        text.remove_prefix(unit->name.size());
        total += *value * unit->milliseconds;
        if (total > kMostMilliseconds) {
            return std::nullopt;
        }
    }
    return milliseconds(std::llround(std::ceil(total)));
}

std::optional<bool> parse_go_bool(std::string_view text) {
    constexpr std::array<std::string_view, 6> kTrue{"1", "t", "T", "TRUE", "true", "True"};
    constexpr std::array<std::string_view, 6> kFalse{"0", "f", "F", "FALSE", "false", "False"};
    if (std::ranges::find(kTrue, text) != kTrue.end()) {
        return true;
    }
    return std::ranges::find(kFalse, text) != kFalse.end() ? std::optional(false) : std::nullopt;
}

std::optional<std::string> canonical_value(FlagType type, std::string_view text) {
    const std::string same(text);
    switch (type) {
        case FlagType::kBool: {
            const auto value = parse_go_bool(text);
            return value ? std::optional<std::string>(*value ? "true" : "false") : std::nullopt;
        }
        case FlagType::kNumber:
            return is_number(text) ? std::optional(same) : std::nullopt;
        case FlagType::kDuration:
            return parse_go_duration(text) ? std::optional(same) : std::nullopt;
        case FlagType::kList:
            return text.contains('"') ? std::nullopt : std::optional(same);
        case FlagType::kText:
            return same;
    }
    return std::nullopt;
}

std::string_view to_words(FlagType type) {
    switch (type) {
        case FlagType::kBool:
            return "true or false";
        case FlagType::kNumber:
            return "decimal number";
        case FlagType::kDuration:
            return "duration such as 5s, 2m or 1h30m";
        case FlagType::kList:
            return "list separated by commas";
        case FlagType::kText:
            return "text";
    }
    return "value";
}

}  // namespace signalbox::kubectl
