// Makes the zip of a scenario: exactly the files its configuration needs, the same bytes each time.
//
// Given a directory, its only `.sumocfg` is meant. The archive's root is the deepest directory that
// holds the configuration and all it names (`../net/x.net.xml` works). Files are found as the
// pre-flight finds them, also those named in additional files; a missing one is skipped here and
// reported by the pre-flight of the result. Stopped, it leaves no archive.
//
// Threads: any (blocking).  Suspends: never.
// Errors: kNotFound; kInvalid `NO_CONFIGURATION`, `SEVERAL_CONFIGURATIONS`, `OUTSIDE_FILE`;
// kCancelled `STOPPED`.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace signalbox::scenario {

struct PackReport {
    std::string config_file;           ///< within the archive
    std::vector<std::string> files;    ///< sorted
    std::vector<std::string> missing;  ///< named, but not there
    std::uint64_t unpacked_bytes = 0;
    std::uint64_t packed_bytes = 0;
};

/// `source` is a directory or a `.sumocfg`; `zip` is replaced.
[[nodiscard]] Result<PackReport> pack_scenario(
    const std::filesystem::path& source,
    const std::filesystem::path& zip,
    const std::stop_token& stop = {}
);

}  // namespace signalbox::scenario
