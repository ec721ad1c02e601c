// Turns a stream of bytes into lines, however the reads happened to cut it.
//
// CR, LF and CRLF each end a line once: SUMO ends its step lines with a lone CR, and servers of
// event streams may use any of the three. A line above the limit comes in pieces marked `partial`,
// so memory stays bounded whatever is fed.
//
// Threads: one at a time.  Suspends: never.  Errors: none; bytes are not checked to be UTF-8.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace signalbox::wire {

class LineSplitter {
public:
    struct Line {
        std::string_view text;  ///< without its line end; valid during the call only
        bool partial;           ///< the limit cut it here; the next Line continues it
    };

    using Sink = std::function<void(Line)>;

    /// `max_line_bytes` ≥ 1.
    LineSplitter(std::size_t max_line_bytes, Sink sink);

    void feed(std::string_view bytes);

    /// Hands out a last line that has no line end.
    void finish();

private:
    void hold(std::string_view piece);
    void end_line(std::string_view rest);

    std::size_t max_line_bytes_;
    Sink sink_;
    std::string held_;  ///< the beginning of a line whose end has not come yet
    bool skip_lf_ = false;
};

}  // namespace signalbox::wire
