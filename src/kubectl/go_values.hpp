// Values of flags as Go reads them, written one way.
//
// Stricter than Go where two readings are possible: numbers are decimal without leading zeros,
// lists hold no quotes, durations are not negative.
//
// Threads: any.  Suspends: never.  Errors: absent for what is no such value.
#pragma once

#include "kubectl/command_table.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::kubectl {

/// Go's time.ParseDuration: `1h30m`, `1.5s`, `0`. At most a hundred years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text);

/// Go's strconv.ParseBool: 1, t, T, TRUE, true, True and their opposites.
[[nodiscard]] std::optional<bool> parse_go_bool(std::string_view text);

[[nodiscard]] std::optional<std::string> canonical_value(FlagType type, std::string_view text);

/// `number`, `duration`, … for messages.
[[nodiscard]] std::string_view to_words(FlagType type);

}  // namespace signalbox::kubectl
