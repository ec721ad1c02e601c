#include "net/socket_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace signalbox::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Writes that never had to wait let nobody else run; after so many the loop gets its turn.
constexpr unsigned kWritesBetweenYields = 32;
// What the kernel holds before it is sent. Without this bound it grows to megabytes, and a peer
// that reads slowly but steadily looks for minutes as if it took nothing.
constexpr int kMaxUnsentBytes = 128 << 10;

Error connection_error(std::string_view what, const error_code& ec) {
    return {Code::kUnavailable, "CONNECTION", std::string(what) + ": " + ec.message()};
}

class SocketStream final : public Stream {
public:
    explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

    ~SocketStream() override { unwatch(); }

    SocketStream(const SocketStream&) = delete;
    SocketStream& operator=(const SocketStream&) = delete;

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override {
        writes_ = 0;
        error_code ec;
        const std::size_t count = co_await socket_.async_read_some(
            asio::buffer(buffer.data(), buffer.size()), asio::redirect_error(kAwait, ec)
        );
        if (ec && ec != asio::error::eof) {
            co_return fail(co_await to_stream_error("reading from the connection", ec));
        }
        co_return count;
    }

    Task<Result<void>> write_all(std::string_view bytes) override {
        if (writes_ >= kWritesBetweenYields) {
            writes_ = 0;
            co_await async::yield();
        }
        while (!bytes.empty()) {
            const ssize_t sent = send_some(bytes);
            error_code ec;
            if (sent >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                writes_ = 0;
                co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(kAwait, ec));
            } else if (errno != EINTR) {
                ec = error_code(errno, boost::system::system_category());
            }
            if (ec) {
                co_return fail(co_await to_stream_error("writing to the connection", ec));
            }
        }
        co_return Result<void>();
    }

    std::size_t write_now(std::string_view bytes) override {
        if (writes_ >= kWritesBetweenYields) {
            return 0;
        }
        const ssize_t sent = send_some(bytes);
        return sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }

    void watch(std::function<void()> on_gone) override {
        watch_ = std::make_shared<std::function<void()>>(std::move(on_gone));
        wait_for_input();
    }

    void unwatch() override {
        if (watch_ != nullptr) {
            *watch_ = nullptr;
            watch_.reset();
            cancel();
        }
    }

    [[nodiscard]] bool has_input() override { return peek_input(socket_) != SocketInput::kNothing; }

    void cancel() override {
        error_code ignored;
        socket_.cancel(ignored);
    }

    void shutdown_send() override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }

    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    ssize_t send_some(std::string_view bytes) {
        ++writes_;
        return ::send(
            socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT
        );
    }

    // The call-back is emptied when the watch ends, so one that is there means that we are, too.
    void wait_for_input() {
        socket_.async_wait(Socket::wait_read, [this, watch = watch_](const error_code& ec) {
            if (ec || *watch == nullptr) {
                return;
            }
            switch (peek_input(socket_)) {
                case SocketInput::kNothing:
                    wait_for_input();
                    break;
                case SocketInput::kEnd:
                    std::exchange(*watch, nullptr)();
                    break;
                case SocketInput::kBytes:
                    break;
            }
        });
    }

    Socket socket_;
    std::shared_ptr<std::function<void()>> watch_;
    unsigned writes_ = 0;  ///< in a row that did not wait
};

Result<std::vector<SocketAddress>> look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int problem = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (problem != 0) {
        return fail(
            Code::kUnavailable,
            "CONNECTION",
            "looking up '" + host + "': " + ::gai_strerror(problem)
        );
    }
    std::vector<SocketAddress> addresses;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        addresses.emplace_back(entry->ai_addr, entry->ai_addrlen, IPPROTO_TCP);
    }
    ::freeaddrinfo(found);
    return addresses;
}

