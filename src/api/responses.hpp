// The forms answers have: JSON, nothing, text, a file in ranges, an error.
//
// Threads: any.  Suspends: never.  Errors: none; download_response renders its own 416.
#pragma once

#include "api/request_context.hpp"
#include "base/error.hpp"
#include "files/scenario_files.hpp"
#include "net/http_message.hpp"

#include <string>
#include <string_view>

namespace signalbox::api {

[[nodiscard]] net::Response json_response(std::string body, unsigned status = 200);

/// No body.
[[nodiscard]] net::Response empty_response(unsigned status = 204);

[[nodiscard]] net::Response text_response(std::string body, std::string content_type);

/// The one body of all errors, with the headers its status asks for.
[[nodiscard]] net::Response error_response(
    const Error& error, std::string_view request_id, Instant now
);

struct Download {
    files::OpenFile file;
    std::string sha256;  ///< its ETag
    std::string content_type;
    std::string filename;  ///< under which a browser saves it; empty: none
};

/// The file, a range of it, or 304 or 416, as the request's headers ask.
[[nodiscard]] net::Response download_response(const RequestContext& context, Download download);

/// By the name's ending; `.gz` is a gzip file whatever it holds.
[[nodiscard]] std::string content_type_of(std::string_view path);

/// `"…"`: strong, since the same hash is the same bytes.
[[nodiscard]] std::string make_etag(std::string_view sha256);

/// Whether an If-None-Match or If-Match list holds this ETag (RFC 9110, section 13.1).
[[nodiscard]] bool lists_etag(std::string_view list, std::string_view etag);

}  // namespace signalbox::api
