// From flags, environment and file to one ServerConfig, with every problem said at once.
//
// Threads: any.  Suspends: never.
// Errors: load: all problems, one sentence each, naming where the value came from.
#pragma once

#include "app/server_config.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::app {

struct ConfigSources {
    std::string file;  ///< path; empty: none
    std::function<std::optional<std::string>(const std::string&)> environment;
    std::vector<std::pair<std::string, std::string>> flags;  ///< setting key and value
};

/// The process's environment; an empty variable counts as not set.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

/// Fills `config`; returns the problems, none when all is well.
[[nodiscard]] std::vector<std::string> load_config(
    const ConfigSources& sources, ServerConfig& config
);

/// The effective configuration as YAML, each key with its meaning; secrets are not shown. Reading
/// it back gives the same configuration, but for secrets.
[[nodiscard]] std::string print_config(ServerConfig& config);

}  // namespace signalbox::app
