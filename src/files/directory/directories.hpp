// Directories below a root, walked without following a link and made durable.
//
// Threads: any (blocks).  Suspends: never.
// Errors: kInvalid for a name on the way that is a file or a link; else as system_error.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <filesystem>
#include <string_view>

namespace signalbox::files {

enum class Missing : std::uint8_t { kIsAnError, kIsMade };

/// The directory `below` (relative, already checked; empty: `top` itself) of the existing `top`.
[[nodiscard]] Result<UniqueFd> open_below(
    const std::filesystem::path& top, std::string_view below, Missing missing
);

/// Makes `directory` durable under its name: it and every directory above it up to `root`.
[[nodiscard]] Result<void> sync_up_to(
    std::filesystem::path directory, const std::filesystem::path& root
);

}  // namespace signalbox::files
