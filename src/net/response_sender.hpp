// Sends responses over a channel: text in one write, files by the pool, streams until they end.
//
// While a stream's producer is at work the peer's input is watched: its end means that nobody reads
// any more, and the producer is cancelled where it waits.
//
// Threads: the event loop.  Suspends: send.  Errors: none; the outcome says what is left.
#pragma once

#include "async/task_group.hpp"
#include "net/channel.hpp"
#include "net/http_message.hpp"
#include "net/response_head.hpp"
#include "net/server_core.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace signalbox::net {

class ResponseSender {
public:
    struct Exchange {
        bool head_only = false;  ///< HEAD
        bool http10 = false;
        bool close = false;  ///< what the response says; the caller closes
        std::string_view request_id;
        /// Called when a stream begins, to give back what the request held. May be empty.
        std::function<void()> release;
    };

    struct Outcome {
        bool reusable = false;         ///< the response is whole and more may follow
        std::uint64_t bytes_sent = 0;  ///< of the body
    };

    ResponseSender(ServerCore& core, Channel& channel) : core_(core), channel_(channel) {}

    Task<Outcome> send(Response response, Exchange exchange);

    /// Cancels the producer if the response being sent is a live stream.
    void end_live_stream();

private:
    class StreamWriter;

    Task<Outcome> send_text(const Response& response, const Exchange& exchange);
    Task<Outcome> send_file(const Response& response, const Exchange& exchange);
    Task<Outcome> send_stream(Response response, Exchange exchange);
    Task<void> run_producer(StreamWriter& writer, const StreamBody& body);
    Task<void> watch_peer(const StreamWriter& writer, async::TaskGroup& producer);
    void append_head(
        const Response& response,
        const Exchange& exchange,
        std::optional<std::uint64_t> length,
        bool chunked
    );
    Task<Result<void>> write(std::string_view bytes);

    ServerCore& core_;
    Channel& channel_;
    std::string out_;                            ///< kept from response to response
    async::TaskGroup* live_producer_ = nullptr;  ///< while a live stream is being sent
};

}  // namespace signalbox::net
