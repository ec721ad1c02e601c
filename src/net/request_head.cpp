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

Parsed<void> check_framing(const MessageHead& head) {
    if (head.version == 11 && head.headers.count("Host") != 1) {
        return refuse(400, "BAD_HOST", "an HTTP/1.1 request needs exactly one Host header");
    }
    if (const auto coding = head.headers.find("Transfer-Encoding")) {
        if (head.version == 10) {
            return refuse(400, "BAD_FRAMING", "Transfer-Encoding needs HTTP/1.1");
        }
        if (!equals_ignoring_case(*coding, "chunked")) {
            return refuse(
                501,
                "TRANSFER_ENCODING",
                "transfer encoding " + quoted(*coding) + " is not supported, only chunked"
            );
        }
    }
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
    std::string path;
    if (raw.contains('%')) {
        Result<std::string> decoded = percent_decode(raw);
        if (!decoded) {
            return refuse(
                400, "BAD_PATH", "path " + quoted(raw) + ": " + decoded.error().message()
            );
        }
        path = *std::move(decoded);
        if (has_control_characters(path) || !is_valid_utf8(path)) {
            return refuse(
                400,
                "BAD_PATH",
                "path " + quoted(raw) + " holds control characters or invalid UTF-8"
            );
        }
    } else {
        path = raw;
    }
    if (has_dot_segment(path)) {
        return refuse(400, "BAD_PATH", "path " + quoted(raw) + " has a '.' or '..' segment");
    }
    return path;
}

// The path and query of a target: `/a?b`, or `http://host/a?b` as proxies send it, or `*`.
Parsed<std::string_view> strip_origin(std::string_view target, Method method) {
    if (target.starts_with('/') || (target == "*" && method == Method::kOptions)) {
        return target;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            const std::size_t slash = target.find('/', scheme.size());
            return slash == std::string_view::npos ? "/" : target.substr(slash);
        }
    }
    return refuse(400, "BAD_TARGET", "request target " + quoted(target) + " is not a path");
}

}  // namespace

Parsed<void> take_request_head(MessageHead head, std::size_t max_target_bytes, Request& request) {
    if (head.target.size() > max_target_bytes) {
        return refuse(
            414,
            "TARGET_TOO_LONG",
            "request target has " + std::to_string(head.target.size()) +
                " bytes (max: " + std::to_string(max_target_bytes) + ")"
        );
    }
    if (auto checked = check_framing(head); !checked) {
        return checked;
    }
    request.method = parse_method(head.method);
    request.target = std::move(head.target);
    request.headers = std::move(head.headers);
    const auto target = strip_origin(request.target, request.method);
    if (!target) {
        return std::unexpected(target.error());
    }
    const std::size_t question = target->find('?');
    auto path = decode_path(target->substr(0, question));
    if (!path) {
        return std::unexpected(std::move(path).error());
    }
    request.path = *std::move(path);
    if (question != std::string_view::npos) {
        Result<QueryParams> query = parse_query(target->substr(question + 1));
        if (!query) {
            return refuse(400, "BAD_QUERY", "query: " + query.error().message());
        }
        request.query = *std::move(query);
    }
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
