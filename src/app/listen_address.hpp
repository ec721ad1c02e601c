// Where the server listens: `127.0.0.1:8000`, `[::1]:0`, `localhost:8000`.
//
// Threads: any.  Suspends: never.  Errors: kInvalid, naming what is wrong with the text.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>

namespace signalbox::app {

struct ListenAddress {
    std::string host;  ///< numeric, or `localhost`; IPv6 without its brackets
    std::uint16_t port = 0;
};

[[nodiscard]] Result<ListenAddress> parse_listen_address(const std::string& text);

/// `http://[::1]:8000`
[[nodiscard]] std::string to_url(const ListenAddress& address, bool tls);

}  // namespace signalbox::app
