#include "kubectl/flag_values.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "kubectl/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::kubectl {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_label_sign(char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
}

bool is_label_value(std::string_view text) {
    return text.empty() ||
           (text.size() <= 63 && is_letter_or_digit(text.front()) &&
            is_letter_or_digit(text.back()) && std::ranges::all_of(text, is_label_sign));
}

bool is_label_key(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return !text.empty() && is_label_value(text);
    }
    return is_object_name(text.substr(0, slash)) && !text.substr(slash + 1).empty() &&
           is_label_value(text.substr(slash + 1));
}

// `in (a, b)` behind a key.
bool is_set(std::string_view text) {
    text = trim(text);
    for (const std::string_view word : {"in", "notin"}) {
        if (!text.starts_with(word)) {
            continue;
        }
        const std::string_view list = trim(text.substr(word.size()));
        if (!list.starts_with('(') || !list.ends_with(')')) {
            continue;
        }
        const auto values = split(list.substr(1, list.size() - 2), ',');
        return std::ranges::all_of(values, [](auto one) { return is_label_value(trim(one)); });
    }
    return false;
}

bool is_requirement(std::string_view text) {
    text = trim(text);
    if (text.starts_with('!')) {
        return is_label_key(trim(text.substr(1)));
    }
    const std::size_t end = text.find_first_of("=!<> ");
    const std::string_view key = text.substr(0, end);
    if (!is_label_key(key)) {
        return false;
    }
    if (end == std::string_view::npos) {
        return true;
    }
    std::string_view rest = trim(text.substr(end));
    for (const std::string_view sign : {"==", "!=", "="}) {
        if (rest.starts_with(sign)) {
            return is_label_value(trim(rest.substr(sign.size())));
        }
    }
    if (rest.starts_with('<') || rest.starts_with('>')) {
        return parse_number<std::int64_t>(trim(rest.substr(1))).has_value();
    }
    return is_set(rest);
}

// At commas that stand in no brackets.
std::vector<std::string_view> split_requirements(std::string_view text) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        if (text[i] == ',' && depth == 0) {
            pieces.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    pieces.push_back(text.substr(begin));
    return pieces;
}

bool is_list_of(std::string_view text, bool (*is_one)(std::string_view)) {
    return std::ranges::all_of(split(text, ','), is_one);
}

bool is_at_least(std::string_view text, std::int64_t least) {
    return parse_number<std::int64_t>(text).value_or(least - 1) >= least;
}

bool is_event_type(std::string_view text) {
    return equals_ignoring_case(text, "Normal") || equals_ignoring_case(text, "Warning");
}

bool is_usage(std::string_view text) {
    return text == "cpu" || text == "memory";
}

struct Expected {
    std::string_view flag;
    std::string_view what;
};

constexpr std::array kExpected = std::to_array<Expected>({
    {"selector", "a label selector such as app=web,tier!=cache or app in (web,api)"},
    {"field-selector", "a field selector such as status.phase=Running"},
    {"label-columns", "label keys separated by commas"},
    {"types", "Normal or Warning"},
    {"tail", "a number of lines, or -1 for all"},
    {"limit-bytes", "a number from 0"},
    {"max-log-requests", "a number from 0"},
    {"revision", "a number from 0"},
    {"chunk-size", "a number from 0"},
    {"since-time", "a time such as 2026-01-31T12:00:00Z"},
    {"sort-by", "cpu or memory"},
});

bool fits(Verb verb, std::string_view flag, std::string_view value) {
    if (flag == "selector") {
        return is_label_selector(value);
    }
    if (flag == "field-selector") {
        return is_field_selector(value);
    }
    if (flag == "label-columns") {
        return is_list_of(value, is_label_key);
    }
    if (flag == "types") {
        return is_list_of(value, is_event_type);
    }
    if (flag == "tail") {
        return is_at_least(value, -1);
    }
    if (flag == "since-time") {
        return parse_rfc3339(value).has_value();
    }
    if (flag == "sort-by") {
        return (verb != Verb::kTopPods && verb != Verb::kTopNodes) || is_usage(value);
    }
    const bool is_count = std::ranges::find(kExpected, flag, &Expected::flag) != kExpected.end();
    return !is_count || is_at_least(value, 0);
}

}  // namespace

bool is_label_selector(std::string_view text) {
    return trim(text).empty() || std::ranges::all_of(split_requirements(text), is_requirement);
}

bool is_field_selector(std::string_view text) {
    const auto is_path = [](char c) { return is_label_sign(c) || c == '/'; };
    constexpr std::string_view kNever = "()'\"`;&|<>$\\";
    return text.empty() || std::ranges::all_of(split(text, ','), [&](std::string_view term) {
               const std::size_t end = term.find_first_of("=!");
               const std::string_view path = term.substr(0, end);
               return end != std::string_view::npos && !path.empty() &&
                      is_letter_or_digit(path.front()) && std::ranges::all_of(path, is_path) &&
                      term.find_first_of(kNever) == std::string_view::npos;
           });
}

Result<void> check_value(Verb verb, std::string_view flag, std::string_view value) {
    if (!fits(verb, flag, value)) {
        const auto expected = std::ranges::find(kExpected, flag, &Expected::flag);
        return refuse(
            Rule::kMalformed,
            fmt::format("--{}: \"{}\" is not what it takes", flag, value),
            std::string(expected->what)
        );
    }
    return {};
}

}  // namespace signalbox::kubectl
