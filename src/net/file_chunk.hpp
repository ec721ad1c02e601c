// Pieces of files for the wire; reading blocks, so from the BlockingPool.
//
// Threads: any.  Suspends: never.  Errors: kInternal, also for a file that became shorter.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace signalbox::net {

/// `length` bytes of an open file, from `offset`; read while they are sent.
struct FilePiece {
    std::shared_ptr<const UniqueFd> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Large enough that a hop to the pool costs little, small enough to be held per connection.
inline constexpr std::size_t kFileChunk = 128U << 10U;

[[nodiscard]] Result<std::string> read_file_chunk(
    const UniqueFd& file, std::uint64_t offset, std::size_t length
);

}  // namespace signalbox::net
