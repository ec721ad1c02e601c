// Percent-encoding and query strings (RFC 3986; application/x-www-form-urlencoded).
//
// In base because servers, clients and wire formats need the same reading of the same text.
//
// Threads: any.  Suspends: never.
// Errors: kInvalid for `%` without two hexadecimal digits, and for more parameters than allowed.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

enum class PlusSign : std::uint8_t { kLiteral, kIsSpace };

[[nodiscard]] Result<std::string> percent_decode(
    std::string_view text, PlusSign plus = PlusSign::kLiteral
);

/// Everything but unreserved characters (letters, digits, `-._~`) encoded: fit for a path segment,
/// a query name or value.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// The same, slashes kept: fit for a relative path.
[[nodiscard]] std::string percent_encode_path(std::string_view path);

using QueryParams = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t kMaxQueryParams = 256;

/// `a=1&b=x+y&c` in order, decoded; what lacks a `=` has an empty value, empty pieces are skipped.
[[nodiscard]] Result<QueryParams> parse_query(
    std::string_view text, std::size_t max_params = kMaxQueryParams
);

/// The inverse: `name=value&…`, encoded.
[[nodiscard]] std::string format_query(const QueryParams& params);

}  // namespace signalbox
