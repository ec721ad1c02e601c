// Sends responses over a channel: text in one write, files by way of the pool.
//
// Of a streamed response it sends the head; a StreamSession does the rest.
//
// Threads: the event loop.  Suspends: send, write_in_time.
// Errors: none of send, its outcome says what is left; kUnavailable of write_in_time.
#pragma once

#include "net/channel.hpp"
#include "net/http_message.hpp"
#include "net/response_head.hpp"
#include "net/server_core.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::net {

class ResponseSender {
public:
    struct Exchange {
        bool head_only = false;  ///< HEAD
        bool http10 = false;
        bool close = false;  ///< what the response says; the caller closes
        std::string_view request_id;
    };

    struct Outcome {
        bool whole = false;            ///< all of it is on its way
        std::uint64_t bytes_sent = 0;  ///< of the body
    };

    /// Core and channel must outlive the sender.
    ResponseSender(ServerCore& core, Channel& channel) : core_(core), channel_(channel) {}

    /// The response must outlive the wait.
    Task<Outcome> send(const Response& response, Exchange exchange);

    /// Gives memory back until the next response.
    void release() { std::string().swap(out_); }

private:
    Task<Outcome> send_file(const FilePiece& body);
    void append_head(const Response& response, const Exchange& exchange);

    ServerCore& core_;
    Channel& channel_;
    std::string out_;  ///< kept from response to response
};

/// Writes all of `bytes`, and closes on a peer that takes no further 64 KiB within the limit
/// `stalled`. Core and channel must outlive the wait.
Task<Result<void>> write_in_time(ServerCore& core, Channel& channel, std::string_view bytes);

/// Chunked coding is for bodies of unknown length, and for peers that know it.
[[nodiscard]] inline bool is_chunked(const StreamBody& body, bool http10) {
    return !body.length && !http10;
}

}  // namespace signalbox::net
