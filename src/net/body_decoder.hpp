// The body of a message out of bytes: by its length, in chunks, or up to the end of the connection
// (RFC 9112, sections 6 and 7).
//
// It keeps nothing but where it is: data are views into the input, and all input it has looked at
// is used up. Chunk extensions and trailers are passed over, within bounds. A line of the framing
// ends in CR LF and in nothing else, so that no proxy can see the end of a chunk where we do not.
//
// Threads: one at a time.  Suspends: never.  Errors: HttpProblem; after one it stays one.
#pragma once

#include "net/http_problem.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signalbox::net {

class BodyDecoder {
public:
    struct Step {
        std::size_t consumed = 0;
        std::string_view data;  ///< of the body, inside the input
    };

    void begin_none() { state_ = State::kDone; }

    void begin_length(std::uint64_t bytes);
    void begin_chunks();

    void begin_until_end() { state_ = State::kUntilEnd; }

    /// Goes on until there is data, the body is done or the input is used up.
    [[nodiscard]] Parsed<Step> decode(std::string_view input);

    /// The connection ended: fine only for a body without any other end.
    [[nodiscard]] Parsed<void> finish();

    [[nodiscard]] bool done() const { return state_ == State::kDone; }

private:
    enum class State : std::uint8_t {
        kDone,
        kFailed,
        kLength,     ///< data
        kUntilEnd,   ///< data
        kChunk,      ///< data
        kSize,       ///< digits of a chunk's size
        kExtension,  ///< what stands behind the size
        kSizeLf,
        kChunkCr,  ///< behind a chunk's data
        kChunkLf,
        kTrailerBegin,  ///< of a line, or of the end
        kTrailer,
        kTrailerLf,
        kLastLf,
    };

    std::string_view take_data(std::string_view input);
    /// "" or why the byte cannot stand here.
    std::string_view take_framing(char c);
    std::string_view take_size(char c);
    std::string_view take_skipped(char c, State at_line_end);
    std::string_view expect(char c, char wanted, State next);

    State state_ = State::kDone;
    std::uint64_t left_ = 0;   ///< bytes of data
    std::size_t skipped_ = 0;  ///< digits of a size and its extension, or bytes of all trailers
};

}  // namespace signalbox::net
