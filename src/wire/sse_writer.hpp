// Writes server-sent events (HTML standard, "Server-sent events").
//
// Threads: any.  Suspends: never.  Errors: none; line ends inside `id` and `event` become blanks.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace signalbox::wire {

struct SseEvent {
    std::string id;     ///< "" leaves the client's last id as it is
    std::string event;  ///< "" is the client's default, `message`
    std::string data;   ///< every line of it becomes a `data:` line

    bool operator==(const SseEvent&) const = default;
};

void append_event(std::string& out, const SseEvent& event);

/// A line that clients skip: keeps a connection from being idle.
[[nodiscard]] std::string format_comment(std::string_view text);

/// How long a client waits before it connects again.
[[nodiscard]] std::string format_retry(std::chrono::milliseconds wait);

}  // namespace signalbox::wire
