// HTTP/1 messages out of bytes, without I/O: a head at once, then its body piece by piece.
//
// Heads are found by their lines before the parser proper sees them, so that what could be read in
// two ways (bare LF, folded lines) is refused and nothing is parsed twice. Framing that we and a
// proxy might read differently never gets through.
//
// Threads: one at a time.  Suspends: never.
// Errors: HttpProblem, with the status a server answers.
#pragma once

#include "net/body_decoder.hpp"
#include "net/http_headers.hpp"
#include "net/http_problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

/// Finds the end of a head in input that grows.
class HeadScanner {
public:
    explicit HeadScanner(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// The size of the head at the beginning of `input`, its blank line included; 0 while it is not
    /// whole. `input` is the same bytes each time, and more.
    [[nodiscard]] Parsed<std::size_t> scan(std::string_view input);

    /// Forget the input: the next head begins.
    void reset() { scanned_ = line_begin_ = 0; }

private:
    std::size_t max_bytes_;
    std::size_t scanned_ = 0;
    std::size_t line_begin_ = 0;
};

struct MessageHead {
    std::string method;   ///< of a request
    std::string target;   ///< of a request
    unsigned status = 0;  ///< of a response
    unsigned version = 11;
    Headers headers;
};

class MessageParser {
public:
    enum class Kind : std::uint8_t { kRequest, kResponse };

    explicit MessageParser(Kind kind) : kind_(kind) {}

    /// Starts a message; `head` is whole, as HeadScanner found it. `bodiless`: the answer to HEAD.
    [[nodiscard]] Parsed<MessageHead> parse_head(std::string_view head, bool bodiless = false);

    /// The body of the message whose head was parsed last.
    [[nodiscard]] BodyDecoder& body() { return body_; }

    [[nodiscard]] const BodyDecoder& body() const { return body_; }

    [[nodiscard]] bool keep_alive() const { return keep_alive_; }

    /// What was announced; empty for chunks, and for a body up to the end.
    [[nodiscard]] std::optional<std::uint64_t> content_length() const { return content_length_; }

private:
    template <bool IsRequest>
    Parsed<MessageHead> parse(std::string_view head, bool bodiless);

    Kind kind_;
    bool keep_alive_ = false;
    std::optional<std::uint64_t> content_length_;
    BodyDecoder body_;
};

}  // namespace signalbox::net
