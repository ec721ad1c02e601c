// One connection of the server, from its first byte to its close.
//
// A loop: find a head, make a Request of it, call the handler, send the response. What the client
// did wrong is answered by the owner's error renderer and ends the connection. A body the handler
// did not read is dropped, up to a bound, after the answer is out, so that simple clients see it.
//
// Threads: the event loop.  Suspends: run.  Errors: none; they end the connection.
#pragma once

#include "net/channel.hpp"
#include "net/http_message.hpp"
#include "net/http_parser.hpp"
#include "net/response_sender.hpp"
#include "net/server_core.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace signalbox::net {

class Connection final : private BodySource {
public:
    struct Origin {
        std::string peer;
        bool secure = false;
        bool refused = false;  ///< above the connection limit: every request gets 503
    };

    /// The core must outlive the connection.
    Connection(ServerCore& core, std::unique_ptr<Stream> stream, Origin origin);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Task<void> run();

    [[nodiscard]] Channel& channel() { return channel_; }

    /// Between requests, and nothing of the next has come.
    [[nodiscard]] bool is_idle() const { return channel_.wait() == Channel::Wait::kRequest; }

    void end_live_stream() { sender_.end_live_stream(); }

private:
    enum class Next : std::uint8_t { kRequest, kDropAndClose, kClose };

    Task<Parsed<std::size_t>> read_head();
    Task<Next> exchange(std::size_t head_size);
    Task<Next> answer_problem(HttpProblem problem);
    Task<Response> call_handler();
    Task<Result<std::string_view>> next_piece() override;
    Task<Result<void>> read_body_bytes();
    Task<void> drop_rest();
    Parsed<void> begin_request(std::size_t head_size);
    bool finish_body();
    void report(unsigned status, std::uint64_t bytes_sent);
    Response render(HttpProblem problem);
    void release_request();

    ServerCore& core_;
    Channel channel_;
    Origin origin_;
    HeadScanner scanner_;
    MessageParser parser_{MessageParser::Kind::kRequest};
    ResponseSender sender_;
    std::unique_ptr<Request> request_;  ///< given back before a stream begins
    SteadyTime started_{};
    std::size_t piece_size_ = 0;  ///< of the input, handed out by next_piece and not consumed yet
    bool http10_ = false;
    bool continue_owed_ = false;  ///< the client waits for 100 before it sends the body
    bool body_broken_ = false;    ///< no more requests can follow
};

}  // namespace signalbox::net
