// How much room a file system has left.
//
// Threads: any.  Suspends: never.  Errors: kInternal with the path.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>

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

}  // namespace signalbox::files
