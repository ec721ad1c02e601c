// The directory of a zip (PKWARE APPNOTE 6.3), read strictly and within the guard's limits.
//
// The end record must close the file, the central directory must end where the end record (or its
// zip64 form) begins and hold exactly the claimed entries, local headers must name the same file,
// and no two entries may share bytes. Anything else is an archive that two programs would read
// differently.
//
// Threads: any (blocking reads).  Suspends: never.
// Errors: kInvalid `EMPTY_FILE`, `INVALID_ZIP`, `UNSAFE_ARCHIVE`, `ARCHIVE_TOO_LARGE`.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"
#include "scenario/archive/archive.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::scenario {

struct ZipEntry {
    std::string name;  ///< cleaned: relative, `/`, UTF-8
    bool folder = false;
    bool junk = false;  ///< to be ignored
    std::uint32_t crc = 0;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::uint64_t packed_bytes = 0;
    std::uint64_t size_bytes = 0;
    std::uint64_t header_offset = 0;
    std::uint64_t data_offset = 0;
    std::uint32_t name_crc = 0;  ///< of the name as it is stored, to compare the local header's
};

inline constexpr std::uint16_t kZipStored = 0;
inline constexpr std::uint16_t kZipDeflated = 8;

/// Every entry that is not junk, in the order of its bytes.
[[nodiscard]] Result<std::vector<ZipEntry>> read_zip_directory(
    const UniqueFd& file, const ArchiveLimits& limits
);

}  // namespace signalbox::scenario
