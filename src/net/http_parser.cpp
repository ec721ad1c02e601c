#include "net/http_parser.hpp"

#include "base/text.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <limits>
#include <utility>

namespace signalbox::net {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

// Beast's parser calls back; this keeps what it says. It sees heads only: of bodies it is more
// lenient than we are, and it ends the process over an empty chunked body that comes byte by byte.
template <bool IsRequest>
class Sink final : public http::basic_parser<IsRequest> {
public:
    Sink() {
        // Heads come whole and bounded.
        this->header_limit(std::numeric_limits<std::uint32_t>::max());
        this->body_limit(boost::none);
        this->eager(false);
    }

    MessageHead head;

private:
    using View = boost::beast::string_view;

    void on_request_impl(
        http::verb /*verb*/, View method, View target, int version, error_code& /*ec*/
    ) override {
        head.method = method;
        head.target = target;
        head.version = static_cast<unsigned>(version);
    }

    void on_response_impl(int code, View /*reason*/, int version, error_code& /*ec*/) override {
        head.status = static_cast<unsigned>(code);
        head.version = static_cast<unsigned>(version);
    }

    void on_field_impl(http::field /*field*/, View name, View value, error_code& /*ec*/) override {
        head.headers.add(std::string(name), std::string(value));
    }

    void on_header_impl(error_code& /*ec*/) override {}

    void on_body_init_impl(
        const boost::optional<std::uint64_t>& /*length*/, error_code& /*ec*/
    ) override {}

    std::size_t on_body_impl(View body, error_code& /*ec*/) override { return body.size(); }

    void on_chunk_header_impl(
        std::uint64_t /*size*/, View /*extensions*/, error_code& /*ec*/
    ) override {}

    std::size_t on_chunk_body_impl(
        std::uint64_t /*remaining*/, View body, error_code& /*ec*/
    ) override {
        return body.size();
    }

    void on_finish_impl(error_code& /*ec*/) override {}
};

template <bool IsRequest>
void begin_body(const Sink<IsRequest>& sink, BodyDecoder& body) {
    if (sink.is_done()) {
        body.begin_none();
    } else if (sink.chunked()) {
        body.begin_chunks();
    } else if (const auto length = sink.content_length()) {
        body.begin_length(*length);
    } else {
        body.begin_until_end();
    }
}

}  // namespace

Parsed<std::size_t> HeadScanner::scan(std::string_view input) {
    const std::string_view allowed = input.substr(0, max_bytes_);
    while (true) {
        const std::size_t lf = allowed.find('\n', scanned_);
        if (lf == std::string_view::npos) {
            scanned_ = allowed.size();
            break;
        }
        scanned_ = lf + 1;
        if (lf == 0 || allowed[lf - 1] != '\r') {
            return malformed("head", "a line ends in LF without CR");
        }
        const std::string_view line = allowed.substr(line_begin_, lf - 1 - line_begin_);
        if (line.empty()) {
            return scanned_;
        }
        if (line.front() == ' ' || line.front() == '\t') {
            return malformed("head", "a line is folded or begins with a blank");
        }
        line_begin_ = scanned_;
    }
    if (input.size() < max_bytes_) {
        return 0;
    }
    const bool in_first_line = line_begin_ == 0;
    return std::unexpected(HttpProblem{
        .status = in_first_line ? 414U : 431U,
        .word = in_first_line ? "TARGET_TOO_LONG" : "HEAD_TOO_LARGE",
        .message = "head larger than " + std::to_string(max_bytes_) + " bytes"
    });
}

template <bool IsRequest>
Parsed<MessageHead> MessageParser::parse(std::string_view head, bool bodiless) {
    Sink<IsRequest> sink;
    sink.skip(bodiless);
    sink.head.headers.reserve(8);
    error_code ec;
    sink.put({head.data(), head.size()}, ec);
    if (ec == http::error::bad_version) {
        return std::unexpected(HttpProblem{
            .status = 505, .word = "HTTP_VERSION", .message = "the HTTP version must be 1.0 or 1.1"
        });
    }
    if (ec || !sink.is_header_done()) {
        return malformed("head", ec ? ec.message() : "it is not whole");
    }
    keep_alive_ = sink.keep_alive();
    const auto length = sink.content_length();
    content_length_ = length ? std::optional(*length) : std::nullopt;
    begin_body(sink, body_);
    return std::move(sink.head);
}

Parsed<MessageHead> MessageParser::parse_head(std::string_view head, bool bodiless) {
    body_.begin_none();
    return kind_ == Kind::kRequest ? parse<true>(head, bodiless) : parse<false>(head, bodiless);
}

}  // namespace signalbox::net
