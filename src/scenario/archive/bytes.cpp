#include "scenario/archive/bytes.hpp"

#include "base/text.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10U;

class FileSource final : public ByteSource {
public:
    FileSource(UniqueFd file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

    Result<std::size_t> read(std::span<char> room) override {
        ssize_t got = -1;
        do {
            got = ::read(file_.get(), room.data(), room.size());
        } while (got < 0 && errno == EINTR);
        if (got < 0) {
            return fail(system_error(errno, "reading " + name_));
        }
        return static_cast<std::size_t>(got);
    }

private:
    UniqueFd file_;
    std::string name_;
};

class RangeSource final : public ByteSource {
public:
    RangeSource(int file, std::uint64_t offset, std::uint64_t length)
        : file_(file), offset_(offset), left_(length) {}

    Result<std::size_t> read(std::span<char> room) override {
        const std::size_t wanted = std::min<std::uint64_t>(room.size(), left_);
        if (wanted == 0) {
            return std::size_t{0};
        }
        ssize_t got = -1;
        do {
            got = ::pread(file_, room.data(), wanted, static_cast<off_t>(offset_));
        } while (got < 0 && errno == EINTR);
        if (got < 0) {
            return fail(system_error(errno, "reading the archive"));
        }
        if (got == 0) {
            return fail(
                Code::kInvalid,
                "CORRUPT_DATA",
                "the file ends " + std::to_string(left_) + " bytes early"
            );
        }
        offset_ += static_cast<std::uint64_t>(got);
        left_ -= static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    }

private:
    int file_;
    std::uint64_t offset_;
    std::uint64_t left_;
};

class TextSource final : public ByteSource {
public:
    explicit TextSource(std::string_view text) : text_(text) {}

    Result<std::size_t> read(std::span<char> room) override {
        const std::size_t count = std::min(room.size(), text_.size());
        std::ranges::copy(text_.substr(0, count), room.begin());
        text_.remove_prefix(count);
        return count;
    }

private:
    std::string_view text_;
};

/// One source after the other, with text before and behind: how a bare deflate stream becomes gzip.
class WrappedSource final : public ByteSource {
public:
    WrappedSource(std::string head, std::unique_ptr<ByteSource> body, std::string tail)
        : head_(std::move(head)), body_(std::move(body)), tail_(std::move(tail)) {}

    Result<std::size_t> read(std::span<char> room) override {
        if (const std::size_t count = take(head_, room); count > 0) {
            return count;
        }
        if (body_) {
            SB_TRY(const std::size_t count, body_->read(room));
            if (count > 0) {
                return count;
            }
            body_.reset();
        }
        return take(tail_, room);
    }

private:
    static std::size_t take(std::string& text, std::span<char> room) {
        const std::size_t count = std::min(room.size(), text.size());
        std::copy_n(text.begin(), count, room.begin());
        text.erase(0, count);
        return count;
    }

    std::string head_;
    std::unique_ptr<ByteSource> body_;
    std::string tail_;
};

struct ArchiveReadDeleter {
    void operator()(struct archive* reader) const { archive_read_free(reader); }
};

/// libarchive's gzip filter over another source, applied once.
class GunzipSource final : public ByteSource {
public:
    explicit GunzipSource(std::unique_ptr<ByteSource> packed)
        : packed_(std::move(packed)), buffer_(kPieceBytes) {}

    Result<void> open() {
        reader_.reset(archive_read_new());
        if (!reader_) {
            return fail(Code::kInternal, "NO_MEMORY", "no memory for inflating");
        }
        // Appended, not supported: what is inflated is not looked at again for more gzip.
        archive_read_append_filter(reader_.get(), ARCHIVE_FILTER_GZIP);
        archive_read_support_format_raw(reader_.get());
        archive_read_support_format_empty(reader_.get());
        // Data that is damaged in its first block counts as empty, but leaves its error behind.
        if (archive_read_open(reader_.get(), this, nullptr, &GunzipSource::give, nullptr) !=
                ARCHIVE_OK ||
            archive_errno(reader_.get()) != 0) {
            return problem();
        }
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(reader_.get(), &entry);
        ended_ = status == ARCHIVE_EOF;
        if (status < ARCHIVE_WARN) {
            return problem();
        }
        return {};
    }

