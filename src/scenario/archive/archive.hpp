// The archive guard and the unpacker: what of a zip may become files, and nothing else.
//
// One strict reader serves both. It takes the end record and the central directory as the truth,
// refuses an archive whose local headers say otherwise, and counts and checks again while it
// inflates. Nothing is held in memory but the names, and those only up to the limit of entries; a
// claim of more is refused before the directory is read.
//
// Names use `/` (a `\` of Windows' packers counts as one) and are relative. Ignored, but counted as
// entries: `__MACOSX/`, `.DS_Store`, `Thumbs.db`. Methods: stored and deflated.
//
// Threads: any (blocking: from a pool in a server).  Suspends: never.
// Errors: kInvalid `EMPTY_FILE`, `INVALID_ZIP`, `UNSAFE_ARCHIVE`, `ARCHIVE_TOO_LARGE`;
// kNotFound from open_entry/read_entry; kNoSpace while unpacking.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"
#include "scenario/archive/bytes.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

struct ArchiveLimits {
    std::uint64_t max_entries = 10'000;  ///< folders and ignored files count
    std::uint64_t max_unpacked_bytes = std::uint64_t{2} << 30U;
    std::uint64_t max_ratio = 200;                              ///< unpacked : packed
    std::uint64_t ratio_free_bytes = std::uint64_t{10} << 20U;  ///< no ratio below this
    std::size_t max_name_bytes = 255;                           ///< each part of a path
    std::size_t max_path_bytes = 1024;
    std::size_t max_depth = 32;
};

struct ArchiveEntry {
    std::string name;  ///< relative, `/`, UTF-8
    std::uint64_t size_bytes = 0;
};

/// The regular files of an archive, or of what was unpacked, sorted by name.
struct ArchiveListing {
    std::vector<ArchiveEntry> files;
    std::vector<std::string> folders;  ///< those with an entry of their own, sorted
    std::uint64_t unpacked_bytes = 0;

    [[nodiscard]] const ArchiveEntry* find(std::string_view name) const;
};

/// An archive that passed the guard; entries can be read in any order.
class Archive {
public:
    [[nodiscard]] static Result<Archive> open(
        const std::filesystem::path& zip, const ArchiveLimits& limits = {}
    );

    ~Archive();
    Archive(Archive&&) noexcept;
    Archive& operator=(Archive&&) noexcept;

    [[nodiscard]] const ArchiveListing& listing() const { return listing_; }

    /// The unpacked bytes of one file, checked to its end (size and CRC). The archive must outlive
    /// the source.
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> open_entry(std::string_view name) const;

    /// All of one file; more than `max_bytes` is kTooLarge.
    [[nodiscard]] Result<std::string> read_entry(std::string_view name, std::size_t max_bytes)
        const;

private:
    struct Record;
    Archive();

    UniqueFd file_;
    ArchiveListing listing_;
    std::vector<Record> records_;  ///< beside listing_.files
};

/// The guard alone: reads the directory and the local headers, inflates nothing.
[[nodiscard]] Result<ArchiveListing> inspect_archive(
    const std::filesystem::path& zip, const ArchiveLimits& limits = {}
);

/// Guards and unpacks into the existing `destination`: files 0444, folders 0755, nothing replaced,
/// no link followed. What was written before an error stays; the caller removes the directory.
[[nodiscard]] Result<ArchiveListing> unpack_archive(
    const std::filesystem::path& zip,
    const std::filesystem::path& destination,
    const ArchiveLimits& limits = {}
);

}  // namespace signalbox::scenario
