// Which server, and with which key: decided from flags, environment, context file and data
// directory.
//
// The address: --url, --context, SIGNALBOX_URL, SIGNALBOX_CONTEXT or the current context, the
// default. The key: --key, that of --context, for admin commands `admin.key` of --data,
// SIGNALBOX_KEY, the context's, for admin commands on this machine `admin.key` of SIGNALBOX_DATA or
// ./signalbox-data. A context's key goes to the context's server only.
//
// Threads: any (reads one small file).  Suspends: never.
// Errors: usage for an unknown context or a malformed address; system errors for --data.
#pragma once

#include "base/error.hpp"
#include "cli/context_store.hpp"
#include "cli/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::cli {

inline constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8000";

enum class Purpose : std::uint8_t {
    kTenant,  ///< the key goes as a bearer token
    kAdmin    ///< the key goes as X-Admin-Key
};

struct Connection {
    std::string url;         ///< without a slash at its end
    std::string key;         ///< empty: none
    std::string key_source;  ///< for people: `SIGNALBOX_KEY`, `context demo`
    std::string ca_file;
    Purpose purpose = Purpose::kTenant;
};

[[nodiscard]] Result<Connection> resolve_connection(
    const Settings& settings, const Variables& variables, const Contexts& contexts, Purpose purpose
);

/// `host:port` gets a scheme, a slash at the end goes; anything but http, https and unix is
/// refused.
[[nodiscard]] Result<std::string> normalize_url(std::string_view url);

}  // namespace signalbox::cli
