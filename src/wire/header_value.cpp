#include "wire/header_value.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>

namespace signalbox::wire {

namespace {

constexpr std::size_t kMaxParams = 32;
constexpr std::size_t kMaxBoundary = 70;

bool is_token_char(char c) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.contains(c);
}

std::string_view take_token(std::string_view& text) {
    const auto end = std::ranges::find_if_not(text, is_token_char);
    const auto length = static_cast<std::size_t>(end - text.begin());
    const std::string_view token = text.substr(0, length);
    text.remove_prefix(length);
    return token;
}

// `text` begins behind the opening quote and is left behind the closing one.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string value;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '"') {
            return value;
        }
        if (c == '\\' && !text.empty() && (text.front() == '"' || text.front() == '\\')) {
            value += text.front();
            text.remove_prefix(1);
        } else {
            value += c;
        }
    }
    return std::nullopt;
}

// `UTF-8'en'na%C3%AFve` (RFC 8187); other character sets are refused, nobody sends them.
std::optional<std::string> decode_extended(std::string_view text) {
    const std::size_t first = text.find('\'');
    const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    if (second == std::string_view::npos || !equals_ignoring_case(text.substr(0, first), "utf-8")) {
        return std::nullopt;
    }
    Result<std::string> decoded = percent_decode(text.substr(second + 1));
    if (!decoded || !is_valid_utf8(*decoded)) {
        return std::nullopt;
    }
    return *std::move(decoded);
}

Failure malformed(std::string_view whole) {
    constexpr std::size_t kShown = 200;
    return fail(
        Code::kInvalid,
        "BAD_HEADER",
        "malformed header value '" + to_valid_utf8(whole.substr(0, kShown)) + "'"
    );
}

// One `name=value` at the beginning of `rest`.
Result<std::pair<std::string, std::string>> take_param(
    std::string_view& rest, std::string_view whole
) {
    std::string name = to_lower(take_token(rest));
    if (name.empty() || !rest.starts_with('=')) {
        return malformed(whole);
    }
    rest.remove_prefix(1);
    std::optional<std::string> value;
    if (rest.starts_with('"')) {
        rest.remove_prefix(1);
        value = take_quoted(rest);
    } else {
        value = std::string(take_token(rest));
    }
    if (value && name.ends_with('*')) {
        value = decode_extended(*value);
    }
    if (!value) {
        return malformed(whole);
    }
    return std::pair(std::move(name), *std::move(value));
}

bool is_boundary_char(char c) {
    constexpr std::string_view kMarks = "'()+_,-./:=? ";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.contains(c);
}

}  // namespace

std::optional<std::string_view> HeaderValue::find(std::string_view name) const {
    const std::string extended = std::string(name) + "*";
    std::optional<std::string_view> plain;
    for (const auto& [key, text] : params) {
        if (key == extended) {
            return text;
        }
        if (key == name && !plain) {
            plain = text;
        }
    }
    return plain;
}

Result<HeaderValue> parse_header_value(std::string_view text) {
    HeaderValue result;
    const std::size_t end = text.find(';');
    result.value = to_lower(trim(text.substr(0, end)));
    std::string_view rest = end == std::string_view::npos ? "" : text.substr(end);
    for (rest = trim(rest); !rest.empty(); rest = trim(rest)) {
        if (rest.front() != ';') {
            return malformed(text);
        }
        rest = trim(rest.substr(1));
        if (rest.empty() || rest.front() == ';') {
            continue;
        }
        SB_TRY(auto param, take_param(rest, text));
        if (result.params.size() == kMaxParams) {
            return fail(
                Code::kInvalid,
                "BAD_HEADER",
                "header value has more than " + std::to_string(kMaxParams) + " parameters"
            );
        }
        result.params.push_back(std::move(param));
    }
    return result;
}

Result<std::string> parse_multipart_boundary(std::string_view content_type) {
    SB_TRY(const HeaderValue type, parse_header_value(content_type));
    if (type.value != "multipart/form-data") {
        return fail(
            Code::kUnsupported,
            "MEDIA_TYPE",
            "content type is '" + to_valid_utf8(type.value) + "', must be multipart/form-data"
        );
    }
    std::string boundary(type.find("boundary").value_or(""));
    if (boundary.empty() || boundary.size() > kMaxBoundary || boundary.ends_with(' ') ||
        !std::ranges::all_of(boundary, is_boundary_char)) {
        return fail(
            Code::kInvalid,
            "BAD_BOUNDARY",
            "multipart boundary '" + to_valid_utf8(boundary.substr(0, kMaxBoundary)) +
                "' must be 1 to " + std::to_string(kMaxBoundary) +
                " of the characters RFC 2046 allows"
        );
    }
    return boundary;
}

std::string format_attachment(std::string_view filename) {
    std::string plain;
    bool is_plain = true;
    for (const char c : filename) {
        const bool printable = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        plain += printable ? c : '_';
        is_plain = is_plain && printable;
    }
    std::string value = "attachment; filename=\"" + plain + "\"";
    if (!is_plain) {
        value += "; filename*=UTF-8''" + percent_encode(to_valid_utf8(filename));
    }
    return value;
}

}  // namespace signalbox::wire
