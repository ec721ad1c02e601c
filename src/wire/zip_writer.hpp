// Writes a zip archive from left to right, for sending: sizes are known beforehand, checksums are
// not (PKWARE's APPNOTE 6.3).
//
// Nothing is compressed. Data stands in DEFLATE's stored blocks (RFC 1951, section 3.2.4) rather
// than bare, because only so a reader that cannot seek knows where an entry ends; the checksum
// follows in a data descriptor. Names are UTF-8. Zip64 forms are used where numbers need them.
//
//     ZipWriter zip;
//     std::string out;
//     zip.begin_entry(out, {.name = "a.xml", .size_bytes = 5, .modified = now});
//     zip.append(out, "hello");
//     zip.end_entry(out);
//     zip.finish(out);
//
// Threads: one at a time.  Suspends: never.  Errors: none; an entry that gets other than its
// announced bytes is a bug of the caller and ends the process.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace signalbox::wire {

struct ZipEntry {
    std::string name;              ///< relative, with slashes; at most 65,535 bytes
    std::uint64_t size_bytes = 0;  ///< exactly what append() will be given
    Instant modified;
};

class ZipWriter {
public:
    void begin_entry(std::string& out, ZipEntry entry);
    void append(std::string& out, std::string_view bytes);
    void end_entry(std::string& out);

    /// The directory of all entries: the end of the archive.
    void finish(std::string& out);

    /// Of the whole archive.
    [[nodiscard]] static std::uint64_t size_of(std::span<const ZipEntry> entries);

private:
    void add_to_directory();

    ZipEntry entry_;
    std::uint64_t entry_offset_ = 0;
    std::uint64_t taken_ = 0;  ///< bytes of the entry so far
    std::uint32_t crc_ = 0;
    std::uint64_t offset_ = 0;  ///< behind what was written so far
    std::uint64_t entries_ = 0;
    std::string directory_;
};

}  // namespace signalbox::wire
