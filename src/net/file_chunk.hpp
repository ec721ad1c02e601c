// Reads pieces of files for the wire; blocking, so from the BlockingPool.
//
// Threads: any.  Suspends: never.  Errors: kInternal, also for a file that became shorter.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace signalbox::net {

/// Large enough that a hop to the pool costs little, small enough to be held per connection.
inline constexpr std::size_t kFileChunk = 128U << 10U;

[[nodiscard]] Result<std::string> read_file_chunk(
    const UniqueFd& file, std::uint64_t offset, std::size_t length
);

}  // namespace signalbox::net
