// RFC 3339 times, always UTC, as they stand in every JSON body: `2026-01-31T23:59:59.123Z`.
//
// Threads: any.  Suspends: never.  Errors: a malformed text is nullopt.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

[[nodiscard]] std::string to_rfc3339(Instant instant);

/// Takes `Z` or an offset, with or without a fraction; no leap seconds.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace signalbox
