#include "scenario/archive/zip_directory.hpp"

#include "base/crc32.hpp"
#include "base/text.hpp"
#include "scenario/archive/archive_names.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <utility>

namespace signalbox::scenario {

namespace {

// APPNOTE 4.3: signatures and sizes of the fixed parts.
constexpr std::uint32_t kLocalSignature = 0x04034B50;
constexpr std::uint32_t kEntrySignature = 0x02014B50;
constexpr std::uint32_t kEndSignature = 0x06054B50;
constexpr std::uint32_t kEnd64Signature = 0x06064B50;
constexpr std::uint32_t kLocator64Signature = 0x07064B50;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::size_t kLocator64Bytes = 20;
constexpr std::size_t kMaxCommentBytes = 65535;
constexpr std::uint16_t kEncrypted = 1U << 0U;
constexpr std::uint16_t kSizesBehind = 1U << 3U;
constexpr std::uint16_t kUtf8 = 1U << 11U;
constexpr std::uint16_t kMaskedHeader = 1U << 13U;
constexpr std::uint16_t kZip64Extra = 0x0001;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // "the real value is in the zip64 part"
constexpr std::size_t kWindowBytes = std::size_t{64} << 10U;

Failure invalid(std::string message) {
    return fail(Code::kInvalid, "INVALID_ZIP", "Invalid zip file: " + std::move(message));
}

Failure unsafe(std::string message) {
    return fail(Code::kInvalid, "UNSAFE_ARCHIVE", "Unsafe archive: " + std::move(message));
}

/// Little-endian numbers of a byte string; the caller has checked its length.
class Fields {
public:
    explicit Fields(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint16_t u16(std::size_t at) const {
        return static_cast<std::uint16_t>(number(at, 2));
    }

    [[nodiscard]] std::uint32_t u32(std::size_t at) const {
        return static_cast<std::uint32_t>(number(at, 4));
    }

    [[nodiscard]] std::uint64_t u64(std::size_t at) const { return number(at, 8); }

private:
    [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t size) const {
        std::uint64_t value = 0;
        for (std::size_t i = size; i > 0; --i) {
            value = (value << 8U) | static_cast<unsigned char>(bytes_[at + i - 1]);
        }
        return value;
    }

    std::string_view bytes_;
};

Result<std::string> read_at(const UniqueFd& file, std::uint64_t offset, std::size_t length) {
    std::string bytes(length, '\0');
    std::size_t have = 0;
    while (have < length) {
        const ssize_t got = ::pread(
            file.get(), bytes.data() + have, length - have, static_cast<off_t>(offset + have)
        );
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(system_error(errno, "reading the archive"));
        }
        if (got == 0) {
            return invalid("it is cut short");
        }
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

struct Directory {
    std::uint64_t entries = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t end = 0;  ///< where the end record, or its zip64 form, begins
};

/// The end record is the last thing in the file; its comment reaches exactly to the end.
std::optional<std::size_t> find_end_record(std::string_view tail) {
    for (std::size_t at = tail.size() - kEndBytes + 1; at > 0; --at) {
        const Fields record(tail.substr(at - 1));
        if (record.u32(0) == kEndSignature && at - 1 + kEndBytes + record.u16(20) == tail.size()) {
            return at - 1;
        }
    }
    return std::nullopt;
}

Result<void> read_zip64_end(const UniqueFd& file, Directory& directory) {
    if (directory.end < kLocator64Bytes) {
        return invalid("its zip64 end record is missing");
    }
    const std::uint64_t locator_at = directory.end - kLocator64Bytes;
    SB_TRY(const std::string locator_bytes, read_at(file, locator_at, kLocator64Bytes));
    const Fields locator(locator_bytes);
    const std::uint64_t at = locator.u64(8);
    if (locator.u32(0) != kLocator64Signature || at > locator_at || locator_at - at < kEnd64Bytes) {
        return invalid("its zip64 end record is missing");
    }
    SB_TRY(const std::string record_bytes, read_at(file, at, kEnd64Bytes));
    const Fields record(record_bytes);
    if (record.u32(0) != kEnd64Signature) {
        return invalid("its zip64 end record is missing");
    }
    if (record.u32(16) != 0 || record.u32(20) != 0 || record.u64(24) != record.u64(32)) {
        return invalid("it is one part of several");
    }
    directory = {
        .entries = record.u64(32), .offset = record.u64(48), .bytes = record.u64(40), .end = at
    };
    return {};
}

Result<Directory> find_directory(const UniqueFd& file, std::uint64_t file_bytes) {
    const std::size_t tail_bytes =
        std::min<std::uint64_t>(file_bytes, kEndBytes + kMaxCommentBytes);
    if (tail_bytes < kEndBytes) {
        return invalid("it is only " + std::to_string(file_bytes) + " bytes long");
    }
    SB_TRY(const std::string tail, read_at(file, file_bytes - tail_bytes, tail_bytes));
    const auto found = find_end_record(tail);
    if (!found) {
        return invalid("there is no end record (it is no zip, or cut short)");
    }
    const Fields record(std::string_view(tail).substr(*found));
    if (record.u16(4) != record.u16(6) || record.u16(8) != record.u16(10)) {
        return invalid("it is one part of several");
    }
    Directory directory{
        .entries = record.u16(10),
        .offset = record.u32(16),
        .bytes = record.u32(12),
        .end = file_bytes - tail_bytes + *found
    };
    if (record.u16(10) == 0xFFFF || record.u32(12) == kIn64 || record.u32(16) == kIn64) {
        SB_OK(read_zip64_end(file, directory));
    } else if (record.u16(4) != 0) {
        return invalid("it is one part of several");
    }
    if (directory.offset > directory.end || directory.bytes != directory.end - directory.offset) {
        return invalid("its directory is not where the end record says");
    }
    return directory;
}

/// Reads the central directory front to back through a window, so that its size costs no memory.
class DirectoryReader {
public:
    DirectoryReader(const UniqueFd& file, const Directory& directory, const ArchiveLimits& limits)
        : file_(file), limits_(limits), at_(directory.offset), end_(directory.end) {}

    [[nodiscard]] bool at_end() const { return at_ == end_; }

    Result<ZipEntry> next() {
        SB_TRY(const std::string_view head_bytes, peek(kEntryBytes));
        const Fields head(head_bytes);
        if (head.u32(0) != kEntrySignature) {
            return invalid("its directory holds something that is no entry");
        }
        ZipEntry entry{
            .name = {},
            .crc = head.u32(16),
            .method = head.u16(10),
            .flags = head.u16(8),
            .packed_bytes = head.u32(20),
            .size_bytes = head.u32(24),
            .header_offset = head.u32(42)
        };
        const std::size_t name_bytes = head.u16(28);
        const std::size_t extra_bytes = head.u16(30);
        const std::size_t comment_bytes = head.u16(32);
        const std::uint32_t unix_mode = head.u32(38) >> 16U;
        const bool one_disk = head.u16(34) == 0 || head.u16(34) == 0xFFFF;

        SB_TRY(
            const std::string_view whole,
            peek(kEntryBytes + name_bytes + extra_bytes + comment_bytes)
        );
        const std::string_view raw_name = whole.substr(kEntryBytes, name_bytes);
        take_zip64(whole.substr(kEntryBytes + name_bytes, extra_bytes), entry);
        SB_TRY(CleanName clean, clean_name(raw_name, (entry.flags & kUtf8) != 0, limits_));
        entry.name = std::move(clean.name);
        entry.folder = clean.folder;
        entry.junk = clean.junk;
        entry.name_crc = crc32(0, raw_name);
        SB_OK(check_kind(entry, unix_mode, one_disk));
        consume(whole.size());
        return entry;
    }

private:
    static Result<void> check_kind(const ZipEntry& entry, std::uint32_t unix_mode, bool one_disk) {
        const std::uint32_t kind = unix_mode & S_IFMT;
        if (kind != 0 && kind != S_IFREG && kind != S_IFDIR) {
            return unsafe(
                "entry '" + printable(entry.name) + "' is " +
                (kind == S_IFLNK ? "a symbolic link" : "neither a file nor a folder")
            );
        }
        if (!one_disk) {
            return invalid("it is one part of several");
        }
        if ((entry.flags & (kEncrypted | kMaskedHeader)) != 0) {
            return unsafe("entry '" + printable(entry.name) + "' is encrypted");
        }
        if (!entry.folder && entry.method != kZipStored && entry.method != kZipDeflated) {
            return invalid(
                "entry '" + printable(entry.name) + "' uses compression method " +
                std::to_string(entry.method) + "; only stored (0) and deflated (8) are read"
            );
        }
        if (entry.method == kZipStored && entry.packed_bytes != entry.size_bytes) {
            return invalid("entry '" + printable(entry.name) + "' has two different sizes");
        }
        if (entry.folder && entry.size_bytes != 0) {
            return invalid("the folder '" + printable(entry.name) + "' has contents");
        }
        return {};
    }

    /// APPNOTE 4.5.3: only those values are there that did not fit into the fixed part.
    static void take_zip64_values(std::string_view values, ZipEntry& entry) {
        for (std::uint64_t* value :
             {&entry.size_bytes, &entry.packed_bytes, &entry.header_offset}) {
            if (*value == kIn64 && values.size() >= 8) {
                *value = Fields(values).u64(0);
                values.remove_prefix(8);
            }
        }
    }

    static void take_zip64(std::string_view extra, ZipEntry& entry) {
        while (extra.size() >= 4) {
            const Fields field(extra);
            const std::size_t bytes = field.u16(2);
            if (bytes > extra.size() - 4) {
                return;  // other programs' padding
            }
            if (field.u16(0) == kZip64Extra) {
                take_zip64_values(extra.substr(4, bytes), entry);
                return;
            }
            extra.remove_prefix(4 + bytes);
        }
    }

    Result<std::string_view> peek(std::size_t bytes) {
        if (bytes > end_ - at_) {
            return invalid("its directory is cut short");
        }
        if (window_.size() - used_ < bytes) {
            const std::uint64_t loaded_to = at_ + (window_.size() - used_);
            window_.erase(0, used_);
            used_ = 0;
            const std::size_t more = std::min<std::uint64_t>(
                end_ - loaded_to, std::max(kWindowBytes, bytes - window_.size())
            );
            SB_TRY(const std::string piece, read_at(file_, loaded_to, more));
            window_ += piece;
        }
        return std::string_view(window_).substr(used_, bytes);
    }

    void consume(std::size_t bytes) {
        used_ += bytes;
        at_ += bytes;
    }

    const UniqueFd& file_;
    const ArchiveLimits& limits_;
    std::uint64_t at_;
    std::uint64_t end_;
    std::string window_;
    std::size_t used_ = 0;
};

Failure too_many_entries(std::uint64_t entries, const ArchiveLimits& limits) {
    return fail(
        Code::kInvalid,
        "ARCHIVE_TOO_LARGE",
        "Archive too large: " + std::to_string(entries) +
            " entries (max: " + std::to_string(limits.max_entries) + ")"
    );
}

Result<void> check_sizes(const std::vector<ZipEntry>& entries, const ArchiveLimits& limits) {
    std::uint64_t unpacked = 0;
    std::uint64_t packed = 0;
    for (const ZipEntry& entry : entries) {
        // Each addend is compared first: a sum of hostile sizes must not wrap.
        if (entry.size_bytes > limits.max_unpacked_bytes ||
            unpacked + entry.size_bytes > limits.max_unpacked_bytes) {
            return fail(
                Code::kInvalid,
                "ARCHIVE_TOO_LARGE",
                "Archive too large: more than " + format_bytes(limits.max_unpacked_bytes) +
                    " unpacked ('" + printable(entry.name) + "' alone has " +
                    format_bytes(entry.size_bytes) + ")"
            );
        }
        unpacked += entry.size_bytes;
        packed += entry.packed_bytes;
    }
    if (unpacked > limits.ratio_free_bytes &&
        (unpacked - limits.ratio_free_bytes) / limits.max_ratio >=
            std::max<std::uint64_t>(packed, 1)) {
        return unsafe(
            format_bytes(packed) + " would unpack to " + format_bytes(unpacked) +
            " (max ratio: " + std::to_string(limits.max_ratio) + ")"
        );
    }
    return {};
}

/// The local header must tell the same story; sets where the data begins.
Result<void> check_local_header(const UniqueFd& file, ZipEntry& entry, std::uint64_t limit) {
    const auto disagrees = [&entry] {
        return unsafe("the two headers of '" + printable(entry.name) + "' disagree");
    };
    if (entry.header_offset > limit || limit - entry.header_offset < kLocalBytes) {
        return invalid("entry '" + printable(entry.name) + "' lies outside the file");
    }
    SB_TRY(const std::string head_bytes, read_at(file, entry.header_offset, kLocalBytes));
    const Fields head(head_bytes);
    const std::size_t name_bytes = head.u16(26);
    if (head.u32(0) != kLocalSignature) {
        return invalid("entry '" + printable(entry.name) + "' is not where the directory says");
    }
    entry.data_offset = entry.header_offset + kLocalBytes + name_bytes + head.u16(28);
    if (entry.data_offset > limit || entry.packed_bytes > limit - entry.data_offset) {
        return invalid("entry '" + printable(entry.name) + "' is cut short");
    }
    SB_TRY(const std::string name, read_at(file, entry.header_offset + kLocalBytes, name_bytes));
    if (crc32(0, name) != entry.name_crc || head.u16(8) != entry.method ||
        ((head.u16(6) ^ entry.flags) & (kEncrypted | kMaskedHeader)) != 0) {
        return disagrees();
    }
    // Sizes may stand behind the data, as zeros here, or in a zip64 part.
    const bool behind = (head.u16(6) & kSizesBehind) != 0;
    const auto agrees = [behind](std::uint32_t local, std::uint64_t central) {
        return local == central || local == kIn64 || (local == 0 && behind);
    };
    return agrees(head.u32(18), entry.packed_bytes) && agrees(head.u32(22), entry.size_bytes)
               ? Result<void>()
               : disagrees();
}

Result<void> check_local_headers(
    const UniqueFd& file, std::vector<ZipEntry>& entries, std::uint64_t directory_offset
) {
    std::ranges::sort(entries, {}, &ZipEntry::header_offset);
    std::uint64_t free_from = 0;
    for (ZipEntry& entry : entries) {
        if (entry.header_offset < free_from) {
            return unsafe("entry '" + printable(entry.name) + "' overlaps another one");
        }
        SB_OK(check_local_header(file, entry, directory_offset));
        free_from = entry.data_offset + entry.packed_bytes;
    }
    return {};
}

Result<void> check_names(const std::vector<ZipEntry>& entries) {
    std::vector<NamedEntry> names;
    names.reserve(entries.size());
    for (const ZipEntry& entry : entries) {
        names.push_back({.name = entry.name, .folder = entry.folder});
    }
    return check_collisions(names);
}

Result<std::uint64_t> size_of(const UniqueFd& file) {
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return fail(system_error(errno, "reading the archive"));
    }
    if (!S_ISREG(facts.st_mode)) {
        return invalid("it is not a regular file");
    }
    if (facts.st_size == 0) {
        return fail(Code::kInvalid, "EMPTY_FILE", "Empty file");
    }
    return static_cast<std::uint64_t>(facts.st_size);
}

}  // namespace

Result<std::vector<ZipEntry>> read_zip_directory(
    const UniqueFd& file, const ArchiveLimits& limits
) {
    SB_TRY(const std::uint64_t file_bytes, size_of(file));
    SB_TRY(const Directory directory, find_directory(file, file_bytes));
    if (directory.entries > limits.max_entries) {
        return too_many_entries(directory.entries, limits);
    }
    std::vector<ZipEntry> entries;
    std::uint64_t count = 0;
    DirectoryReader reader(file, directory, limits);
    while (!reader.at_end()) {
        if (++count > directory.entries) {
            return invalid(
                "its directory holds more than the claimed " + std::to_string(directory.entries) +
                " entries"
            );
        }
        SB_TRY(ZipEntry entry, reader.next());
        if (!entry.junk) {
            entries.push_back(std::move(entry));
        }
    }
    if (count != directory.entries) {
        return invalid(
            "its directory holds " + std::to_string(count) + " entries instead of " +
            std::to_string(directory.entries)
        );
    }
    SB_OK(check_sizes(entries, limits));
    SB_OK(check_local_headers(file, entries, directory.offset));
    SB_OK(check_names(entries));
    return entries;
}

}  // namespace signalbox::scenario
