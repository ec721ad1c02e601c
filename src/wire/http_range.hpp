// `Range: bytes=…` against a body of known size (RFC 9110, section 14).
//
// One range is served; several, other units and malformed ones are ignored, as the standard allows,
// which means the whole body.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::wire {

struct RangeAnswer {
    enum class Kind : std::uint8_t {
        kWhole,          ///< 200
        kPart,           ///< 206
        kUnsatisfiable,  ///< 416
    };

    Kind kind = Kind::kWhole;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// `header` is the value of the Range field, "" when there is none.
[[nodiscard]] RangeAnswer parse_range(std::string_view header, std::uint64_t size);

/// The Content-Range field of a kPart or kUnsatisfiable answer.
[[nodiscard]] std::string format_content_range(const RangeAnswer& answer, std::uint64_t size);

}  // namespace signalbox::wire
