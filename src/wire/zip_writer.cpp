#include "wire/zip_writer.hpp"

#include "base/crc32.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace signalbox::wire {

namespace {

constexpr std::uint64_t kMax32 = 0xFFFFFFFF;
constexpr std::uint64_t kMax16 = 0xFFFF;
constexpr std::uint64_t kBlockBytes = 65'535;  // of one stored block
constexpr std::uint64_t kBlockHeaderBytes = 5;
constexpr std::string_view kLastBlock("\x01\x00\x00\xFF\xFF", 5);  // empty, with the final bit

constexpr std::uint16_t kNeeded = 20;                // 2.0: DEFLATE
constexpr std::uint16_t kNeededZip64 = 45;           // 4.5
constexpr std::uint16_t kMadeBy = (3U << 8U) | 45U;  // Unix, 4.5
constexpr std::uint16_t kFlags = 0x0808;             // sizes and checksum follow; UTF-8 names
constexpr std::uint16_t kDeflate = 8;
constexpr std::uint64_t kAttributes = std::uint64_t{0100644} << 16U;  // a plain file

constexpr std::uint64_t kLocalBytes = 30;
constexpr std::uint64_t kLocalZip64Bytes = 20;
constexpr std::uint64_t kCentralBytes = 46;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kEndZip64Bytes = 56 + 20;

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>((value >> (8 * i)) & 0xFFU);
    }
}

std::uint64_t stored_size(std::uint64_t size) {
    const std::uint64_t blocks = (size + kBlockBytes - 1) / kBlockBytes;
    return size + blocks * kBlockHeaderBytes + kLastBlock.size();
}

bool needs_zip64(std::uint64_t size) {
    return stored_size(size) >= kMax32;
}

std::uint64_t descriptor_bytes(std::uint64_t size) {
    return needs_zip64(size) ? 24 : 16;
}

std::uint64_t local_bytes(const ZipEntry& entry) {
    return kLocalBytes + entry.name.size() + (needs_zip64(entry.size_bytes) ? kLocalZip64Bytes : 0);
}

std::uint64_t central_bytes(const ZipEntry& entry, std::uint64_t offset) {
    const std::uint64_t numbers =
        (needs_zip64(entry.size_bytes) ? 2U : 0U) + (offset >= kMax32 ? 1U : 0U);
    return kCentralBytes + entry.name.size() + (numbers == 0 ? 0 : 4 + 8 * numbers);
}

bool end_needs_zip64(std::uint64_t entries, std::uint64_t offset, std::uint64_t size) {
    return entries >= kMax16 || offset >= kMax32 || size >= kMax32;
}

// MS-DOS date and time, in steps of two seconds from 1980 on.
std::uint32_t dos_time(Instant instant) {
    using std::chrono::days;
    using std::chrono::floor;
    const auto day = floor<days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(floor<std::chrono::seconds>(instant - day));
    const int year = std::clamp(static_cast<int>(date.year()) - 1980, 0, 127);
    const auto seconds = static_cast<std::uint32_t>(time.seconds().count());
    const auto minutes = static_cast<std::uint32_t>(time.minutes().count());
    const auto hours = static_cast<std::uint32_t>(time.hours().count());
    return static_cast<std::uint32_t>(year) << 25U | static_cast<unsigned>(date.month()) << 21U |
           static_cast<unsigned>(date.day()) << 16U | hours << 11U | minutes << 5U | seconds / 2;
}

}  // namespace

void ZipWriter::begin_entry(std::string& out, ZipEntry entry) {
    SB_CHECK(entry.name.size() <= kMax16);
    entry_ = std::move(entry);
    entry_offset_ = offset_;
    taken_ = 0;
    crc_ = 0;
    const bool zip64 = needs_zip64(entry_.size_bytes);
    put(out, 0x04034B50, 4);
    put(out, zip64 ? kNeededZip64 : kNeeded, 2);
    put(out, kFlags, 2);
    put(out, kDeflate, 2);
    put(out, dos_time(entry_.modified), 4);
    put(out, 0, 4);  // checksum: in the descriptor
    put(out, zip64 ? kMax32 : 0, 4);
    put(out, zip64 ? kMax32 : 0, 4);
    put(out, entry_.name.size(), 2);
    put(out, zip64 ? kLocalZip64Bytes : 0, 2);
    out += entry_.name;
    if (zip64) {
        put(out, 1, 2);
        put(out, 16, 2);
        put(out, 0, 8);  // sizes: in the descriptor
        put(out, 0, 8);
    }
    offset_ += local_bytes(entry_);
}

