// What a person names as a scenario, as the zip that is sent: a zip as it is, a directory or a
// `.sumocfg` packed with exactly the files the configuration needs.
//
// A packed zip lives in a temporary directory that goes with the value.
//
// Threads: any (blocking: from the pool).  Suspends: never.
// Errors: kNotFound, kInvalid for what is none of the three; those of scenario/packer.hpp.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace signalbox::cli {

struct ScenarioSource {
    std::filesystem::path zip;
    std::string file_name;     ///< `town.zip`
    std::string default_name;  ///< `town`: the scenario's, if none is given
    std::string config_file;   ///< of a packed one, within the zip
    bool packed = false;
    std::size_t files = 0;             ///< of a packed one
    std::uint64_t bytes = 0;           ///< of the zip
    std::vector<std::string> missing;  ///< named by a packed one, but not there
    std::shared_ptr<void> temporary;   ///< removes what was made
};

/// A directory or a `.sumocfg`.
[[nodiscard]] bool must_be_packed(const std::string& source);

/// `config_file` chooses among several of a directory; empty: the only one. Stopped while it packs
/// it ends soon, with kCancelled.
[[nodiscard]] Result<ScenarioSource> open_scenario_source(
    const std::string& source, const std::string& config_file, const std::stop_token& stop
);

}  // namespace signalbox::cli
