#include "api/responses.hpp"

#include "base/text.hpp"
#include "contract/error_body.hpp"
#include "wire/header_value.hpp"
#include "wire/http_range.hpp"

#include <array>
#include <memory>
#include <utility>

namespace signalbox::api {

namespace {

// For limits without room for an estimate.
constexpr std::chrono::seconds kRetryAfter{5};

void add_common_headers(net::Response& response, std::string content_type) {
    // Room for these and what a few answers add.
    response.headers.reserve(6);
    response.headers.set("Content-Type", std::move(content_type));
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("X-Content-Type-Options", "nosniff");
}

// An If-Range that names another version asks for the whole file (RFC 9110, section 13.1.5).
bool range_applies(const net::Request& request, std::string_view etag) {
    const auto condition = request.headers.find("If-Range");
    return !condition || trim(*condition) == etag;
}

net::Response not_satisfiable(
    const RequestContext& context, const wire::RangeAnswer& range, std::uint64_t size
) {
    const Error error(
        Code::kRange,
        "RANGE_NOT_SATISFIABLE",
        "The range asked for lies outside the file of " + std::to_string(size) + " bytes"
    );
    net::Response response =
        error_response(error, context.request.request_id, context.with.clock.now());
    response.headers.set("Content-Range", wire::format_content_range(range, size));
    return response;
}

}  // namespace

net::Response json_response(std::string body, unsigned status) {
    net::Response response{.status = status, .headers = {}, .body = std::move(body)};
    add_common_headers(response, "application/json");
    return response;
}

net::Response empty_response(unsigned status) {
    return {.status = status, .headers = {}, .body = std::string()};
}

net::Response text_response(std::string body, std::string content_type) {
    net::Response response{.status = 200, .headers = {}, .body = std::move(body)};
    add_common_headers(response, std::move(content_type));
    return response;
}

net::Response error_response(const Error& error, std::string_view request_id, Instant now) {
    net::Response response = json_response(
        contract::encode_error(error, request_id, now),
        static_cast<unsigned>(contract::http_status(error.code()))
    );
    if (error.code() == Code::kUnauthenticated) {
        response.headers.set("WWW-Authenticate", "Bearer");
    }
    if (error.retry_after() || error.code() == Code::kExhausted) {
        const auto wait = error.retry_after().value_or(kRetryAfter);
        response.headers.set("Retry-After", std::to_string(wait.count()));
    }
    return response;
}

net::Response download_response(const RequestContext& context, Download download) {
    const std::string etag = make_etag(download.sha256);
    net::Response response = empty_response(200);
    response.headers.set("ETag", etag);
    response.headers.set("Cache-Control", "private, no-cache");
    const auto known = context.request.headers.find("If-None-Match");
    if (known && lists_etag(*known, etag)) {
        response.status = 304;
        return response;
    }
    const std::uint64_t size = download.file.size_bytes;
    const bool ranged = range_applies(context.request, etag);
    const std::string_view asked =
        ranged ? context.request.headers.find("Range").value_or("") : std::string_view();
    const wire::RangeAnswer range = wire::parse_range(asked, size);
    if (range.kind == wire::RangeAnswer::Kind::kUnsatisfiable) {
        return not_satisfiable(context, range, size);
    }
    const bool part = range.kind == wire::RangeAnswer::Kind::kPart;
    if (part) {
        response.status = 206;
        response.headers.set("Content-Range", wire::format_content_range(range, size));
    }
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.set("Content-Type", std::move(download.content_type));
    response.headers.set("X-Content-Type-Options", "nosniff");
    if (!download.filename.empty()) {
        response.headers.set("Content-Disposition", wire::format_attachment(download.filename));
    }
    response.body = net::FilePiece{
        .file = std::make_shared<const UniqueFd>(std::move(download.file.fd)),
        .offset = part ? range.offset : 0,
        .length = part ? range.length : size
    };
    return response;
}

std::string content_type_of(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes{{
        {".xml", "application/xml"},
        {".sumocfg", "application/xml"},
        {".gz", "application/gzip"},
        {".zip", "application/zip"},
        {".json", "application/json"},
        {".csv", "text/csv; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".log", "text/plain; charset=utf-8"},
    }};
    for (const auto& [ending, type] : kTypes) {
        if (path.ends_with(ending)) {
            return std::string(type);
        }
    }
    return "application/octet-stream";
}

std::string make_etag(std::string_view sha256) {
    return '"' + std::string(sha256) + '"';
}

bool lists_etag(std::string_view list, std::string_view etag) {
    for (std::string_view item : split(list, ',')) {
        item = trim(item);
        if (item.starts_with("W/")) {
            item.remove_prefix(2);
        }
        if (item == "*" || item == etag) {
            return true;
        }
    }
    return false;
}

}  // namespace signalbox::api
