#include "contract/json_parse.hpp"

#include "base/text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <cmath>

namespace signalbox::contract {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxShownBytes = 80;

Failure malformed(std::string_view text, std::size_t position, std::string_view why) {
    const std::string_view before = text.substr(0, position);
    const auto line = 1 + std::ranges::count(before, '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return fail(
        Code::kInvalid,
        "MALFORMED_JSON",
        "Malformed JSON at line " + std::to_string(line) + ", column " +
            std::to_string(position - line_start + 1) + ": " + std::string(why)
    );
}

}  // namespace

Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.max_bytes) {
        return fail(
            Code::kTooLarge,
            "JSON_TOO_LARGE",
            "JSON of " + std::to_string(text.size()) + " bytes is larger than " +
                std::to_string(limits.max_bytes) + " bytes"
        );
    }
    json::parse_options options;
    options.max_depth = limits.max_depth;
    json::stream_parser parser({}, options);
    boost::system::error_code problem;
    const std::size_t taken = parser.write_some(text.data(), text.size(), problem);
    if (problem == json::error::too_deep) {
        return malformed(
            text, taken, "nested deeper than " + std::to_string(limits.max_depth) + " levels"
        );
    }
    if (!problem) {
        parser.finish(problem);  // ends a number at the end of the text
    }
    if (problem) {
        return malformed(text, taken, problem.message());
    }
    if (const auto rest = trim(text.substr(taken)); !rest.empty()) {
        return malformed(
            text, static_cast<std::size_t>(rest.data() - text.data()), "text behind the value"
        );
    }
    return parser.release();
}

std::optional<std::int64_t> whole_number(const json::value& value) {
    if (value.is_int64()) {
        return value.get_int64();
    }
    // 2^63 is the first double too large.
    constexpr double kEnd = 9223372036854775808.0;
    if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
        value.get_double() >= -kEnd && value.get_double() < kEnd) {
        return static_cast<std::int64_t>(value.get_double());
    }
    return std::nullopt;
}

std::string shown(const json::value& value) {
    if (value.is_string()) {
        return shown(std::string_view(value.get_string()));
    }
    if (value.is_object()) {
        return "an object";
    }
    if (value.is_array()) {
        return "a list";
    }
    return json::serialize(value);
}

std::string shown(std::string_view text) {
    std::string safe = to_valid_utf8(text.substr(0, kMaxShownBytes));
    std::ranges::replace_if(safe, [](char c) { return has_control_characters({&c, 1}); }, ' ');
    return '"' + safe + (text.size() > kMaxShownBytes ? "…\"" : "\"");
}

}  // namespace signalbox::contract
