// Zips for tests, byte by byte: also those that no honest program would write.
//
// Entries are stored unless told otherwise; every field of both headers can be made to lie.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::scenario {

struct ZipItem {
    std::string name;
    std::string data;  ///< as it stands in the archive
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::uint32_t unix_mode = 0100644;
    std::optional<std::string> local_name;       ///< else the same
    std::optional<std::uint16_t> local_method;   ///< else the same
    std::optional<std::uint32_t> local_sizes;    ///< both of the local header, else the same
    std::optional<std::uint32_t> size;           ///< else that of `data`
    std::optional<std::uint32_t> crc;            ///< else the right one of `data`
    std::optional<std::uint32_t> header_offset;  ///< else where it is
    bool zip64 = false;                          ///< sizes in the extra field
};

struct ZipShape {
    std::optional<std::uint16_t> claimed_entries;
    std::optional<std::uint32_t> claimed_directory_bytes;
    std::string comment;
    std::string trailer;  ///< behind the end record
    bool zip64_end = false;
};

[[nodiscard]] std::string make_zip(const std::vector<ZipItem>& items, const ZipShape& shape = {});

/// Writes it to `path` and returns that.
std::filesystem::path write_zip(
    const std::filesystem::path& path, const std::vector<ZipItem>& items, const ZipShape& shape = {}
);

[[nodiscard]] std::uint32_t crc_of(const std::string& text);

void write_text(const std::filesystem::path& path, const std::string& text);

/// A deflate stream of stored blocks: the right form, no compression.
[[nodiscard]] std::string deflate_stored(const std::string& text);

/// A whole gzip file.
[[nodiscard]] std::string gzip(const std::string& text);

}  // namespace signalbox::scenario
