#include "net/http_server.hpp"

#include "async/backoff.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "net/http_connection.hpp"
#include "net/server_core.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_stream.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/redirect_error.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace signalbox::net {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;

// Connections above the limit that are told so at once; then new ones wait in the backlog.
constexpr std::size_t kRefusedAtOnce = 64;
// How many times the limit of a handshake one may wait for its turn.
constexpr int kQueueing = 3;
constexpr auto kWarningEvery = 10s;
constexpr auto kRoomPoll = 50ms;
constexpr auto kDrainPoll = 20ms;

struct Listener {
    Acceptor acceptor;
    std::shared_ptr<TlsContext> tls;
    std::filesystem::path unix_path;
};

Error listen_error(const std::string& where) {
    return {
        Code::kUnavailable,
        "LISTEN",
        "cannot listen on " + where + ": " + system_error(errno, "").message()
    };
}

Result<UniqueFd> open_listener(const SocketAddress& address, const std::string& where) {
    const int family = address.data()->sa_family;
    UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) {
        return fail(listen_error(where));
    }
    const int on = 1;
    if (family == AF_UNIX) {
        // The file gets this mode from the beginning (unix(7): the socket's mode and the umask).
        ::fchmod(fd.get(), S_IRUSR | S_IWUSR);
    } else {
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (::bind(fd.get(), address.data(), static_cast<socklen_t>(address.size())) != 0 ||
        ::listen(fd.get(), SOMAXCONN) != 0) {
        return fail(listen_error(where));
    }
    return fd;
}

// A socket file that nobody listens on is left over from a server that was killed.
Result<void> remove_stale_socket(const SocketAddress& address, const std::filesystem::path& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        return {};
    }
    const auto in_use = [&path](std::string_view why) {
        return fail(
            Code::kConflict, "LISTEN", "cannot listen on " + path.string() + ": " + std::string(why)
        );
    };
    if (!S_ISSOCK(status.st_mode)) {
        return in_use("a file that is no socket is there");
    }
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(probe.get(), address.data(), static_cast<socklen_t>(address.size())) == 0 ||
        errno != ECONNREFUSED) {
        return in_use("a server answers there");
    }
    ::unlink(path.c_str());
    return {};
}

Task<void> sweep_loop(ServerCore* core) {
    while (true) {
        co_await async::sleep_for(core->options.limits.sweep);
        core->sweep();
    }
}

// False when the peer did not come to an agreement with us, or not in time.
Task<bool> shake_hands(ServerCore* core, TlsStream* tls, Channel* channel) {
    struct Slot {
        ServerCore* core;

        explicit Slot(ServerCore* owner) : core(owner) { ++core->handshakes; }

        ~Slot() {
            --core->handshakes;
            core->handshake_done.notify("");
        }
    };

    const ServerLimits& limits = core->options.limits;
    channel->begin_wait(Channel::Wait::kHandshake, core->deadline_in(limits.handshake));
    // A peer that says nothing takes no slot.
    co_await tls->wait_for_peer();
    channel->begin_wait(Channel::Wait::kHandshake, core->deadline_in(kQueueing * limits.handshake));
    while (core->handshakes >= limits.handshakes) {
        auto subscription = core->handshake_done.subscribe("");
        co_await subscription.wait(1s);
    }
    const Slot slot(core);
    channel->begin_wait(Channel::Wait::kHandshake, core->deadline_in(limits.handshake));
    const Result<void> done = co_await tls->handshake();
    channel->end_wait();
    co_return done.has_value();
}

Task<void> serve_tls(ServerCore* core, std::unique_ptr<Connection> connection, TlsStream* tls) {
    if (co_await shake_hands(core, tls, &connection->channel())) {
        co_await Connection::run(std::move(connection));
    }
}

Task<void> wait_for_room(ServerCore* core) {
    const std::size_t most = core->options.limits.connections + kRefusedAtOnce;
    while (core->connections.size() >= most && !core->close_longest_idle()) {
        co_await async::sleep_for(kRoomPoll);
    }
}

void start(ServerCore& core, const Listener& listener, Socket socket, const SocketAddress& peer) {
    Connection::Origin origin{
        .peer = format_peer(peer), .secure = listener.tls != nullptr, .refused = false
    };
    if (core.connections.size() >= core.options.limits.connections) {
        origin.refused = !core.close_longest_idle();
    }
    prepare_connection(socket);
    std::unique_ptr<TlsStream> tls;
    std::unique_ptr<Stream> plain;
    if (listener.tls != nullptr) {
        tls = make_tls_stream(std::move(socket), listener.tls, "");
    } else {
        plain = make_socket_stream(std::move(socket));
    }
    TlsStream* const shaking = tls.get();
    auto connection = std::make_unique<Connection>(
        core, shaking != nullptr ? std::move(tls) : std::move(plain), std::move(origin)
    );
    Connection* const raw = connection.get();
    const auto task = core.group.spawn(
        "connection",
        shaking != nullptr ? serve_tls(&core, std::move(connection), shaking)
                           : Connection::run(std::move(connection))
    );
    // A task may begin at once, but what is still there is the same connection.
    if (core.connections.contains(raw)) {
        raw->set_task(task);
    }
}

