// Takes a `multipart/form-data` body apart as it comes in (RFC 7578, RFC 2046 section 5.1).
//
// Pull model, so that a coroutine can write each piece away before it asks for the next: feed()
// bytes, then call next() until it says kNeedMore. Data comes in pieces of whatever size the reads
// had; only a possible beginning of a boundary is ever held back. What stands before the first
// boundary and behind the last is skipped.
//
// Threads: one at a time.  Suspends: never.
// Errors: kInvalid for what is not multipart, kTooLarge above a limit. After an error it stays one.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::wire {

struct MultipartLimits {
    std::size_t header_bytes = 8U << 10U;  ///< of one part
    std::size_t parts = 64;
};

struct MultipartPart {
    std::string name;
    std::optional<std::string> filename;  ///< as sent: never a path to be trusted
    std::string content_type;             ///< "" when not given, which means text/plain
};

class MultipartParser {
public:
    enum class Kind : std::uint8_t { kNeedMore, kPartBegin, kData, kPartEnd, kEnd };

    struct Event {
        Kind kind;
        std::string_view data;  ///< kData: valid until the next call of next() or feed()
    };

    /// `boundary` as parse_multipart_boundary gives it.
    explicit MultipartParser(std::string_view boundary, MultipartLimits limits = {});

    /// `bytes` must stay valid until next() has said kNeedMore or kEnd.
    void feed(std::string_view bytes) { input_ = bytes; }

    [[nodiscard]] Result<Event> next();

    /// The part that began last.
    [[nodiscard]] const MultipartPart& part() const { return part_; }

    /// The body is over: an error if the closing boundary has not come.
    [[nodiscard]] Result<void> finish() const;

private:
    enum class State : std::uint8_t { kPreamble, kBoundary, kHeader, kData, kEnded, kFailed };

    Result<Event> step();
    Event next_data();
    Event resume_held();
    Result<Event> next_boundary();
    Result<Event> next_header();
    Result<void> parse_header();
    void borrow_line_end();

    MultipartLimits limits_;
    std::string delimiter_;  ///< CR LF - - boundary
    std::string_view input_;
    std::string held_;          ///< the part of the delimiter seen so far
    std::size_t borrowed_ = 0;  ///< how much of held_ is not data, whatever follows
    std::string passed_;        ///< what was held and turned out to be data
    std::string line_;          ///< rest of a boundary line, or a part's header
    MultipartPart part_;
    std::size_t parts_ = 0;
    State state_ = State::kPreamble;
};

}  // namespace signalbox::wire