    Result<std::size_t> read(std::span<char> room) override {
        if (ended_) {
            return std::size_t{0};
        }
        const la_ssize_t got = archive_read_data(reader_.get(), room.data(), room.size());
        if (got < 0) {
            return problem();
        }
        ended_ = got == 0;
        return static_cast<std::size_t>(got);
    }

private:
    static la_ssize_t give(struct archive* reader, void* self, const void** data) {
        auto& source = *static_cast<GunzipSource*>(self);
        const auto got = source.packed_->read(source.buffer_);
        if (!got) {
            source.inner_error_ = got.error();
            archive_set_error(reader, EIO, "%s", "the source failed");
            return -1;
        }
        *data = source.buffer_.data();
        return static_cast<la_ssize_t>(*got);
    }

    Failure problem() {
        ended_ = true;
        if (inner_error_) {
            return fail(*inner_error_);
        }
        const char* text = archive_error_string(reader_.get());
        return fail(
            Code::kInvalid,
            "CORRUPT_DATA",
            std::string("the compressed data is damaged or cut short: ") +
                (text != nullptr ? text : "unknown")
        );
    }

    std::unique_ptr<ByteSource> packed_;
    std::vector<char> buffer_;
    std::optional<Error> inner_error_;
    std::unique_ptr<struct archive, ArchiveReadDeleter> reader_;
    bool ended_ = false;
};

Result<std::unique_ptr<ByteSource>> inflating(std::unique_ptr<ByteSource> packed) {
    auto source = std::make_unique<GunzipSource>(std::move(packed));
    SB_OK(source->open());
    return source;
}

std::string little_endian(std::uint32_t number) {
    std::string bytes;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<char>((number >> shift) & 0xFFU));
    }
    return bytes;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe must not wait for its writer.
    SB_TRY(UniqueFd file, open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) {
        return fail(system_error(errno, "reading " + path.string()));
    }
    if (!S_ISREG(facts.st_mode)) {
        return fail(Code::kInvalid, "NOT_A_FILE", path.string() + " is not a regular file");
    }
    return std::make_unique<FileSource>(std::move(file), path.string());
}

std::unique_ptr<ByteSource> make_range_source(
    const UniqueFd& file, std::uint64_t offset, std::uint64_t length
) {
    return std::make_unique<RangeSource>(file.get(), offset, length);
}

std::unique_ptr<ByteSource> make_text_source(std::string_view text) {
    return std::make_unique<TextSource>(text);
}

Result<std::unique_ptr<ByteSource>> make_gunzip_source(std::unique_ptr<ByteSource> source) {
    std::string head;
    while (head.size() < 2) {
        std::array<char, 2> room{};
        SB_TRY(const std::size_t count, source->read(std::span(room).first(2 - head.size())));
        if (count == 0) {
            break;
        }
        head.append(room.data(), count);
    }
    const bool packed = head == "\x1f\x8b";
    auto whole = std::make_unique<WrappedSource>(std::move(head), std::move(source), "");
    if (!packed) {
        return whole;
    }
    return inflating(std::move(whole));
}

Result<std::unique_ptr<ByteSource>> make_inflate_source(
    std::unique_ptr<ByteSource> packed, std::uint32_t crc, std::uint64_t size
) {
    // A gzip member is a deflate stream between ten bytes of header and eight of CRC and size.
    std::string head("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    std::string tail = little_endian(crc) + little_endian(static_cast<std::uint32_t>(size));
    return inflating(
        std::make_unique<WrappedSource>(std::move(head), std::move(packed), std::move(tail))
    );
}

Result<void> read_all(ByteSource& source, const std::function<bool(std::string_view)>& sink) {
    std::vector<char> room(kPieceBytes);
    while (true) {
        SB_TRY(const std::size_t count, source.read(room));
        if (count == 0 || !sink(std::string_view(room.data(), count))) {
            return {};
        }
    }
}

Result<std::string> read_text(ByteSource& source, std::size_t max_bytes) {
    std::string text;
    bool too_large = false;
    SB_OK(read_all(source, [&](std::string_view piece) {
        too_large = text.size() + piece.size() > max_bytes;
        if (!too_large) {
            text.append(piece);
        }
        return !too_large;
    }));
    if (too_large) {
        return fail(
            Code::kTooLarge,
            "FILE_TOO_LARGE",
            "the file is larger than the " + format_bytes(max_bytes) + " that are read of it"
        );
    }
    return text;
}

}  // namespace signalbox::scenario
