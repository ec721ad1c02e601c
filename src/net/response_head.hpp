// A response's head as text, built by hand: one string, one write.
//
// Threads: any.  Suspends: never.  Errors: none; what would break a header's line becomes a blank.
#pragma once

#include "net/http_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

struct ResponseFraming {
    std::optional<std::uint64_t> content_length;  ///< empty and not chunked: up to the close
    bool chunked = false;
    bool close = false;
    bool http10 = false;
    std::string_view date;
    std::string_view request_id;
};

/// Headers of the response that are the server's to set are left out.
void append_response_head(
    std::string& out, const Response& response, const ResponseFraming& framing
);

/// 1xx, 204 and 304 have no body and no length (RFC 9110, section 6.4).
[[nodiscard]] bool status_has_body(unsigned status);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7); seconds since 1970.
[[nodiscard]] std::string format_http_date(std::int64_t unix_seconds);

}  // namespace signalbox::net
