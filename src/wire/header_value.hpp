// A header value with parameters: `form-data; name="file"; filename*=UTF-8''na%C3%AFve.zip`.
//
// Values are tokens or quoted strings (RFC 9110, section 5.6); the extended form `name*` (RFC 8187)
// is decoded and found under `name`, where it wins over the plain form. As clients really write
// file names, a backslash escapes only a quote or another backslash.
//
// Threads: any.  Suspends: never.  Errors: kInvalid, with the value.
#pragma once

#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::wire {

struct HeaderValue {
    std::string value;  ///< before the first semicolon, trimmed, in lower case
    std::vector<std::pair<std::string, std::string>> params;  ///< names in lower case

    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
};

[[nodiscard]] Result<HeaderValue> parse_header_value(std::string_view text);

/// The boundary of a `multipart/form-data` content type; kUnsupported for other types, kInvalid for
/// a missing or malformed boundary (RFC 2046, section 5.1.1).
[[nodiscard]] Result<std::string> parse_multipart_boundary(std::string_view content_type);

/// `attachment; filename="…"`, with `filename*` beside it for what is not plain ASCII.
[[nodiscard]] std::string format_attachment(std::string_view filename);

}  // namespace signalbox::wire
