#include "base/fs.hpp"

#include "base/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace signalbox {

namespace fs = std::filesystem;

void UniqueFd::reset() {
    if (fd_ >= 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

Result<UniqueFd> open_file(const fs::path& path, int flags, unsigned mode) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, static_cast<mode_t>(mode));
    if (fd < 0) {
        return fail(system_error(errno, "open " + path.string()));
    }
    return UniqueFd(fd);
}

Result<std::string> read_file(const fs::path& path, std::size_t max_bytes) {
    SB_TRY(const UniqueFd file, open_file(path, O_RDONLY));
    std::string content;
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_error(errno, "read " + path.string()));
        }
        if (count == 0) {
            return content;
        }
        content.append(buffer.data(), static_cast<std::size_t>(count));
        if (content.size() > max_bytes) {
            return fail(
                Code::kTooLarge,
                "FILE_TOO_LARGE",
                path.string() + " is larger than " + std::to_string(max_bytes) + " bytes"
            );
        }
    }
}

Result<void> write_all(int fd, std::string_view bytes, std::string_view what) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_error(errno, "write " + std::string(what)));
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> sync_directory(const fs::path& directory) {
    SB_TRY(const UniqueFd fd, open_file(directory, O_RDONLY | O_DIRECTORY));
    if (::fsync(fd.get()) != 0) {
        return fail(system_error(errno, "sync " + directory.string()));
    }
    return {};
}

namespace {

constexpr std::size_t kRandomSuffix = 12;

enum class Sync : bool { kNo, kYes };

Result<void> write_content(
    const fs::path& path, std::string_view content, unsigned mode, Sync sync
) {
    SB_TRY(const UniqueFd file, open_file(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
    if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0) {
        return fail(system_error(errno, "chmod " + path.string()));
    }
    SB_OK(write_all(file.get(), content, path.string()));
    if (sync == Sync::kYes && ::fsync(file.get()) != 0) {
        return fail(system_error(errno, "sync " + path.string()));
    }
    return {};
}

Result<void> replace_file(
    const fs::path& path, std::string_view content, unsigned mode, Sync sync
) {
    fs::path beside = path;
    beside += ".part." + OsRandom().alphanumerics(kRandomSuffix);
    Result<void> placed = write_content(beside, content, mode, sync);
    if (placed && ::rename(beside.c_str(), path.c_str()) != 0) {
        placed = fail(system_error(errno, "rename " + beside.string()));
    }
    if (!placed) {
        // On a full disk what was written so far is in the way of everybody.
        ::unlink(beside.c_str());
    }
    return placed;
}

}  // namespace

Result<void> write_file_atomically(const fs::path& path, std::string_view content, unsigned mode) {
    return replace_file(path, content, mode, Sync::kNo);
}

Result<void> write_file_durably(const fs::path& path, std::string_view content, unsigned mode) {
    SB_OK(replace_file(path, content, mode, Sync::kYes));
    return sync_directory(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

Result<void> make_directories(const fs::path& path, unsigned mode) {
    std::error_code ignored;
    if (path.empty() || fs::is_directory(path, ignored)) {
        return {};
    }
    SB_OK(make_directories(path.parent_path(), mode));
    if (::mkdir(path.c_str(), static_cast<mode_t>(mode)) != 0) {
        const int problem = errno;
        // Somebody else may have been quicker.
        if (problem == EEXIST && fs::is_directory(path, ignored)) {
            return {};
        }
        return fail(system_error(problem, "make directory " + path.string()));
    }
    // Exactly the asked mode, whatever the umask takes away.
    if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
        return fail(system_error(errno, "chmod " + path.string()));
    }
    return {};
}

Result<void> remove_tree(const fs::path& path) {
    std::error_code problem;
    fs::remove_all(path, problem);
    if (problem) {
        return fail(system_error(problem.value(), "remove " + path.string()));
    }
    return {};
}

}  // namespace signalbox