// Out of descriptors or memory: idle connections give theirs back, and trying waits longer each
// time instead of spinning.
Task<void> recover(ServerCore* core, std::uint32_t failures, boost::system::error_code ec) {
    if (core->now >= core->next_accept_warning) {
        core->next_accept_warning = core->now + kWarningEvery;
        log::warning(
            "cannot accept connections",
            {{"error", ec.message()}, {"connections", core->connections.size()}}
        );
    }
    core->close_longest_idle();
    OsRandom random;
    co_await async::sleep_for(
        async::backoff_delay({.first = 20ms, .ceiling = 1'000ms}, failures, random)
    );
}

Task<void> accept_loop(ServerCore* core, Listener* listener) {
    std::uint32_t failures = 0;
    while (listener->acceptor.is_open()) {
        co_await wait_for_room(core);
        Socket socket(core->executor);
        SocketAddress peer;
        boost::system::error_code ec;
        co_await listener->acceptor.async_accept(socket, peer, asio::redirect_error(kAwait, ec));
        if (!listener->acceptor.is_open()) {
            co_return;
        }
        if (ec) {
            co_await recover(core, ++failures, ec);
            continue;
        }
        failures = 0;
        start(*core, *listener, std::move(socket), peer);
    }
}

}  // namespace

struct HttpServer::Impl {
    ServerCore core;
    std::vector<std::unique_ptr<Listener>> listeners;

    void listen(const SocketAddress& address, UniqueFd fd, Listener listener) {
        const int protocol = address.data()->sa_family == AF_UNIX ? 0 : IPPROTO_TCP;
        listener.acceptor.assign({address.data()->sa_family, protocol}, fd.release());
        if (listeners.empty()) {
            core.group.spawn("sweep", sweep_loop(&core));
        }
        listeners.push_back(std::make_unique<Listener>(std::move(listener)));
        core.group.spawn("accept", accept_loop(&core, listeners.back().get()));
    }
};

HttpServer::HttpServer(
    Executor executor, async::BlockingPool& pool, ServerOptions options, Handler handler
)
    : impl_(new Impl{
          .core = ServerCore(executor, pool, std::move(options), std::move(handler)),
          .listeners = {}
      }) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen_tcp(
    const std::string& address, std::uint16_t port, const std::optional<TlsFiles>& tls
) {
    const std::string where = address + ":" + std::to_string(port);
    std::shared_ptr<TlsContext> context;
    if (tls) {
        SB_TRY(context, make_server_tls(tls->certificate, tls->key));
    }
    SB_TRY(const SocketAddress wanted, make_tcp_address(address, port));
    SB_TRY(UniqueFd fd, open_listener(wanted, where));
    SocketAddress bound;
    auto size = static_cast<socklen_t>(bound.capacity());
    if (::getsockname(fd.get(), bound.data(), &size) != 0) {
        return fail(listen_error(where));
    }
    bound.resize(size);
    const std::uint16_t bound_port = port_of(bound);
    impl_->listen(
        bound,
        std::move(fd),
        {.acceptor = Acceptor(impl_->core.executor), .tls = std::move(context), .unix_path = {}}
    );
    return bound_port;
}

Result<void> HttpServer::listen_unix(const std::filesystem::path& path) {
    SB_TRY(const SocketAddress address, make_unix_address(path));
    SB_OK(remove_stale_socket(address, path));
    SB_TRY(UniqueFd fd, open_listener(address, path.string()));
    impl_->listen(
        address,
        std::move(fd),
        {.acceptor = Acceptor(impl_->core.executor), .tls = nullptr, .unix_path = path}
    );
    return {};
}

void HttpServer::stop_accepting() {
    for (const auto& listener : impl_->listeners) {
        if (!listener->acceptor.is_open()) {
            continue;
        }
        boost::system::error_code ignored;
        listener->acceptor.close(ignored);
        if (!listener->unix_path.empty()) {
            ::unlink(listener->unix_path.c_str());
        }
    }
}

Task<void> HttpServer::drain(std::chrono::milliseconds grace) {
    ServerCore& core = impl_->core;
    stop_accepting();
    core.draining = true;
    core.close_idle();
    const SteadyTime begin = std::chrono::steady_clock::now();
    const SteadyTime end = begin + grace;
    const SteadyTime live_end = begin + std::min(grace, core.options.limits.live_grace);
    while (!core.connections.empty() && !core.aborted) {
        const SteadyTime now = std::chrono::steady_clock::now();
        if (now >= end) {
            break;
        }
        if (now >= live_end) {
            core.end_live_streams();
        }
        co_await async::sleep_for(kDrainPoll);
    }
    abort();
    co_await core.group.join();
}

void HttpServer::abort() {
    stop_accepting();
    impl_->core.draining = true;
    impl_->core.aborted = true;
    impl_->core.group.cancel();
}

std::size_t HttpServer::connections() const {
    return impl_->core.connections.size();
}

std::size_t HttpServer::active_streams() const {
    return impl_->core.live_streams;
}

}  // namespace signalbox::net
