// The composition root of signalboxd: everything is built here, in one list, and ends in reverse.
//
// Threads: the calling thread becomes the event loop.  Suspends: never (it runs the loop).
// Errors: none outward; the exit code of the process, the reason in the log.
#pragma once

#include "app/server_config.hpp"

namespace signalbox::app {

enum ExitCode : int { kOrderly = 0, kFailure = 1, kUsage = 2, kDataInUse = 3 };

/// Serves until a signal ends it.
[[nodiscard]] int run_server(const ServerConfig& config);

}  // namespace signalbox::app
