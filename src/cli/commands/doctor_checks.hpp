// What `signalbox doctor` looks at on this machine, one answer each.
//
// Threads: any (blocking).  Suspends: never.  Errors: none; what is wrong is the answer.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

enum class Health : std::uint8_t { kOk, kWarn, kFail };

struct Check {
    Health health = Health::kOk;
    std::string what;    ///< "sumo"
    std::string found;   ///< "1.15.0 at /usr/share/sumo"
    std::string advice;  ///< what to do; empty when all is well
};

[[nodiscard]] Check check_processors();
[[nodiscard]] Check check_memory();

/// One answer per installation, the default first; a failure when there is none.
[[nodiscard]] std::vector<Check> check_simulators();

/// Room and rights of the data directory, or of where it would be made.
[[nodiscard]] std::vector<Check> check_data(const std::filesystem::path& data);

[[nodiscard]] Check check_user();
/// What confines a run: Landlock and seccomp.
[[nodiscard]] std::vector<Check> check_kernel();

/// The server's `Date` (RFC 9110, section 5.6.7) against our clock.
[[nodiscard]] Check check_clock(std::string_view date, Instant now);

[[nodiscard]] std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace signalbox::cli
