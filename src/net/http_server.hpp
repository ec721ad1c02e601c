// HTTP/1.1 server: listeners, connections, limits, orderly stop.
//
// One coroutine per connection reads a head, calls the handler and writes its response; pipelined
// requests wait their turn. Time limits cost nothing per request: each connection notes when it
// will be overdue, and one sweep a second closes the overdue ones. At the connection limit the
// longest idle connection makes room; if none is idle, newcomers get 503.
//
// Stop: stop_accepting, then drain. A drain closes idle connections, lets requests finish, tells
// streams to end, and cancels what is left when its time is over.
//
// Threads: the event loop.  Suspends: drain.
// Errors: listen_* kUnavailable or kInvalid, naming the address; exceptions of the handler are
// logged and become 500.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "net/http_message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace signalbox::net {

struct ServerLimits {
    std::size_t connections = 12'000;
    std::size_t handshakes = 64;                ///< TLS handshakes under way at once
    std::size_t head_bytes = 16U << 10U;        ///< above: 431
    std::size_t target_bytes = 8U << 10U;       ///< of the request line: 414
    std::size_t dropped_bytes = 8U << 20U;      ///< of a refused body, read before the close
    std::chrono::milliseconds dropped{2'000};   ///< the same as a time
    std::chrono::milliseconds idle{75'000};     ///< between requests
    std::chrono::milliseconds slow{30'000};     ///< without a byte of head or body: 408
    std::chrono::milliseconds head{60'000};     ///< for a whole head, however it trickles: 408
    std::size_t least_rate = 256;               ///< bytes of a body for each second beyond `slow`
    std::chrono::milliseconds stalled{60'000};  ///< 64 KiB of an answer that the peer does not take
    std::chrono::milliseconds handshake{10'000};  ///< TLS
    std::chrono::milliseconds live_grace{2'000};  ///< for live streams, once a drain has begun
    std::chrono::milliseconds sweep{1'000};       ///< how exact all these are
};

struct ServerOptions {
    ServerLimits limits;
    /// Makes the response for what the server refuses itself; required.
    std::function<Response(const Refusal&)> render_error;
    std::function<void(const RequestSummary&)> on_request_done;
};

/// PEM files; the certificate file may hold the chain. ECDSA and RSA keys; TLS 1.2 and newer.
struct TlsFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

class HttpServer {
public:
    using Handler = std::function<Task<Response>(Request&)>;

    /// The pool reads files to be sent; it must outlive the server.
    HttpServer(
        Executor executor, async::BlockingPool& pool, ServerOptions options, Handler handler
    );
    /// Nothing may be running any more: await drain() first, if anything was ever listened on.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Accepts from now on at a numeric address or `localhost`; port 0 takes a free one. Returns
    /// the bound port.
    Result<std::uint16_t> listen_tcp(
        const std::string& address, std::uint16_t port, const std::optional<TlsFiles>& tls = {}
    );

    /// A socket file with mode 0600; a stale one is replaced, one that answers is kConflict. The
    /// file is removed by stop_accepting.
    Result<void> listen_unix(const std::filesystem::path& path);

    /// Closes the listeners; connections go on.
    void stop_accepting();

    /// Ends everything within `grace`, then cancels what is left. Returns when nothing runs.
    Task<void> drain(std::chrono::milliseconds grace);

    /// Cancels everything now; a drain under way then returns soon.
    void abort();

    [[nodiscard]] std::size_t connections() const;
    /// Live streams being sent.
    [[nodiscard]] std::size_t active_streams() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox::net
