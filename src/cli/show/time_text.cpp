#include "cli/show/time_text.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kDatesAfter = 14 * kDay;
constexpr std::int64_t kLongestDuration = 10 * 365 * kDay;

std::string span_text(std::int64_t span) {
    if (span < kMinute) {
        return fmt::format("{} s", span);
    }
    if (span < kHour) {
        return fmt::format("{} min", span / kMinute);
    }
    if (span < 2 * kDay) {
        return fmt::format("{} h", span / kHour);
    }
    return fmt::format("{} days", span / kDay);
}

}  // namespace

std::string time_ago(Instant then, Instant now) {
    const std::int64_t span = duration_cast<seconds>(now - then).count();
    if (std::abs(span) > kDatesAfter) {
        return to_rfc3339(then).substr(0, 10);
    }
    if (span < 0) {
        return "in " + span_text(-span);
    }
    return span < 2 ? "just now" : span_text(span) + " ago";
}

std::string time_ago(const std::optional<Instant>& then, Instant now) {
    return then ? time_ago(*then, now) : std::string();
}

std::optional<seconds> parse_duration(std::string_view text) {
    std::int64_t unit = 1;
    if (!text.empty() && (text.back() < '0' || text.back() > '9')) {
        switch (text.back()) {
            case 's':
                break;
            case 'm':
                unit = kMinute;
                break;
            case 'h':
                unit = kHour;
                break;
            case 'd':
                unit = kDay;
                break;
            default:
                return std::nullopt;
        }
        text.remove_suffix(1);
    }
    const auto number = parse_number<std::int64_t>(text);
    if (!number || *number < 1 || *number > kLongestDuration / unit) {
        return std::nullopt;
    }
    return seconds(*number * unit);
}

std::string wait_text(std::chrono::milliseconds wait) {
    return format_duration(std::max<std::chrono::milliseconds>(wait, seconds(1)));
}

std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(std::abs(number));
    if (digits.size() > 4) {
        for (std::size_t place = digits.size() - 3; place > 0; place = place > 3 ? place - 3 : 0) {
            digits.insert(place, " ");
        }
    }
    return (number < 0 ? "-" : "") + digits;
}

std::string decimal(double number, int decimals) {
    std::string text = fmt::format("{:.{}f}", number, decimals);
    if (text.contains('.')) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.')) {
            text.pop_back();
        }
    }
    return text;
}

}  // namespace signalbox::cli
