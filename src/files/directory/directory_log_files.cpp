#include "files/directory/directory_log_files.hpp"

#include "files/directory/directories.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace signalbox::files {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMaxGapStep = std::uint64_t{1} << 20U;
constexpr std::uint64_t kDiskBlock = 4096;
// How far behind a gap the start of the next line is looked for.
constexpr std::size_t kLineSearchBytes = std::size_t{64} << 10U;
constexpr std::size_t kBlockBytes = std::size_t{64} << 10U;

// Whole blocks, for only these can be given back.
std::uint64_t head_of(const LogLimits& limits) {
    return (limits.head_bytes + kDiskBlock - 1) / kDiskBlock * kDiskBlock;
}

// [head, end) is dropped; end == head: nothing. It grows in steps that leave most of what is
// newest.
std::uint64_t gap_end(std::uint64_t size, const LogLimits& limits) {
    const std::uint64_t head = head_of(limits);
    if (size <= std::max(limits.max_bytes, head)) {
        return head;
    }
    const std::uint64_t newest = limits.max_bytes - std::min(limits.max_bytes, head);
    const std::uint64_t step =
        std::clamp(newest / 2 / kDiskBlock * kDiskBlock, kDiskBlock, kMaxGapStep);
    const std::uint64_t steps = (size - limits.max_bytes + step - 1) / step;
    return std::min(size, head + steps * step);
}

Result<std::uint64_t> size_of(int fd, const fs::path& path) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) {
        return fail(system_error(errno, "look at " + path.string()));
    }
    return static_cast<std::uint64_t>(status.st_size);
}

Result<std::string> read_at(
    int fd, std::uint64_t offset, std::size_t length, const fs::path& path
) {
    std::string bytes(length, '\0');
    std::size_t filled = 0;
    while (filled < length) {
        const ssize_t count = ::pread(
            fd, bytes.data() + filled, length - filled, static_cast<off_t>(offset + filled)
        );
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_error(errno, "read " + path.string()));
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    bytes.resize(filled);
    return bytes;
}

Result<void> write_at(int fd, std::uint64_t offset, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_error(errno, "write " + path.string()));
        }
        offset += static_cast<std::uint64_t>(count);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<std::uint64_t> append_to(
    const fs::path& path, std::uint64_t offset, const std::string& bytes, const LogLimits& limits
) {
    SB_OK(make_directories(path.parent_path(), 0700));
    SB_TRY(const UniqueFd file, open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
    SB_TRY(const std::uint64_t size, size_of(file.get(), path));
    if (offset > size) {
        return fail(Error(
                        Code::kConflict,
                        "LOG_GAP",
                        fmt::format(
                            "The log ends at byte {}; bytes from {} would leave a gap", size, offset
                        )
        )
                        .with("expected", static_cast<std::int64_t>(size)));
    }
    const std::uint64_t known = size - offset;
    if (known >= bytes.size()) {
        return size;
    }
    SB_OK(write_at(file.get(), size, std::string_view(bytes).substr(known), path));
    const std::uint64_t next = offset + bytes.size();
    const std::uint64_t dropped_before = gap_end(size, limits);
    const std::uint64_t dropped_now = gap_end(next, limits);
    if (dropped_now > dropped_before) {
        // A file system that cannot do this keeps the bytes; readers skip them all the same.
        ::fallocate(
            file.get(),
            FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
            static_cast<off_t>(dropped_before),
            static_cast<off_t>(dropped_now - dropped_before)
        );
    }
    return next;
}

// The first line that begins at or behind the end of the gap.
Result<std::uint64_t> first_line_behind(int fd, std::uint64_t end, const fs::path& path) {
    SB_TRY(const std::string bytes, read_at(fd, end, kLineSearchBytes, path));
    const std::size_t newline = bytes.find('\n');
    return newline == std::string::npos ? end : end + newline + 1;
}

// `offset`, or the end of the gap it lies in. Behind the limits' gap the file is asked too: the
// limits may have been others when the log was written.
std::uint64_t skip_gap(int fd, std::uint64_t offset, std::uint64_t size, const LogLimits& limits) {
    const std::uint64_t end = gap_end(size, limits);
    const std::uint64_t kept = offset < head_of(limits) ? offset : std::max(offset, end);
    const off_t data = ::lseek(fd, static_cast<off_t>(kept), SEEK_DATA);
    if (data < 0) {
        return errno == ENXIO ? std::max(kept, size) : kept;
    }
    return static_cast<std::uint64_t>(data);
}

// Where what is kept from `offset` on ends: at a gap or at the end of the log.
std::uint64_t end_of_kept(
    int fd, std::uint64_t offset, std::uint64_t size, const LogLimits& limits
) {
    const std::uint64_t head = head_of(limits);
    const bool before_gap = offset < head && gap_end(size, limits) > head;
    const std::uint64_t end = before_gap ? head : size;
    const off_t hole = ::lseek(fd, static_cast<off_t>(offset), SEEK_HOLE);
    return hole < 0 ? end : std::min(end, static_cast<std::uint64_t>(hole));
}

// What there is from `offset` on in a log of `size` bytes.
Result<LogChunk> read_once(
    int fd,
    std::uint64_t offset,
    std::uint64_t size,
    std::size_t max_bytes,
    const fs::path& path,
    const LogLimits& limits
) {
    LogChunk chunk{.bytes = {}, .offset = offset, .dropped_bytes = 0, .size = size};
    for (std::uint64_t from = offset;;) {
        chunk.offset = skip_gap(fd, from, size, limits);
        if (chunk.offset > offset) {
            SB_TRY(chunk.offset, first_line_behind(fd, chunk.offset, path));
        }
        const std::uint64_t end = end_of_kept(fd, chunk.offset, size, limits);
        const std::uint64_t room = end - std::min(end, chunk.offset);
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(room, max_bytes));
        SB_TRY(chunk.bytes, read_at(fd, chunk.offset, length, path));
        chunk.dropped_bytes = chunk.offset - offset;
        if (length < room || end >= size) {
            return chunk;
        }
        // The line that the gap cuts through goes with the gap.
        const std::size_t last = chunk.bytes.rfind('\n');
        if (last != std::string::npos) {
            chunk.bytes.resize(last + 1);
            return chunk;
        }
        from = end;
    }
}

