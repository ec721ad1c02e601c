#include "worker/evidence/file_walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

using Directory = std::unique_ptr<DIR, CloseDirectory>;

int open_below(int root, const std::string& path, std::uint64_t flags, std::uint64_t mode) {
    const open_how how{
        .flags = flags | O_CLOEXEC | O_NOFOLLOW,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
    };
    return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

class Walk {
public:
    Walk(int root, const std::function<bool(const FoundFile&)>& visit, WalkLimits limits)
        : root_(root), visit_(visit), limits_(limits) {}

    WalkReport run() {
        pending_.push_back({.path = ".", .depth = 0});
        while (!pending_.empty() && !stopped_) {
            const Pending next = std::move(pending_.back());
            pending_.pop_back();
            read(next);
        }
        return report_;
    }

private:
    struct Pending {
        std::string path;
        std::size_t depth;
    };

    void read(const Pending& place) {
        const int fd = open_below(root_, place.path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
        const Directory directory(fd < 0 ? nullptr : ::fdopendir(fd));
        if (!directory) {
            report_.cut = true;
            return;
        }
        while (const dirent* entry = ::readdir(directory.get())) {
            const std::string_view name(static_cast<const char*>(entry->d_name));
            if (name != "." && name != ".." && !take(place, ::dirfd(directory.get()), name)) {
                stopped_ = true;
                return;
            }
        }
    }

    bool take(const Pending& place, int directory, std::string_view name) {
        if (++entries_ > limits_.max_entries) {
            report_.cut = true;
            return false;
        }
        FoundFile file{
            .path = place.depth == 0 ? std::string(name) : place.path + "/" + std::string(name),
            .facts = {}
        };
        if (::fstatat(directory, std::string(name).c_str(), &file.facts, AT_SYMLINK_NOFOLLOW) !=
            0) {
            return true;  // gone meanwhile
        }
        if (!S_ISDIR(file.facts.st_mode)) {
            return visit_(file);
        }
        if (place.depth + 1 > limits_.max_depth) {
            report_.cut = true;
        } else {
            pending_.push_back({.path = std::move(file.path), .depth = place.depth + 1});
        }
        return true;
    }

    int root_;
    const std::function<bool(const FoundFile&)>& visit_;
    WalkLimits limits_;
    std::vector<Pending> pending_;
    std::size_t entries_ = 0;
    bool stopped_ = false;
    WalkReport report_;
};

Result<UniqueFd> open_root(const fs::path& root) {
    return open_file(root, O_RDONLY | O_DIRECTORY);
}

// The directory a path's last part stands in; invalid when it cannot be reached without a link.
struct Parent {
    UniqueFd directory;
    std::string leaf;
};

Parent open_parent(const fs::path& root, const std::string& path) {
    const fs::path name(path);
    const std::string parent = name.has_parent_path() ? name.parent_path().string() : ".";
    const auto directory = open_root(root);
    return {
        .directory = UniqueFd(
            directory ? open_below(directory->get(), parent, O_RDONLY | O_DIRECTORY, 0) : -1
        ),
        .leaf = name.filename().string()
    };
}

}  // namespace

Result<WalkReport> walk_files(
    const fs::path& root, const std::function<bool(const FoundFile&)>& visit, WalkLimits limits
) {
    SB_TRY(const UniqueFd directory, open_root(root));
    return Walk(directory.get(), visit, limits).run();
}

Result<UniqueFd> open_beneath(const fs::path& root, const std::string& path) {
    SB_TRY(const UniqueFd directory, open_root(root));
    // Not blocking: somebody may have left a pipe there.
    UniqueFd file(open_below(directory.get(), path, O_RDONLY | O_NONBLOCK, 0));
    if (!file.valid()) {
        return fail(system_error(errno, "open " + path));
    }
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return fail(Code::kInvalid, "NOT_A_FILE", path + " is not a regular file");
    }
    return file;
}

Result<UniqueFd> create_beneath(const fs::path& root, const std::string& path) {
    remove_beneath(root, path);
    const Parent parent = open_parent(root, path);
    UniqueFd file(
        parent.directory.valid()
            ? open_below(parent.directory.get(), parent.leaf, O_WRONLY | O_CREAT | O_EXCL, 0644)
            : -1
    );
    if (!file.valid()) {
        return fail(system_error(errno, "create " + path));
    }
    return file;
}

void remove_beneath(const fs::path& root, const std::string& path) {
    const Parent parent = open_parent(root, path);
    if (parent.directory.valid()) {
        ::unlinkat(parent.directory.get(), parent.leaf.c_str(), 0);
    }
}

}  // namespace signalbox::worker