// Numeric addresses need no look-up.
Task<Result<std::vector<SocketAddress>>> resolve(
    async::BlockingPool& pool, std::string host, std::uint16_t port
) {
    error_code ec;
    const auto numeric = asio::ip::make_address(host, ec);
    if (!ec) {
        co_return std::vector{SocketAddress(tcp::endpoint(numeric, port))};
    }
    auto look = [host = std::move(host), port] { return look_up(host, port); };
    co_return co_await pool.run(std::move(look));
}

}  // namespace

Task<Error> to_stream_error(std::string_view what, error_code ec) {
    // Who bounds or ends a task by himself looks at what it returns.
    if (co_await asio::this_coro::throw_if_cancelled()) {
        co_await async::throw_if_cancelled();
    }
    co_return connection_error(what, ec);
}

std::unique_ptr<Stream> make_socket_stream(Socket socket) {
    return std::make_unique<SocketStream>(std::move(socket));
}

void prepare_connection(Socket& socket) {
    const int fd = socket.native_handle();
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    // Both fail on Unix sockets, which never delay and hold little.
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMaxUnsentBytes, sizeof kMaxUnsentBytes);
}

SocketInput peek_input(Socket& socket) {
    char byte = 0;
    const ssize_t count = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count > 0) {
        return SocketInput::kBytes;
    }
    const bool nothing = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return nothing ? SocketInput::kNothing : SocketInput::kEnd;
}

std::string format_peer(const SocketAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.data()->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address.data(), sizeof v4);
        return ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    }
    if (address.data()->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address.data(), sizeof v6);
        constexpr std::string_view kMapped = "::ffff:";
        std::string_view shown = ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        if (shown.starts_with(kMapped) && shown.contains('.')) {
            shown.remove_prefix(kMapped.size());
        }
        return std::string(shown);
    }
    return "unix";
}

std::uint16_t port_of(const SocketAddress& address) {
    // The port stands at the same place in both families.
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    const int family = address.data()->sa_family;
    if (family != AF_INET && family != AF_INET6) {
        return 0;
    }
    sockaddr_in v4{};
    std::memcpy(&v4, address.data(), sizeof v4);
    return ntohs(v4.sin_port);
}

Task<Result<Socket>> connect_tcp(async::BlockingPool& pool, std::string host, std::uint16_t port) {
    SB_CO_TRY(const auto addresses, co_await resolve(pool, host, port));
    const Executor executor = co_await asio::this_coro::executor;
    error_code ec = asio::error::host_not_found;
    for (const SocketAddress& address : addresses) {
        Socket socket(executor);
        co_await socket.async_connect(address, asio::redirect_error(kAwait, ec));
        if (!ec) {
            prepare_connection(socket);
            co_return socket;
        }
    }
    const std::string what = "connecting to " + host + ":" + std::to_string(port);
    co_return fail(co_await to_stream_error(what, ec));
}

Task<Result<Socket>> connect_unix(std::filesystem::path path) {
    SB_CO_TRY(const SocketAddress address, make_unix_address(path));
    Socket socket(co_await asio::this_coro::executor);
    error_code ec;
    co_await socket.async_connect(address, asio::redirect_error(kAwait, ec));
    if (ec) {
        co_return fail(co_await to_stream_error("connecting to " + path.string(), ec));
    }
    prepare_connection(socket);
    co_return socket;
}

Result<SocketAddress> make_tcp_address(const std::string& address, std::uint16_t port) {
    error_code ec;
    const auto numeric =
        asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address.c_str(), ec);
    if (ec) {
        return fail(
            Code::kInvalid,
            "BAD_ADDRESS",
            "'" + address + "' is not a numeric address, nor 'localhost'"
        );
    }
    return SocketAddress(tcp::endpoint(numeric, port));
}

Result<SocketAddress> make_unix_address(const std::filesystem::path& path) {
    const std::string text = path.string();
    const std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    if (text.empty() || text.size() > longest) {
        return fail(
            Code::kInvalid,
            "BAD_ADDRESS",
            "socket path '" + text + "' has " + std::to_string(text.size()) +
                " bytes, must have 1 to " + std::to_string(longest)
        );
    }
    return SocketAddress(asio::local::stream_protocol::endpoint(text));
}

}  // namespace signalbox::net
