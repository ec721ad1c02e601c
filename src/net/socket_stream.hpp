// Plain sockets, TCP and Unix alike, as Streams; and how they come to be.
//
// Threads: the event loop.  Suspends: connect_tcp, connect_unix (to_stream_error never).
// Errors: kUnavailable with the address and the system's sentence.
#pragma once

#include "async/blocking_pool.hpp"
#include "net/stream.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;
using SocketAddress = boost::asio::generic::stream_protocol::endpoint;

[[nodiscard]] std::unique_ptr<Stream> make_socket_stream(Socket socket);

/// What a failed operation of a stream returns; throws instead if the task was cancelled.
Task<Error> to_stream_error(std::string_view what, boost::system::error_code ec);

/// What every connection has: it is not inherited by processes we start; TCP does not delay, and
/// holds little that is not sent.
void prepare_connection(Socket& socket);

enum class SocketInput : std::uint8_t { kNothing, kBytes, kEnd };

/// What waits on the socket itself, without taking it.
[[nodiscard]] SocketInput peek_input(Socket& socket);

/// `127.0.0.1`, `2001:db8::1` (IPv4 mapped into IPv6 as IPv4), `unix`.
[[nodiscard]] std::string format_peer(const SocketAddress& address);

/// 0 for a Unix socket.
[[nodiscard]] std::uint16_t port_of(const SocketAddress& address);

/// Resolves `host` on the pool and tries its addresses in order.
Task<Result<Socket>> connect_tcp(async::BlockingPool& pool, std::string host, std::uint16_t port);

Task<Result<Socket>> connect_unix(std::filesystem::path path);

[[nodiscard]] Result<SocketAddress> make_tcp_address(
    const std::string& address, std::uint16_t port
);

[[nodiscard]] Result<SocketAddress> make_unix_address(const std::filesystem::path& path);

}  // namespace signalbox::net
