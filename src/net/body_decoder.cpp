#include "net/body_decoder.hpp"

#include <algorithm>

namespace signalbox::net {

namespace {

constexpr std::size_t kMaxSizeDigits = 16;
// Of a chunk's size with its extensions, and of all trailers together; nobody sends either.
constexpr std::size_t kMaxSkippedBytes = 4U << 10U;

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void BodyDecoder::begin_length(std::uint64_t bytes) {
    left_ = bytes;
    state_ = bytes > 0 ? State::kLength : State::kDone;
}

void BodyDecoder::begin_chunks() {
    left_ = 0;
    skipped_ = 0;
    state_ = State::kSize;
}

Parsed<BodyDecoder::Step> BodyDecoder::decode(std::string_view input) {
    if (state_ == State::kFailed) {
        return malformed("body", "it was refused before");
    }
    Step step;
    while (step.data.empty() && !done() && step.consumed < input.size()) {
        if (state_ == State::kLength || state_ == State::kChunk || state_ == State::kUntilEnd) {
            step.data = take_data(input.substr(step.consumed));
            step.consumed += step.data.size();
        } else if (const auto why = take_framing(input[step.consumed++]); !why.empty()) {
            state_ = State::kFailed;
            return malformed("body", why);
        }
    }
    return step;
}

Parsed<void> BodyDecoder::finish() {
    if (state_ == State::kUntilEnd) {
        state_ = State::kDone;
    }
    if (!done()) {
        return malformed("body", "the connection ended before the message did");
    }
    return {};
}

std::string_view BodyDecoder::take_data(std::string_view input) {
    if (state_ == State::kUntilEnd) {
        return input;
    }
    const std::string_view data = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
    left_ -= data.size();
    if (left_ == 0) {
        state_ = state_ == State::kChunk ? State::kChunkCr : State::kDone;
    }
    return data;
}

std::string_view BodyDecoder::take_framing(char c) {
    switch (state_) {
        case State::kSize:
            return take_size(c);
        case State::kExtension:
            return take_skipped(c, State::kSizeLf);
        case State::kSizeLf:
            skipped_ = 0;
            return expect(c, '\n', left_ > 0 ? State::kChunk : State::kTrailerBegin);
        case State::kChunkCr:
            return expect(c, '\r', State::kChunkLf);
        case State::kChunkLf:
            return expect(c, '\n', State::kSize);
        case State::kTrailerBegin:
            state_ = State::kTrailer;
            return take_skipped(c, State::kLastLf);
        case State::kTrailer:
            return take_skipped(c, State::kTrailerLf);
        case State::kTrailerLf:
            return expect(c, '\n', State::kTrailerBegin);
        case State::kLastLf:
            return expect(c, '\n', State::kDone);
        default:
            return "nothing is expected";
    }
}

std::string_view BodyDecoder::take_size(char c) {
    const int digit = hex_value(c);
    if (digit >= 0) {
        left_ = left_ << 4U | static_cast<unsigned>(digit);
        return ++skipped_ <= kMaxSizeDigits ? "" : "a chunk's size has more than 16 digits";
    }
    if (skipped_ == 0) {
        return "a chunk begins without its size";
    }
    if (c != '\r' && c != ';') {
        return "a chunk's size is followed by something else than its extension";
    }
    state_ = c == '\r' ? State::kSizeLf : State::kExtension;
    return "";
}

std::string_view BodyDecoder::take_skipped(char c, State at_line_end) {
    if (c == '\r') {
        state_ = at_line_end;
        return "";
    }
    if (c == '\n' || c == '\0') {
        return "a line holds LF without CR, or NUL";
    }
    return ++skipped_ <= kMaxSkippedBytes
               ? ""
               : "a chunk's extension, or the trailers, are larger than 4096 bytes";
}

std::string_view BodyDecoder::expect(char c, char wanted, State next) {
    if (c != wanted) {
        return "a line of the chunks does not end in CR LF, or data goes on behind its chunk";
    }
    state_ = next;
    return "";
}

}  // namespace signalbox::net
