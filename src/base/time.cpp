#include "base/time.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace signalbox {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// Exactly `length` digits at `at`.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t length) {
    if (at + length > text.size() || text[at] == '-') {
        return std::nullopt;
    }
    return parse_number<int>(text.substr(at, length));
}

// `Z`, `z`, `+02:00` or `-02:00`, as minutes east of UTC.
std::optional<int> offset_minutes(std::string_view text) {
    if (text == "Z" || text == "z") {
        return 0;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const auto hours = digits(text, 1, 2);
    const auto minutes = digits(text, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) {
        return std::nullopt;
    }
    return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

}  // namespace

std::string to_rfc3339(Instant instant) {
    const auto day = std::chrono::floor<days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(instant - day);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count(),
        time.subseconds().count()
    );
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) {
        return std::nullopt;
    }
    if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
        text[13] != ':' || text[16] != ':') {
        return std::nullopt;
    }
    std::size_t end = 19;
    int fraction = 0;
    if (end < text.size() && text[end] == '.') {
        const std::size_t first = ++end;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
            const std::size_t place = end++ - first;
            fraction += place < 3 ? (text[end - 1] - '0') * (place == 0   ? 100
                                                             : place == 1 ? 10
                                                                          : 1)
                                  : 0;
        }
        if (end == first) {
            return std::nullopt;
        }
    }
    const auto offset = offset_minutes(text.substr(end));
    const std::chrono::year_month_day date(
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(*month)),
        std::chrono::day(static_cast<unsigned>(*day))
    );
    if (!offset || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute - *offset) + std::chrono::seconds(*second) +
           milliseconds(fraction);
}

}  // namespace signalbox
