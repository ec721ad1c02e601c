// Times, numbers and counts as people say them.
//
// Threads: any.  Suspends: never.  Errors: a malformed duration is nullopt.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::cli {

/// `just now`, `3 min ago`, `5 h ago`, `2 days ago`, then the date; `in 5 min` for what is to come.
[[nodiscard]] std::string time_ago(Instant then, Instant now);
[[nodiscard]] std::string time_ago(const std::optional<Instant>& then, Instant now);

/// `90`, `90s`, `5m`, `2h`, `1d`: seconds, at least one.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// `2 s`, `1 min 5 s`: how long something is waited for; never `0 s`.
[[nodiscard]] std::string wait_text(std::chrono::milliseconds wait);

/// `1 vehicle`, `12 vehicles`; `noun` takes a plain s.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun);

/// With a blank between groups of three digits from 10,000 on: `12 345`.
[[nodiscard]] std::string grouped(std::int64_t number);

/// `decimals` digits after the point, without zeros at the end.
[[nodiscard]] std::string decimal(double number, int decimals);

}  // namespace signalbox::cli
