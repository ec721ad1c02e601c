#include "base/url.hpp"

#include "base/text.hpp"

namespace signalbox {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string encode(std::string_view text, bool keep_slash) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || (keep_slash && c == '/')) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, PlusSign plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == PlusSign::kIsSpace) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return fail(
                    Code::kInvalid,
                    "BAD_ENCODING",
                    "'" + to_valid_utf8(text.substr(i, 3)) + "' is not a percent-encoded byte"
                );
            }
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    return encode(text, false);
}

std::string percent_encode_path(std::string_view path) {
    return encode(path, true);
}

Result<QueryParams> parse_query(std::string_view text, std::size_t max_params) {
    QueryParams params;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view piece = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (piece.empty()) {
            continue;
        }
        if (params.size() == max_params) {
            return fail(
                Code::kInvalid,
                "TOO_MANY_PARAMETERS",
                "more than " + std::to_string(max_params) + " parameters"
            );
        }
        const std::size_t equals = piece.find('=');
        SB_TRY(std::string name, percent_decode(piece.substr(0, equals), PlusSign::kIsSpace));
        const std::string_view raw =
            equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
        SB_TRY(std::string value, percent_decode(raw, PlusSign::kIsSpace));
        params.emplace_back(std::move(name), std::move(value));
    }
    return params;
}

std::string format_query(const QueryParams& params) {
    std::string out;
    for (const auto& [name, value] : params) {
        if (!out.empty()) {
            out += '&';
        }
        out += percent_encode(name);
        out += '=';
        out += percent_encode(value);
    }
    return out;
}

}  // namespace signalbox
