// The wire formats' view of base/url.hpp: percent-encoding, query strings and HTML forms.
//
// A form sent as `application/x-www-form-urlencoded` has the syntax of a query string.
//
// Threads: any.  Suspends: never.  Errors: as in base/url.hpp.
#pragma once

#include "base/url.hpp"

namespace signalbox::wire {

using signalbox::format_query;
using signalbox::parse_query;
using signalbox::percent_decode;
using signalbox::percent_encode;
using signalbox::percent_encode_path;
using signalbox::QueryParams;

[[nodiscard]] inline Result<QueryParams> parse_form(std::string_view body) {
    return parse_query(body);
}

}  // namespace signalbox::wire
