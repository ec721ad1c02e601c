#include "net/http_parser.hpp"

#include "base/text.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <variant>

namespace signalbox::net {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

// A chunk's size line, its extensions and the trailers together.
constexpr std::size_t kMaxChunkHead = 16U << 10U;

HttpProblem malformed(std::string_view what, std::string_view why) {
    return {
        .status = 400,
        .word = "BAD_REQUEST",
        .message = "malformed " + std::string(what) + ": " + std::string(why)
    };
}

// Beast's parser calls back; this keeps what it says.
template <bool IsRequest>
class Sink final : public http::basic_parser<IsRequest> {
public:
    Sink() {
        // Heads come whole and bounded; bodies are bounded by whoever reads them.
        this->header_limit(std::numeric_limits<std::uint32_t>::max());
        this->body_limit(boost::none);
        this->eager(false);
    }

    MessageHead head;
    std::string_view data;

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
        // Trailers come by the same way and are dropped.
        if (!in_body_) {
            head.headers.add(std::string(name), std::string(value));
        }
    }

    void on_header_impl(error_code& /*ec*/) override { in_body_ = true; }

    void on_body_init_impl(
        const boost::optional<std::uint64_t>& /*length*/, error_code& /*ec*/
    ) override {}

    std::size_t on_body_impl(View body, error_code& /*ec*/) override {
        data = body;
        return body.size();
    }

    void on_chunk_header_impl(
        std::uint64_t /*size*/, View /*extensions*/, error_code& /*ec*/
    ) override {}

    std::size_t on_chunk_body_impl(
        std::uint64_t /*remaining*/, View body, error_code& /*ec*/
    ) override {
        data = body;
        return body.size();
    }

    void on_finish_impl(error_code& /*ec*/) override {}

    bool in_body_ = false;
};

using RequestSink = Sink<true>;
using ResponseSink = Sink<false>;

template <class AnySink>
Parsed<MessageParser::BodyStep> step_body(AnySink& sink, std::string_view input) {
    MessageParser::BodyStep step;
    sink.data = {};
    while (sink.data.empty() && !sink.is_done() && step.consumed < input.size()) {
        const std::string_view rest = input.substr(step.consumed);
        error_code ec;
        step.consumed += sink.put({rest.data(), rest.size()}, ec);
        if (ec == http::error::need_more) {
            if (rest.size() >= kMaxChunkHead) {
                return std::unexpected(malformed(
                    "body", "a chunk header is larger than " + std::to_string(kMaxChunkHead)
                ));
            }
            break;
        }
        if (ec) {
            return std::unexpected(malformed("body", ec.message()));
        }
    }
    step.data = sink.data;
    return step;
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
            return std::unexpected(malformed("head", "a line ends in LF without CR"));
        }
        const std::string_view line = allowed.substr(line_begin_, lf - 1 - line_begin_);
        if (line.empty()) {
            return scanned_;
        }
        if (line.front() == ' ' || line.front() == '\t') {
            return std::unexpected(malformed("head", "a line is folded or begins with a blank"));
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
        .message = "request head larger than " + std::to_string(max_bytes_) + " bytes"
    });
}

struct MessageParser::Impl {
    Kind kind;
    std::variant<std::monostate, RequestSink, ResponseSink> sink;

    // Calls `use` with the parser that is there; there is one after parse_head.
    template <class Use>
    auto with(Use use) const {
        return sink.index() == 1 ? use(std::get<1>(sink)) : use(std::get<2>(sink));
    }
};

MessageParser::MessageParser(Kind kind) : impl_(std::make_unique<Impl>(kind)) {}

MessageParser::~MessageParser() = default;

Parsed<MessageHead> MessageParser::parse_head(std::string_view head, bool bodiless) {
    const auto parse = [&](auto& sink) -> Parsed<MessageHead> {
        sink.skip(bodiless);
        sink.head.headers.reserve(8);
        error_code ec;
        sink.put({head.data(), head.size()}, ec);
        if (ec == http::error::bad_version) {
            return std::unexpected(HttpProblem{
                .status = 505,
                .word = "HTTP_VERSION",
                .message = "the HTTP version must be 1.0 or 1.1"
            });
        }
        if (ec || !sink.is_header_done()) {
            return std::unexpected(malformed("head", ec ? ec.message() : "it is not whole"));
        }
        return std::move(sink.head);
    };
    return impl_->kind == Kind::kRequest ? parse(impl_->sink.emplace<1>())
                                         : parse(impl_->sink.emplace<2>());
}

Parsed<MessageParser::BodyStep> MessageParser::parse_body(std::string_view input) {
    return impl_->sink.index() == 1 ? step_body(std::get<1>(impl_->sink), input)
                                    : step_body(std::get<2>(impl_->sink), input);
}

Parsed<void> MessageParser::finish() {
    if (done()) {
        return {};
    }
    error_code ec;
    if (impl_->sink.index() == 1) {
        std::get<1>(impl_->sink).put_eof(ec);
    } else {
        std::get<2>(impl_->sink).put_eof(ec);
    }
    if (ec) {
        return std::unexpected(malformed("body", "the connection ended before the message did"));
    }
    return {};
}

bool MessageParser::done() const {
    return impl_->with([](const auto& sink) { return sink.is_done(); });
}

bool MessageParser::keep_alive() const {
    return impl_->with([](const auto& sink) { return sink.keep_alive(); });
}

bool MessageParser::chunked() const {
    return impl_->with([](const auto& sink) { return sink.chunked(); });
}

std::optional<std::uint64_t> MessageParser::content_length() const {
    return impl_->with([](const auto& sink) -> std::optional<std::uint64_t> {
        const auto length = sink.content_length();
        return length ? std::optional(*length) : std::nullopt;
    });
}

}  // namespace signalbox::net
