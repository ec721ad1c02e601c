// Time-ordered identifiers: UUIDv7 (RFC 9562, section 5.7).
//
// A generator hands out strictly increasing ids, also within one millisecond and when the clock
// steps back: it then goes on counting from the last time it used.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"

#include <string>
#include <string_view>

namespace signalbox {

class UuidGenerator {
public:
    /// Both must outlive the generator.
    UuidGenerator(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

    /// 36 characters, lower case.
    [[nodiscard]] std::string next();

private:
    const Clock& clock_;
    Random& random_;
    std::int64_t last_milliseconds_ = 0;
    std::uint32_t counter_ = 0;  ///< the 12 bits after the version, then the random part
};

/// True for 8-4-4-4-12 hexadecimal digits, either case.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace signalbox
