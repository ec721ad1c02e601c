// The command line of signalboxd.
//
// Threads: any.  Suspends: never.  Errors: usage errors give an exit code and a printed sentence.
#pragma once

#include "app/config_loader.hpp"

#include <expected>

namespace signalbox::app {

struct ServerOptions {
    ConfigSources sources;
    bool check_config = false;
    bool print_config = false;
};

/// What was asked for, or the code to exit with (0 after `--help` and `--version`, 2 for usage).
[[nodiscard]] std::expected<ServerOptions, int> parse_server_options(int argc, char** argv);

}  // namespace signalbox::app
