// Server-sent events that survive a cut: connect, read, resume with `Last-Event-ID`.
//
// After a cut it waits (doubling up to 10 s) and connects again; bytes that came clear the count of
// failures. A limit of live streams (429) and a server on its way up (503) are waited for as
// well; any other refusal is final. The server answers 204 when there is nothing more to come.
//
// Threads: the event loop, one caller at a time.  Suspends: next.
// Errors: the refusal; the last failure when `max_failures` came in a row.
#pragma once

#include "async/backoff.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "cli/client/api_client.hpp"
#include "wire/sse_parser.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::cli {

struct EventStreamOptions {
    std::string target;
    async::BackoffPolicy backoff{
        .first = std::chrono::milliseconds(500), .ceiling = std::chrono::milliseconds(10'000)
    };
    std::uint32_t max_failures = 15;
    /// The server sends a comment every 15 s; three of them missing is a dead connection.
    std::chrono::milliseconds idle_timeout{50'000};
    /// Before a wait: what happened.
    std::function<void(const Error& error, std::chrono::milliseconds wait)> on_trouble;
};

class EventStream {
public:
    /// The client and the random source must outlive the stream.
    EventStream(ApiClient& client, Random& random, EventStreamOptions options);

    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    /// The next event; nothing when the server says that there will be none.
    Task<Result<std::optional<wire::SseEvent>>> next();

private:
    enum class Outcome : std::uint8_t { kReady, kOver };

    Task<Result<Outcome>> connect();
    Task<Result<void>> read_more();
    Task<Result<void>> recover(Error error);
    void drop_connection();

    ApiClient& client_;
    Random& random_;
    EventStreamOptions options_;
    std::optional<net::ClientStream> connection_;
    std::unique_ptr<wire::SseParser> parser_;
    std::string last_event_id_;
    std::uint32_t failures_ = 0;
};

}  // namespace signalbox::cli
