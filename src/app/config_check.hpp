// What no single setting can tell: combinations, files that must be there, and what comes with a
// later version.
//
// Threads: any (blocking: reads the files that are named).  Suspends: never.  Errors: none.
#pragma once

#include "app/server_config.hpp"

#include <string>
#include <vector>

namespace signalbox::app {

/// One sentence for each problem; none when the server can start with it.
[[nodiscard]] std::vector<std::string> check_config(const ServerConfig& config);

/// The key itself, or what its file holds; empty: neither is configured.
[[nodiscard]] Result<std::string> read_admin_key(const TenancySection& section);

}  // namespace signalbox::app
