// Which SUMO options a tenant may set, on the command line and in a configuration.
//
// Refused: what opens sockets (`remote-port`, `num-clients`, `host:port` targets), names or saves
// configurations and states (`configuration-file`, `save-*`), sets log files, writes or reads
// outside the run's directory, and what nobody knows. A configuration may do more than `args`: log
// files and states are outputs there like others, and what SUMO lets pass is only a warning.
//
// Threads: any.  Suspends: never.
// Errors: kInvalid `OPTION_NOT_ALLOWED`, `UNKNOWN_OPTION` (with the nearest known), `BAD_VALUE`.
#pragma once

#include "base/error.hpp"
#include "model/finding.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/simulators.hpp"

#include <span>
#include <string>
#include <vector>

namespace signalbox::scenario {

inline constexpr std::size_t kMaxArgs = 200;
inline constexpr std::size_t kMaxArgBytes = 4096;

/// `--name value`, `--name=value` and `--flag` become `--name=value`, each option once (the last
/// one counts). Paths must stay inside the run's directory. With a simulator, its version must know
/// the option.
[[nodiscard]] Result<std::vector<std::string>> check_args(
    std::span<const std::string> args, const Simulator* simulator = nullptr
);

/// What the policy has to say about a configuration's own options (not about its files).
[[nodiscard]] std::vector<model::Finding> check_options(
    const Configuration& configuration, const Simulator* simulator = nullptr
);

}  // namespace signalbox::scenario
