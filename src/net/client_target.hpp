// Whom a client talks to, out of its base URL.
//
// Threads: any.  Suspends: never.  Errors: kInvalid, with the URL.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace signalbox::net {

struct ClientTarget {
    bool secure = false;
    std::string host;  ///< name or address, without brackets; "localhost" for a Unix socket
    std::uint16_t port = 0;
    std::filesystem::path unix_path;  ///< set for `unix:`
    std::string host_header;
    std::string prefix;  ///< path before every target, without a slash at its end
};

/// `http://host[:port][/prefix]`, `https://…`, `unix:/path`.
[[nodiscard]] Result<ClientTarget> parse_client_target(std::string_view url);

}  // namespace signalbox::net
