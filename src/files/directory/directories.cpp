#include "files/directory/directories.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace signalbox::files {

namespace fs = std::filesystem;

namespace {

Failure not_a_directory(const fs::path& top, std::string_view below, std::string_view part) {
    return fail(
        Code::kInvalid,
        "NOT_A_DIRECTORY",
        "\"" + std::string(part) + "\" in \"" + std::string(below) + "\" is not a directory of " +
            top.string()
    );
}

}  // namespace

Result<UniqueFd> open_below(const fs::path& top, std::string_view below, Missing missing) {
    SB_TRY(UniqueFd directory, open_file(top, O_RDONLY | O_DIRECTORY));
    if (below.empty()) {
        return directory;
    }
    for (const std::string_view part : split(below, '/')) {
        const std::string name(part);
        const bool make = missing == Missing::kIsMade;
        if (make && ::mkdirat(directory.get(), name.c_str(), 0700) != 0 && errno != EEXIST) {
            return fail(system_error(errno, "make directory " + name + " in " + top.string()));
        }
        UniqueFd next(
            ::openat(directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        );
        if (!next.valid() && (errno == ENOTDIR || errno == ELOOP)) {
            return not_a_directory(top, below, part);
        }
        if (!next.valid()) {
            return fail(system_error(errno, "open " + name + " in " + top.string()));
        }
        directory = std::move(next);
    }
    return directory;
}

Result<void> sync_up_to(fs::path directory, const fs::path& root) {
    while (directory != root && directory.has_relative_path()) {
        SB_OK(sync_directory(directory));
        directory = directory.parent_path();
    }
    return sync_directory(root);
}

}  // namespace signalbox::files
