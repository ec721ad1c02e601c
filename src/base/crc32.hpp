// CRC-32 as zip and gzip use it (ISO 3309, polynomial 0xEDB88320), eight bytes at a time.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <string_view>

namespace signalbox {

/// That of all bytes so far, when `crc` is that of those before (0 at the start).
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, std::string_view bytes);

}  // namespace signalbox
