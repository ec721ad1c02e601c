// An event stream to one client: what any source of resumable events has to say, kept alive by
// comments.
//
// The source is asked for what is next whenever the client has taken what came before, so a slow
// reader costs its own cursor and nothing else. The stream ends when the source has, when the
// server drains, or when the client is gone; its slot is given back then.
//
// Threads: event loop.  Suspends: EventSource::next.
// Errors: of the source: logged, and the stream is cut, so that the client comes back.
#pragma once

#include "api/stream_slots.hpp"
#include "async/task.hpp"
#include "base/clock.hpp"
#include "net/http_message.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace signalbox::api {

class EventSource {
public:
    virtual ~EventSource() = default;

    /// Appends the next events to `out` as text/event-stream; nothing when `patience` passed.
    virtual Task<Result<void>> next(
        std::string& out, std::chrono::steady_clock::duration patience
    ) = 0;

    [[nodiscard]] virtual bool done() const = 0;
};

struct StreamOrder {
    std::unique_ptr<EventSource> source;
    StreamSlots::Slot slot;
    std::chrono::milliseconds heartbeat;
    std::string request_id;
};

/// The clock must outlive the stream.
[[nodiscard]] net::Response stream_response(StreamOrder order, const Clock& clock);

}  // namespace signalbox::api
