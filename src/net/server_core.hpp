// What all connections of one server share: options, counters, coarse time, the way to stop.
//
// Threads: the event loop.  Suspends: never.  Errors: none.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/clock.hpp"
#include "net/http_server.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>

namespace signalbox::net {

class Connection;

struct ServerCore {
    ServerCore(
        Executor loop,
        async::BlockingPool& blocking_pool,
        ServerOptions server_options,
        HttpServer::Handler request_handler
    );

    /// Brings `now` and `date` up to date and ends waits that are overdue.
    void sweep();

    /// `now` may be one sweep old; deadlines made from it are never early.
    [[nodiscard]] SteadyTime deadline_in(std::chrono::milliseconds limit) const {
        return now + limit + options.limits.sweep;
    }

    [[nodiscard]] std::string next_request_id();

    /// Makes room for one connection by closing the one that is idle longest; false if none is.
    bool close_longest_idle();

    void close_idle();

    /// Cancels the live streams that are still being sent.
    void end_live_streams();

    Executor executor;
    async::BlockingPool& pool;
    ServerOptions options;
    HttpServer::Handler handler;
    async::TaskGroup group;
    async::Signal handshake_done;
    std::unordered_set<Connection*> connections;
    std::size_t handshakes = 0;
    std::size_t live_streams = 0;
    std::uint64_t idle_turns = 0;  ///< counts connections becoming idle
    SteadyTime next_accept_warning{};
    SteadyTime now;
    std::string date;
    bool draining = false;
    bool aborted = false;

private:
    std::uint64_t id_state_;
};

}  // namespace signalbox::net