void ZipWriter::append(std::string& out, std::string_view bytes) {
    SB_CHECK(bytes.size() <= entry_.size_bytes - taken_);
    crc_ = crc32(crc_, bytes);
    out.reserve(out.size() + bytes.size() + kBlockHeaderBytes * (bytes.size() / kBlockBytes + 2));
    while (!bytes.empty()) {
        // Blocks are cut by the entry's own offsets, so its size does not depend on the pieces.
        const std::uint64_t in_block = taken_ % kBlockBytes;
        if (in_block == 0) {
            const std::uint64_t length = std::min(kBlockBytes, entry_.size_bytes - taken_);
            put(out, 0, 1);
            put(out, length, 2);
            put(out, ~length & kMax16, 2);
        }
        const std::string_view piece = bytes.substr(0, kBlockBytes - in_block);
        out += piece;
        taken_ += piece.size();
        bytes.remove_prefix(piece.size());
    }
}

void ZipWriter::end_entry(std::string& out) {
    SB_CHECK(taken_ == entry_.size_bytes);
    const int width = needs_zip64(entry_.size_bytes) ? 8 : 4;
    out += kLastBlock;
    put(out, 0x08074B50, 4);
    put(out, crc_, 4);
    put(out, stored_size(entry_.size_bytes), width);
    put(out, entry_.size_bytes, width);
    offset_ += stored_size(entry_.size_bytes) + descriptor_bytes(entry_.size_bytes);
    add_to_directory();
}

void ZipWriter::add_to_directory() {
    std::string& out = directory_;
    const bool big = needs_zip64(entry_.size_bytes);
    const bool far = entry_offset_ >= kMax32;
    const std::uint64_t extra =
        central_bytes(entry_, entry_offset_) - kCentralBytes - entry_.name.size();
    put(out, 0x02014B50, 4);
    put(out, kMadeBy, 2);
    put(out, big || far ? kNeededZip64 : kNeeded, 2);
    put(out, kFlags, 2);
    put(out, kDeflate, 2);
    put(out, dos_time(entry_.modified), 4);
    put(out, crc_, 4);
    put(out, big ? kMax32 : stored_size(entry_.size_bytes), 4);
    put(out, big ? kMax32 : entry_.size_bytes, 4);
    put(out, entry_.name.size(), 2);
    put(out, extra, 2);
    put(out, 0, 2);  // comment
    put(out, 0, 2);  // disk
    put(out, 0, 2);  // internal attributes
    put(out, kAttributes, 4);
    put(out, far ? kMax32 : entry_offset_, 4);
    out += entry_.name;
    if (extra > 0) {
        put(out, 1, 2);
        put(out, extra - 4, 2);
    }
    if (big) {
        put(out, entry_.size_bytes, 8);
        put(out, stored_size(entry_.size_bytes), 8);
    }
    if (far) {
        put(out, entry_offset_, 8);
    }
    ++entries_;
}

void ZipWriter::finish(std::string& out) {
    const std::uint64_t size = directory_.size();
    const bool zip64 = end_needs_zip64(entries_, offset_, size);
    out += directory_;
    if (zip64) {
        put(out, 0x06064B50, 4);
        put(out, 44, 8);  // of this record, without its first twelve bytes
        put(out, kMadeBy, 2);
        put(out, kNeededZip64, 2);
        put(out, 0, 8);  // disks
        put(out, entries_, 8);
        put(out, entries_, 8);
        put(out, size, 8);
        put(out, offset_, 8);
        put(out, 0x07064B50, 4);  // where that record is
        put(out, 0, 4);
        put(out, offset_ + size, 8);
        put(out, 1, 4);
    }
    put(out, 0x06054B50, 4);
    put(out, 0, 4);  // disks
    put(out, std::min(entries_, kMax16), 2);
    put(out, std::min(entries_, kMax16), 2);
    put(out, std::min(size, kMax32), 4);
    put(out, std::min(offset_, kMax32), 4);
    put(out, 0, 2);  // comment
    offset_ += size + kEndBytes + (zip64 ? kEndZip64Bytes : 0);
    directory_.clear();
}

std::uint64_t ZipWriter::size_of(std::span<const ZipEntry> entries) {
    std::uint64_t offset = 0;
    std::uint64_t directory = 0;
    for (const ZipEntry& entry : entries) {
        directory += central_bytes(entry, offset);
        offset +=
            local_bytes(entry) + stored_size(entry.size_bytes) + descriptor_bytes(entry.size_bytes);
    }
    const bool zip64 = end_needs_zip64(entries.size(), offset, directory);
    return offset + directory + kEndBytes + (zip64 ? kEndZip64Bytes : 0);
}

}  // namespace signalbox::wire