Result<LogChunk> read_from(
    const fs::path& path, std::uint64_t offset, std::size_t max_bytes, const LogLimits& limits
) {
    auto file = open_file(path, O_RDONLY | O_NOFOLLOW);
    if (!file && file.error().code() == Code::kNotFound) {
        return LogChunk{.bytes = {}, .offset = offset};
    }
    if (!file) {
        return Failure(file.error());
    }
    SB_TRY(std::uint64_t size, size_of(file->get(), path));
    for (;;) {
        if (offset >= size) {
            return LogChunk{.bytes = {}, .offset = offset, .dropped_bytes = 0, .size = size};
        }
        SB_TRY(LogChunk chunk, read_once(file->get(), offset, size, max_bytes, path, limits));
        // The writer drops blocks only after the log has grown: what was read is whole unless the
        // gap has come to reach it by now.
        SB_TRY(size, size_of(file->get(), path));
        const std::uint64_t end = gap_end(size, limits);
        const std::uint64_t head = head_of(limits);
        const bool reached =
            end > head && chunk.offset < end && chunk.offset + chunk.bytes.size() > head;
        if (!reached) {
            return chunk;
        }
    }
}

Result<std::uint64_t> tail_of(const fs::path& path, std::int64_t lines, const LogLimits& limits) {
    auto file = open_file(path, O_RDONLY | O_NOFOLLOW);
    if (!file && file.error().code() == Code::kNotFound) {
        return std::uint64_t{0};
    }
    if (!file) {
        return Failure(file.error());
    }
    SB_TRY(const std::uint64_t size, size_of(file->get(), path));
    const std::uint64_t end_of_gap = gap_end(size, limits);
    const std::uint64_t floor = end_of_gap > head_of(limits) ? end_of_gap : 0;
    std::uint64_t position = size;
    std::int64_t wanted = lines;
    while (position > floor) {
        const std::uint64_t begin =
            std::max(floor, position - std::min<std::uint64_t>(position, kBlockBytes));
        const auto length = static_cast<std::size_t>(position - begin);
        SB_TRY(const std::string block, read_at(file->get(), begin, length, path));
        for (std::size_t i = block.size(); i > 0; --i) {
            // The end of the last line is not the start of another.
            const bool at_end = begin + i == size;
            if (block[i - 1] == '\n' && !at_end && --wanted == 0) {
                return begin + i;
            }
        }
        position = begin;
    }
    return floor == 0 ? Result<std::uint64_t>(0) : first_line_behind(file->get(), floor, path);
}

}  // namespace

fs::path DirectoryLogFiles::path_of(const ResultPlace& place) const {
    return root_ / place.tenant.text / place.attempt.job.text /
           (std::to_string(place.attempt.n) + ".log");
}

Task<Result<std::uint64_t>> DirectoryLogFiles::append(
    ResultPlace place, std::uint64_t offset, std::string bytes
) {
    co_return co_await pool_.run(
        [path = path_of(place), offset, bytes = std::move(bytes), limits = limits_] {
            return append_to(path, offset, bytes, limits);
        }
    );
}

Task<Result<LogChunk>> DirectoryLogFiles::read(
    ResultPlace place, std::uint64_t offset, std::size_t max_bytes
) {
    co_return co_await pool_.run([path = path_of(place), offset, max_bytes, limits = limits_] {
        return read_from(path, offset, max_bytes, limits);
    });
}

Task<Result<std::uint64_t>> DirectoryLogFiles::find_tail(ResultPlace place, std::int64_t lines) {
    co_return co_await pool_.run([path = path_of(place), lines, limits = limits_] {
        return tail_of(path, lines, limits);
    });
}

Task<Result<void>> DirectoryLogFiles::sync(ResultPlace place) {
    co_return co_await pool_.run([path = path_of(place), root = root_]() -> Result<void> {
        const auto file = open_file(path, O_RDONLY | O_NOFOLLOW);
        if (!file && file.error().code() == Code::kNotFound) {
            return {};  // it has logged nothing
        }
        if (!file) {
            return Failure(file.error());
        }
        if (::fsync(file->get()) != 0) {
            return fail(system_error(errno, "sync " + path.string()));
        }
        return sync_up_to(path.parent_path(), root);
    });
}

Task<Result<void>> DirectoryLogFiles::remove_all(TenantId tenant, JobId job) {
    co_return co_await pool_.run([path = root_ / tenant.text / job.text] {
        return remove_tree(path);
    });
}

}  // namespace signalbox::files
