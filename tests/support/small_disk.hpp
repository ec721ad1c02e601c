// A small file system of a test's own, to be filled up.
//
// It is a tmpfs in a mount namespace of this process: nobody else sees it, and it goes with the
// process. Threads see it that are started after it. Without the right to mount, mounted() is false
// and problem() says why; such a test skips.
//
// Threads: the test's main thread.  Suspends: never.  Errors: problem().
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

namespace signalbox::testing {

class SmallDisk {
public:
    /// Over the existing `directory`.
    SmallDisk(std::filesystem::path directory, std::size_t bytes)
        : directory_(std::move(directory)) {
        const std::string size = "mode=0700,size=" + std::to_string(bytes);
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("small", directory_.c_str(), "tmpfs", 0, size.c_str()) != 0) {
            problem_ = "a tmpfs cannot be mounted here: " + std::generic_category().message(errno);
        }
    }

    ~SmallDisk() {
        if (mounted()) {
            ::umount2(directory_.c_str(), MNT_DETACH);
        }
    }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool mounted() const { return problem_.empty(); }

    [[nodiscard]] const std::string& problem() const { return problem_; }

    [[nodiscard]] const std::filesystem::path& path() const { return directory_; }

    /// Takes all the room there is, but for `spare` bytes.
    void fill(std::size_t spare = 0) const {
        const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        const std::string block(4096, '#');
        std::size_t written = 0;
        while (::write(file, block.data(), block.size()) == std::ssize(block)) {
            written += block.size();
        }
        if (::ftruncate(file, static_cast<off_t>(written - std::min(written, spare))) != 0) {
            std::terminate();
        }
        ::close(file);
    }

    /// Gives it back.
    void make_room() const { std::filesystem::remove(ballast()); }

private:
    [[nodiscard]] std::filesystem::path ballast() const { return directory_ / "ballast"; }

    std::filesystem::path directory_;
    std::string problem_;
};

}  // namespace signalbox::testing
