#include "net/response_head.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace signalbox::net {

namespace {

constexpr std::array<std::string_view, 5> kServersOwn{
    "Content-Length", "Transfer-Encoding", "Connection", "Date", "X-Request-ID"
};

bool is_servers_own(std::string_view name) {
    return std::ranges::any_of(kServersOwn, [name](std::string_view own) {
        return own.size() == name.size() && equals_ignoring_case(own, name);
    });
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

bool status_has_body(unsigned status) {
    return status >= 200 && status != 204 && status != 304;
}

void append_response_head(
    std::string& out, const Response& response, const ResponseFraming& framing
) {
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\nDate: ";
    out += framing.date;
    out += "\r\nX-Request-ID: ";
    out += framing.request_id;
    out += "\r\n";
    for (const Header& field : response.headers) {
        if (!is_servers_own(field.name)) {
            append_field(out, field.name, field.value);
        }
    }
    if (framing.chunked) {
        out += "Transfer-Encoding: chunked\r\n";
    } else if (framing.content_length && status_has_body(response.status)) {
        out += "Content-Length: ";
        append_number(out, *framing.content_length);
        out += "\r\n";
    }
    if (framing.close) {
        out += "Connection: close\r\n";
    } else if (framing.http10) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

std::string format_http_date(std::int64_t unix_seconds) {
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    const std::time_t time = unix_seconds;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 64> text{};
    const int length = std::snprintf(
        text.data(),
        text.size(),
        "%s, %02d %s %d %02d:%02d:%02d GMT",
        kDays.at(static_cast<std::size_t>(parts.tm_wday)),
        parts.tm_mday,
        kMonths.at(static_cast<std::size_t>(parts.tm_mon)),
        parts.tm_year + 1900,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec
    );
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace signalbox::net
