// Where a reader of a job's log is, as text: the id of each event of the log stream.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::jobs {

/// Behind a byte of an attempt's log, or behind the closing event.
struct LogPosition {
    std::int32_t attempt = 0;  ///< 0: before the first
    std::uint64_t offset = 0;
    bool ended = false;

    bool operator==(const LogPosition&) const = default;
};

/// `<attempt>-<offset>` or `<attempt>-end`.
[[nodiscard]] std::string to_text(const LogPosition& position);
[[nodiscard]] std::optional<LogPosition> parse_log_position(std::string_view text);

}  // namespace signalbox::jobs
