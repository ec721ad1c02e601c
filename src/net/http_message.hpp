// Requests and responses as handlers and callers see them: plain values, no library's types.
//
// A Request lives until its handler has returned. The path is decoded once, for everybody: routes,
// logs and handlers see the same text; `%2F` is a slash. A Response needs a status, its own headers
// and a body; Content-Length, Transfer-Encoding, Date, Connection and X-Request-ID are the
// server's.
//
// Threads: the event loop.  Suspends: only by way of the body.  Errors: see http_body.hpp.
#pragma once

#include "net/http_body.hpp"
#include "net/http_headers.hpp"

#include "base/url.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

/// "GET"; kOther is "OTHER".
[[nodiscard]] std::string_view to_string(Method method);
/// Case matters (RFC 9110, section 9.1); what is not in the list is kOther.
[[nodiscard]] Method parse_method(std::string_view word);

struct Request {
    Method method = Method::kGet;
    std::string target;      ///< as it was sent
    std::string path = "/";  ///< decoded; starts with a slash, no `.` or `..` among its segments
    QueryParams query;       ///< decoded, in order
    Headers headers;
    std::string peer;        ///< the client's address without its port, or "unix"
    std::string request_id;  ///< the caller's X-Request-ID if it was sane, else ours
    bool secure = false;     ///< came over TLS
    BodyReader body;

    /// The first query parameter of this name.
    [[nodiscard]] std::optional<std::string_view> find_query(std::string_view name) const;
};

struct Response {
    unsigned status = 200;
    Headers headers;
    ResponseBody body;
};

/// "Not Found"; "Unknown" for what RFC 9110 does not list.
[[nodiscard]] std::string_view reason_phrase(unsigned status);

/// What the server itself refuses, before or instead of a handler; rendered by its owner.
struct Refusal {
    unsigned status;
    std::string word;     ///< machine word: HEAD_TOO_LARGE
    std::string message;  ///< one sentence with the value and the limit
    std::string request_id;
};

/// One finished exchange, for logs and metrics.
struct RequestSummary {
    Method method;
    std::string_view path;  ///< decoded; not the route's pattern
    unsigned status;
    std::chrono::nanoseconds duration;  ///< from the head to the last byte written
    std::uint64_t bytes_received;       ///< of the body
    std::uint64_t bytes_sent;           ///< of the body
    std::string_view request_id;
    std::string_view peer;
};

}  // namespace signalbox::net
