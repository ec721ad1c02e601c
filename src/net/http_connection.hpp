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
#include "net/stream_session.hpp"

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

    /// Serves the connection to its end.
    static Task<void> run(std::unique_ptr<Connection> self);

    [[nodiscard]] Channel& channel() { return channel_; }

    /// Between requests, and nothing of the next has come.
    [[nodiscard]] bool is_idle() const { return channel_.wait() == Channel::Wait::kRequest; }

    /// Grows with every connection that becomes idle: the least is idle longest.
    [[nodiscard]] std::uint64_t idle_turn() const { return idle_turn_; }

    /// The task that runs this, for cancelling it.
    void set_task(async::TaskGroup::TaskId task) { task_ = task; }

    /// Cancels the connection if it sends a live stream.
    void end_live_stream();

private:
    enum class Next : std::uint8_t { kRequest, kStream, kDropAndClose, kClose };

    Task<Next> next_exchange();
    Task<Parsed<std::size_t>> read_head();
    Task<Next> exchange(std::size_t head_size);
    Task<bool> run_stream();
    Task<Next> answer_problem(HttpProblem problem);
    Task<Response> call_handler();
    Task<Result<std::string_view>> next_piece() override;
    Task<Result<void>> read_body_bytes();
    [[nodiscard]] std::chrono::milliseconds patience() const;
    Task<void> drop_rest();
    Parsed<void> begin_request(std::size_t head_size);
    bool finish_body();
    [[nodiscard]] Next after_response(bool body_read, bool close);
    void begin_stream(StreamBody body, unsigned status, Next then);
    void report(unsigned status, std::uint64_t bytes_sent);
    Response render(HttpProblem problem);

    ServerCore& core_;
    Channel channel_;
    Origin origin_;
    HeadScanner scanner_;
    MessageParser parser_{MessageParser::Kind::kRequest};
    ResponseSender sender_;
    std::unique_ptr<Request> request_;       ///< gone between requests and during a stream
    std::unique_ptr<StreamSession> stream_;  ///< while one is being sent
    SteadyTime started_{};
    std::chrono::nanoseconds body_waited_{0};  ///< for the body's bytes
    std::uint64_t idle_turn_ = 0;
    std::size_t piece_size_ = 0;  ///< of the input, handed out by next_piece and not consumed yet
    async::TaskGroup::TaskId task_ = 0;
    Next after_stream_ = Next::kClose;
    bool http10_ = false;
    bool continue_owed_ = false;  ///< the client waits for 100 before it sends the body
    bool body_broken_ = false;    ///< no more requests can follow
};

}  // namespace signalbox::net
