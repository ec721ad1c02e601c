// What the tests of this folder share: a loop with a server on it, and a client that sends raw
// bytes.
//
// Threads: the event loop.  Suspends: RawClient's verbs.  Errors: test failures.
#pragma once

#include "async/blocking_pool.hpp"
#include "net/http_server.hpp"
#include "net/socket_stream.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::net {

/// Lets the loop run until `reached()`.
template <class Condition>
Task<void> until(Condition reached) {
    while (!reached()) {
        co_await async::yield();
    }
}

/// Waits until it is cancelled.
inline Task<void> wait_for_ever() {
    Timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_at(Timer::time_point::max());
    co_await timer.async_wait(kAwait);
}

using signalbox::testing::TemporaryDirectory;

/// Errors as text: `408 REQUEST_TIMEOUT: sentence`.
inline Response render_for_test(const Refusal& refusal) {
    return {
        .status = refusal.status,
        .headers = {{"Content-Type", "text/plain"}},
        .body = refusal.word + ": " + refusal.message
    };
}

/// Options with limits short enough for a test that waits for them.
inline ServerOptions quick_options() {
    ServerOptions options;
    options.render_error = render_for_test;
    options.limits.sweep = std::chrono::milliseconds(5);
    options.limits.live_grace = std::chrono::milliseconds(20);
    return options;
}

/// A server on a free port of the loopback, on a loop of its own.
class TestServer {
public:
    explicit TestServer(HttpServer::Handler handler, ServerOptions options = quick_options())
        : server(loop.get_executor(), pool, std::move(options), std::move(handler)) {}

    /// Runs `body()` to its end, then stops the server; fails the test if that takes too long.
    template <class Body>
    void run(Body body) {
        if (port == 0) {
            port = server.listen_tcp("127.0.0.1", 0).value();
        }
        std::exception_ptr problem;
        bool ended = false;
        boost::asio::co_spawn(loop, drive(body), [&](const std::exception_ptr& thrown) {
            problem = thrown;
            ended = true;
        });
        loop.run_for(std::chrono::seconds(30));
        ASSERT_TRUE(ended) << "the test hangs";
        if (problem) {
            std::rethrow_exception(problem);
        }
        EXPECT_EQ(server.connections(), 0U);
        EXPECT_EQ(server.active_streams(), 0U);
    }

    boost::asio::io_context loop;
    async::BlockingPool pool{1};
    HttpServer server;
    std::uint16_t port = 0;

private:
    template <class Body>
    Task<void> drive(Body& body) {
        std::exception_ptr problem;
        try {
            co_await body();
        } catch (...) {
            problem = std::current_exception();
        }
        co_await server.drain(std::chrono::milliseconds(0));
        if (problem) {
            std::rethrow_exception(problem);
        }
    }
};

class RawClient {
public:
    explicit RawClient(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

    static Task<RawClient> connect(TestServer& server) {
        auto socket = co_await connect_tcp(server.pool, "127.0.0.1", server.port);
        co_return RawClient(make_socket_stream(std::move(socket).value()));
    }

    Task<void> send(std::string bytes) {
        EXPECT_TRUE((co_await stream_->write_all(bytes)).has_value());
    }

    /// Everything up to and including `mark`; less if the connection ends before.
    Task<std::string> read_to(std::string mark) {
        while (!pending_.contains(mark)) {
            std::array<char, 4096> buffer{};
            const auto count = co_await stream_->read_some(buffer);
            if (!count || *count == 0) {
                ended_ = true;
                co_return std::exchange(pending_, {});
            }
            pending_.append(buffer.data(), *count);
        }
        const std::size_t end = pending_.find(mark) + mark.size();
        std::string text = pending_.substr(0, end);
        pending_.erase(0, end);
        co_return text;
    }

    /// Everything up to the end of the connection.
    Task<std::string> read_to_end() {
        std::string text;
        while (!ended_) {
            text += co_await read_to(std::string(1, '\0') + "never");
        }
        co_return text;
    }

    /// What was read and not asked for yet.
    [[nodiscard]] std::string take_pending() { return std::exchange(pending_, {}); }

    [[nodiscard]] Stream& stream() { return *stream_; }

private:
    std::unique_ptr<Stream> stream_;
    std::string pending_;
    bool ended_ = false;
};

/// Sends `bytes` on a new connection and returns all that comes back until it is closed.
inline Task<std::string> talk(TestServer& server, std::string bytes) {
    RawClient client = co_await RawClient::connect(server);
    co_await client.send(std::move(bytes));
    co_return co_await client.read_to_end();
}

/// The body behind a head.
inline std::string body_of(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "" : answer.substr(end + 4);
}

inline std::string status_of(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? answer.substr(9, 3) : "none";
}

}  // namespace signalbox::net
