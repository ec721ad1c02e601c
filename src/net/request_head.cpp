#include "net/request_head.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {

namespace {

std::unexpected<HttpProblem> refuse(unsigned status, std::string word, std::string message) {
    return std::unexpected(
        HttpProblem{.status = status, .word = std::move(word), .message = std::move(message)}
    );
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kShown = 200;
    return "'" + to_valid_utf8(text.substr(0, kShown)) + "'";
}

// What may stand in a host and its port (RFC 3986, section 3.2.2), without regard to their order.
bool is_host(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        constexpr std::string_view kMarks = "-._~%!$&'()*+,;=:[]";
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kMarks.contains(c);
    });
}

Parsed<void> check_host(const MessageHead& head) {
    const std::size_t count = head.headers.count("Host");
    if (count > 1 || (count == 0 && head.version == 11)) {
        return refuse(400, "BAD_HOST", "an HTTP/1.1 request needs exactly one Host header");
    }
    if (const auto host = head.headers.find("Host"); host && !is_host(*host)) {
        return refuse(400, "BAD_HOST", "host " + quoted(*host) + " is not a host and a port");
    }
    return {};
}

Parsed<void> check_framing(const MessageHead& head) {
    // A list of equal numbers, or the field twice, is one number to some and an error to others.
    const auto length = head.headers.find("Content-Length");
    if (length && (head.headers.count("Content-Length") > 1 || length->contains(','))) {
        return refuse(400, "BAD_FRAMING", "Content-Length " + quoted(*length) + " is not alone");
    }
    const auto coding = head.headers.find("Transfer-Encoding");
    if (coding && head.version == 10) {
        return refuse(400, "BAD_FRAMING", "Transfer-Encoding needs HTTP/1.1");
    }
    if (coding && !equals_ignoring_case(*coding, "chunked")) {
        return refuse(
            501,
            "TRANSFER_ENCODING",
            "transfer encoding " + quoted(*coding) + " is not supported, only chunked"
        );
    }
    return {};
}

Parsed<void> check_expectation(const MessageHead& head) {
    const auto expectation = head.headers.find("Expect");
    if (expectation && !equals_ignoring_case(*expectation, "100-continue")) {
        return refuse(
            417,
            "EXPECTATION",
            "expectation " + quoted(*expectation) + " is not known, only 100-continue"
        );
    }
    return {};
}

bool has_dot_segment(std::string_view path) {
    for (std::size_t at = path.find("/."); at != std::string_view::npos;
         at = path.find("/.", at + 1)) {
        const std::string_view segment = path.substr(at + 1, path.find('/', at + 1) - at - 1);
        if (segment == "." || segment == "..") {
            return true;
        }
    }
    return false;
}

Parsed<std::string> decode_path(std::string_view raw) {
    Result<std::string> path = percent_decode(raw);
    if (!path) {
        return refuse(400, "BAD_PATH", "path " + quoted(raw) + ": " + path.error().message());
    }
    if (has_control_characters(*path) || !is_valid_utf8(*path)) {
        return refuse(
            400, "BAD_PATH", "path " + quoted(raw) + " holds control characters or invalid UTF-8"
        );
    }
    if (has_dot_segment(*path)) {
        return refuse(400, "BAD_PATH", "path " + quoted(raw) + " has a '.' or '..' segment");
    }
    return *std::move(path);
}

Parsed<QueryParams> decode_query(std::string_view raw) {
    Result<QueryParams> query = parse_query(raw);
    if (!query) {
        return refuse(400, "BAD_QUERY", "query: " + query.error().message());
    }
    for (const auto& [name, value] : *query) {
        if (!is_valid_utf8(name) || !is_valid_utf8(value)) {
            return refuse(400, "BAD_QUERY", "query " + quoted(raw) + " holds invalid UTF-8");
        }
    }
    return *std::move(query);
}

struct TargetParts {
    std::string_view host;  ///< "" when the target is a path
    std::string_view path;  ///< "" means "/"
    std::string_view query;
};

// `/a?b`, or `http://host/a?b` as to proxies, or `*`.
Parsed<TargetParts> split_target(std::string_view target, Method method) {
    const auto bad = [target](std::string_view why) {
        return refuse(400, "BAD_TARGET", "request target " + quoted(target) + std::string(why));
    };
    TargetParts parts;
    std::string_view rest = target;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            rest = target.substr(scheme.size());
            parts.host = rest.substr(0, rest.find_first_of("/?"));
            rest.remove_prefix(parts.host.size());
            if (parts.host.empty() || !is_host(parts.host)) {
                return bad(" has no host and port");
            }
        }
    }
    if (parts.host.empty() && !target.starts_with('/') &&
        (target != "*" || method != Method::kOptions)) {
        return bad(" is not a path");
    }
    if (target.contains('#')) {
        return bad(" has a fragment");
    }
    const std::size_t question = rest.find('?');
    parts.path = rest.substr(0, question);
    parts.query = question == std::string_view::npos ? "" : rest.substr(question + 1);
    return parts;
}

}  // namespace

Parsed<void> take_request_head(MessageHead head, std::size_t max_target_bytes, Request& request) {
    request.method = parse_method(head.method);
    if (head.target.size() > max_target_bytes) {
        return refuse(
            414,
            "TARGET_TOO_LONG",
            "request target has " + std::to_string(head.target.size()) +
                " bytes (max: " + std::to_string(max_target_bytes) + ")"
        );
    }
    for (const auto check : {check_host, check_framing, check_expectation}) {
        if (auto checked = check(head); !checked) {
            return checked;
        }
    }
    request.target = std::move(head.target);
    request.headers = std::move(head.headers);
    const auto parts = split_target(request.target, request.method);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    if (!parts->host.empty()) {
        // The target's own host is the one that counts (RFC 9112, section 3.2.2).
        request.headers.set("Host", std::string(parts->host));
    }
    auto path = decode_path(parts->path.empty() ? "/" : parts->path);
    if (!path) {
        return std::unexpected(std::move(path).error());
    }
    request.path = *std::move(path);
    auto query = decode_query(parts->query);
    if (!query) {
        return std::unexpected(std::move(query).error());
    }
    request.query = *std::move(query);
    return {};
}

bool is_sane_request_id(std::string_view text) {
    constexpr std::size_t kMax = 128;
    return !text.empty() && text.size() <= kMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

}  // namespace signalbox::net
