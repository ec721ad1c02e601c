#include "app/listen_address.hpp"

#include "base/text.hpp"
#include "net/socket_stream.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace signalbox::app {

namespace {

Failure bad_address(const std::string& text, std::string_view why) {
    return fail(Code::kInvalid, "BAD_SETTING", fmt::format("server.listen: \"{}\" {}", text, why));
}

}  // namespace

Result<ListenAddress> parse_listen_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : parse_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
    if (!port || colon == 0) {
        return bad_address(text, "is not address:port");
    }
    std::string host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    if (bracketed != host.contains(':')) {
        return bad_address(text, "is not address:port, with an IPv6 address in brackets");
    }
    if (!net::make_tcp_address(host, *port)) {
        return bad_address(text, "has no numeric address, nor localhost");
    }
    return ListenAddress{.host = std::move(host), .port = *port};
}

std::string to_url(const ListenAddress& address, bool tls) {
    const bool v6 = address.host.contains(':');
    return fmt::format(
        "{}://{}{}{}:{}",
        tls ? "https" : "http",
        v6 ? "[" : "",
        address.host,
        v6 ? "]" : "",
        address.port
    );
}

}  // namespace signalbox::app
