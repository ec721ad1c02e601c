#include "scenario/archive/archive.hpp"

#include "base/crc32.hpp"
#include "base/text.hpp"
#include "scenario/archive/archive_names.hpp"
#include "scenario/archive/zip_directory.hpp"

#include <fcntl.h>

#include <algorithm>
#include <utility>

namespace signalbox::scenario {

struct Archive::Record {
    ZipEntry entry;
};

namespace {

/// Counts what comes out of an entry and compares it with what the directory promised.
class CheckedSource final : public ByteSource {
public:
    CheckedSource(std::unique_ptr<ByteSource> inner, const ZipEntry& entry)
        : inner_(std::move(inner)), entry_(entry) {}

    Result<std::size_t> read(std::span<char> room) override {
        auto got = inner_->read(room);
        if (!got) {
            return fail(std::move(got.error()).prefixed("'" + printable(entry_.name) + "'"));
        }
        if (*got == 0) {
            return seen_ == entry_.size_bytes && crc_ == entry_.crc ? std::move(got) : differs();
        }
        seen_ += *got;
        crc_ = crc32(crc_, std::string_view(room.data(), *got));
        if (seen_ > entry_.size_bytes) {
            return differs();
        }
        return got;
    }

private:
    [[nodiscard]] Result<std::size_t> differs() const {
        return fail(
            Code::kInvalid,
            "CORRUPT_DATA",
            seen_ != entry_.size_bytes
                ? "'" + printable(entry_.name) + "' unpacks to another size than the promised " +
                      std::to_string(entry_.size_bytes) + " bytes"
                : "'" + printable(entry_.name) + "' is damaged: its check sum is wrong"
        );
    }

    std::unique_ptr<ByteSource> inner_;
    const ZipEntry& entry_;
    std::uint64_t seen_ = 0;
    std::uint32_t crc_ = 0;
};

Result<std::unique_ptr<ByteSource>> open_zip_entry(const UniqueFd& file, const ZipEntry& entry) {
    auto raw = make_range_source(file, entry.data_offset, entry.packed_bytes);
    if (entry.method == kZipDeflated) {
        auto inflated = make_inflate_source(std::move(raw), entry.crc, entry.size_bytes);
        if (!inflated) {
            return fail(std::move(inflated.error()).prefixed("'" + printable(entry.name) + "'"));
        }
        raw = *std::move(inflated);
    }
    return std::make_unique<CheckedSource>(std::move(raw), entry);
}

}  // namespace

const ArchiveEntry* ArchiveListing::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(files, name, {}, &ArchiveEntry::name);
    return found != files.end() && found->name == name ? &*found : nullptr;
}

Archive::Archive() = default;
Archive::~Archive() = default;
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;

Result<Archive> Archive::open(const std::filesystem::path& zip, const ArchiveLimits& limits) {
    Archive archive;
    SB_TRY(archive.file_, open_file(zip, O_RDONLY | O_NONBLOCK));
    SB_TRY(std::vector<ZipEntry> entries, read_zip_directory(archive.file_, limits));
    std::ranges::sort(entries, {}, &ZipEntry::name);
    for (ZipEntry& entry : entries) {
        if (entry.folder) {
            archive.listing_.folders.push_back(std::move(entry.name));
            continue;
        }
        archive.listing_.files.push_back({.name = entry.name, .size_bytes = entry.size_bytes});
        archive.listing_.unpacked_bytes += entry.size_bytes;
        archive.records_.push_back({std::move(entry)});
    }
    return archive;
}

Result<std::unique_ptr<ByteSource>> Archive::open_entry(std::string_view name) const {
    const ArchiveEntry* found = listing_.find(name);
    if (found == nullptr) {
        return fail(
            Code::kNotFound,
            "FILE_NOT_FOUND",
            "there is no '" + printable(name) + "' in the archive"
        );
    }
    const auto index = static_cast<std::size_t>(found - listing_.files.data());
    return open_zip_entry(file_, records_[index].entry);
}

Result<std::string> Archive::read_entry(std::string_view name, std::size_t max_bytes) const {
    SB_TRY(const auto source, open_entry(name));
    auto text = read_text(*source, max_bytes);
    if (!text && text.error().code() == Code::kTooLarge) {
        return fail(std::move(text.error()).prefixed("'" + printable(name) + "'"));
    }
    return text;
}

Result<ArchiveListing> inspect_archive(
    const std::filesystem::path& zip, const ArchiveLimits& limits
) {
    SB_TRY(const Archive archive, Archive::open(zip, limits));
    return archive.listing();
}

}  // namespace signalbox::scenario
