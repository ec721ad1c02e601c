// Files that survive a power cut: whole files written beside, synced and renamed.
//
// Threads: any (blocking calls: from the BlockingPool in a server).  Suspends: never.
// Errors: kNoSpace for a full disk, kNotFound, else kInternal; the sentence names the path.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox {

/// Owns a file descriptor.
class UniqueFd {
public:
    UniqueFd() = default;

    explicit UniqueFd(int fd) : fd_(fd) {}

    ~UniqueFd() { reset(); }

    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset();
        fd_ = std::exchange(other.fd_, -1);
        return *this;
    }

    [[nodiscard]] int get() const { return fd_; }

    [[nodiscard]] bool valid() const { return fd_ >= 0; }

    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

    void reset();

private:
    int fd_ = -1;
};

/// The whole file; more than `max_bytes` is kTooLarge.
[[nodiscard]] Result<std::string> read_file(
    const std::filesystem::path& path, std::size_t max_bytes = std::size_t{64} << 20U
);

/// Replaces the file in one step: whoever reads it sees the old or the new one, whole. After the
/// machine was cut off it may be neither. Of several writers at once the last one counts; nothing
/// is left of a failed try.
[[nodiscard]] Result<void> write_file_atomically(
    const std::filesystem::path& path, std::string_view content, unsigned mode = 0644
);

/// The same, and after a crash of any kind there is the old or the new one.
[[nodiscard]] Result<void> write_file_durably(
    const std::filesystem::path& path, std::string_view content, unsigned mode = 0644
);

/// All of `bytes` to `fd`, however often the kernel takes less.
[[nodiscard]] Result<void> write_all(int fd, std::string_view bytes, std::string_view what);

/// Makes names in `directory` durable.
[[nodiscard]] Result<void> sync_directory(const std::filesystem::path& directory);

/// open(2) with O_CLOEXEC.
[[nodiscard]] Result<UniqueFd> open_file(
    const std::filesystem::path& path, int flags, unsigned mode = 0644
);

/// mkdir -p; new directories get `mode`. They survive a crash once their parents are synced.
[[nodiscard]] Result<void> make_directories(
    const std::filesystem::path& path, unsigned mode = 0755
);

/// rm -r; nothing to do when it is not there.
[[nodiscard]] Result<void> remove_tree(const std::filesystem::path& path);

}  // namespace signalbox
