// HTTP/1 messages out of bytes, without I/O: a head at once, then its body piece by piece.
//
// Heads are found by their lines before the parser proper sees them, so that what could be read in
// two ways (bare LF, folded lines) is refused and nothing is parsed twice. Framing that a request
// and a proxy might read differently never gets through.
//
// Threads: one at a time.  Suspends: never.
// Errors: HttpProblem, with the status a server answers.
#pragma once

#include "net/http_headers.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::net {

struct HttpProblem {
    unsigned status;
    std::string word;
    std::string message;
};

template <class T>
using Parsed = std::expected<T, HttpProblem>;

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

    struct BodyStep {
        std::size_t consumed = 0;
        std::string_view data;  ///< of the body, inside the input
    };

    explicit MessageParser(Kind kind);
    ~MessageParser();
    MessageParser(const MessageParser&) = delete;
    MessageParser& operator=(const MessageParser&) = delete;

    /// Starts a message; `head` is whole, as HeadScanner found it. `bodiless`: the answer to HEAD.
    [[nodiscard]] Parsed<MessageHead> parse_head(std::string_view head, bool bodiless = false);

    /// Goes on in the body until there is data or the input is used up; no data and not done()
    /// means that more input is needed, behind what was not consumed.
    [[nodiscard]] Parsed<BodyStep> parse_body(std::string_view input);

    /// The connection ended: fine only for a body without any other end.
    [[nodiscard]] Parsed<void> finish();

    [[nodiscard]] bool done() const;
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool chunked() const;
    [[nodiscard]] std::optional<std::uint64_t> content_length() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::net
