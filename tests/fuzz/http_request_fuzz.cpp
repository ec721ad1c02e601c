// Requests of one connection: read the same wherever they are cut, and nothing that was accepted is
// what a proxy might read differently.
#include "base/text.hpp"
#include "net/http_parser.hpp"
#include "net/request_head.hpp"
#include "tests/fuzz/input.hpp"

#include <string>

namespace {

using namespace signalbox;

constexpr std::size_t kMaxHead = 1'000;
constexpr std::size_t kMaxTarget = 300;

bool breaks_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

void check_accepted(const net::Request& request) {
    SB_CHECK(request.path.starts_with('/') || request.path == "*");
    SB_CHECK(is_valid_utf8(request.path) && !has_control_characters(request.path));
    const std::string bounded = request.path + "/";
    SB_CHECK(!bounded.contains("/../") && !bounded.contains("/./"));
    for (const net::Header& field : request.headers) {
        SB_CHECK(!field.name.empty() && !breaks_line(field.name) && !breaks_line(field.value));
        SB_CHECK(!field.name.contains(' ') && trim(field.value) == field.value);
    }
    const std::size_t lengths = request.headers.count("Content-Length");
    const std::size_t codings = request.headers.count("Transfer-Encoding");
    SB_CHECK(lengths + codings <= 1);
    SB_CHECK(request.headers.count("Host") <= 1);
}

// A connection without its socket: input comes in pieces, requests go out as text.
class Machine {
public:
    void feed(std::string_view piece) {
        input_ += piece;
        while (refused_ == 0 && (in_body_ ? read_body() : read_head())) {
        }
    }

    [[nodiscard]] std::string result() const {
        return seen_ + " " + std::to_string(refused_) + (in_body_ ? " in body" : "");
    }

private:
    bool read_head() {
        const auto size = scanner_.scan(input_);
        if (!size) {
            return refuse(size.error().status);
        }
        if (*size == 0) {
            return false;
        }
        auto head = parser_.parse_head(std::string_view(input_).substr(0, *size));
        input_.erase(0, *size);
        scanner_.reset();
        if (!head) {
            return refuse(head.error().status);
        }
        net::Request request;
        if (const auto taken = take_request_head(*std::move(head), kMaxTarget, request); !taken) {
            return refuse(taken.error().status);
        }
        check_accepted(request);
        seen_ += std::string(to_string(request.method)) + " " + request.path + "\n";
        in_body_ = !parser_.body().done();
        return true;
    }

    bool read_body() {
        const auto step = parser_.body().decode(input_);
        if (!step) {
            return refuse(step.error().status);
        }
        SB_CHECK(step->consumed <= input_.size());
        seen_ += step->data;
        const bool more = step->consumed > 0;
        input_.erase(0, step->consumed);
        in_body_ = !parser_.body().done();
        return more || !in_body_;
    }

    bool refuse(unsigned status) {
        SB_CHECK(status >= 400 && status < 600);
        refused_ = status;
        return false;
    }

    net::HeadScanner scanner_{kMaxHead};
    net::MessageParser parser_{net::MessageParser::Kind::kRequest};
    std::string input_;
    std::string seen_;
    unsigned refused_ = 0;
    bool in_body_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::CutText input(fuzz::as_text(data, size));
    Machine whole;
    whole.feed(input.text);
    Machine cut;
    for (const std::string_view piece : input.pieces()) {
        cut.feed(piece);
    }
    SB_CHECK(whole.result() == cut.result());
    return 0;
}
