// How much room a file system has left.
//
// Threads: any.  Suspends: never.  Errors: kInternal with the path.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace signalbox::files {

struct FreeSpace {
    std::uint64_t free_bytes = 0;  ///< for unprivileged users
    std::uint64_t total_bytes = 0;

    /// 0-1.
    [[nodiscard]] double fraction() const {
        return total_bytes == 0
                   ? 0
                   : static_cast<double>(free_bytes) / static_cast<double>(total_bytes);
    }
};

[[nodiscard]] Result<FreeSpace> measure_free_space(const std::filesystem::path& path);

/// `only 3.1 % of the server's disk is free (12.0 MiB)` when it is less than `share` (0-1); else
/// nothing, also where it cannot be measured: what is tried there will say what is wrong.
[[nodiscard]] std::optional<std::string> find_shortage(
    const std::filesystem::path& path, double share
);

}  // namespace signalbox::files
