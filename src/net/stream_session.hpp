// A streamed response while it is being sent: runs the producer, frames what it writes.
//
// The peer is watched meanwhile: its end means that nobody reads any more, and the task that runs
// the session is cancelled where it waits.
//
// Threads: the event loop.  Suspends: run.  Errors: a producer's exceptions are logged; the outcome
// says whether the body is whole.
#pragma once

#include "net/channel.hpp"
#include "net/http_body.hpp"
#include "net/server_core.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace signalbox::net {

class StreamSession final : private BodyWriter {
public:
    /// What is left to say about the request when the stream has ended.
    struct Summary {
        Method method = Method::kGet;
        std::string path;
        std::string request_id;
        std::string peer;
        unsigned status = 200;
        std::uint64_t bytes_received = 0;
        SteadyTime started;
    };

    /// The head has been sent. Core and channel must outlive the session.
    StreamSession(
        ServerCore& core, Channel& channel, StreamBody body, bool chunked, Summary summary
    );
    ~StreamSession() override;
    StreamSession(const StreamSession&) = delete;
    StreamSession& operator=(const StreamSession&) = delete;

    /// True when the body is whole. `on_gone` must cancel the task that awaits this.
    Task<bool> run(std::function<void()> on_gone);

    [[nodiscard]] bool live() const { return body_.live; }

private:
    Task<Result<void>> write(std::string_view bytes) override;

    [[nodiscard]] bool draining() const override { return core_.draining; }

    void abort() override { aborted_ = true; }

    Task<Result<void>> send(std::string_view bytes);
    void stream_failed(std::string_view what);

    ServerCore& core_;
    Channel& channel_;
    StreamBody body_;
    Summary summary_;
    std::string chunk_;
    std::uint64_t sent_ = 0;
    bool chunked_;
    bool aborted_ = false;
};

}  // namespace signalbox::net
