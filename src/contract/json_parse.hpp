// Parsing of JSON text within bounds; internal to contract/, as all that shows Boost.JSON.
//
// Threads: any.  Suspends: never.
// Errors: kInvalid MALFORMED_JSON naming line and column, kTooLarge.
#pragma once

#include "base/error.hpp"
#include "contract/body_reader.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::contract {

[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text, JsonLimits limits);

/// Whole numbers also when written as `2.0`.
[[nodiscard]] std::optional<std::int64_t> whole_number(const boost::json::value& value);

/// The value for a sentence: short, on one line, texts in quotes.
[[nodiscard]] std::string shown(const boost::json::value& value);
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace signalbox::contract
