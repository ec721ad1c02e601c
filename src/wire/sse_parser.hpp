// Reads server-sent events as a client (HTML standard, "Interpreting an event stream").
//
// feed() bytes as they come, then take events until there is none. To resume after a cut, send
// last_event_id() as `Last-Event-ID` and go on with a new parser made with that id.
//
// Threads: one at a time.  Suspends: never.
// Errors: kTooLarge for an event above the limit; the stream is then of no more use.
#pragma once

#include "base/error.hpp"
#include "wire/line_splitter.hpp"
#include "wire/sse_writer.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::wire {

class SseParser {
public:
    explicit SseParser(
        std::size_t max_event_bytes = std::size_t{1} << 20U, std::string last_event_id = {}
    );
    SseParser(const SseParser&) = delete;
    SseParser& operator=(const SseParser&) = delete;

    Result<void> feed(std::string_view bytes);

    /// The oldest event not taken yet; its `id` is the last id the stream has named.
    [[nodiscard]] std::optional<SseEvent> next();

    /// Of the events handed out or waiting; "" when none had an id.
    [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }

    /// What the server asked for with `retry:`.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const { return retry_; }

private:
    void take_line(LineSplitter::Line line);
    void take_field(std::string_view name, std::string_view value);
    void dispatch();

    std::size_t max_event_bytes_;
    LineSplitter splitter_;
    std::deque<SseEvent> ready_;
    std::string last_event_id_;
    std::string pending_id_;
    std::string event_;
    std::string data_;
    bool has_data_ = false;
    bool at_start_ = true;
    bool too_large_ = false;
    std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace signalbox::wire
