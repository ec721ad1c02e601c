// From a parsed head to a Request: what is refused before any handler sees it.
//
// Threads: any.  Suspends: never.  Errors: HttpProblem, with the status a server answers.
#pragma once

#include "net/http_message.hpp"
#include "net/http_parser.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace signalbox::net {

/// Fills method (also when it refuses the rest), target, path, query and headers. Refuses a
/// missing, doubled or malformed Host, a Content-Length that is not one number, an unsupported
/// Transfer-Encoding or Expect, a target above `max_target_bytes` or with a fragment, and paths
/// that are not sane: broken escapes, control characters, `.` and `..` segments, invalid UTF-8.
[[nodiscard]] Parsed<void> take_request_head(
    MessageHead head, std::size_t max_target_bytes, Request& request
);

/// `[A-Za-z0-9._-]{1,128}`.
[[nodiscard]] bool is_sane_request_id(std::string_view text);

}  // namespace signalbox::net
