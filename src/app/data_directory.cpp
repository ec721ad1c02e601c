#include "app/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace signalbox::app {

namespace fs = std::filesystem;

namespace {

// A server of root's runs sumo as nobody in particular, who must get to the run's directory: it may
// pass through, not look around. Every file in here is its owner's alone.
unsigned passage_mode() {
    return ::geteuid() == 0 ? 0711 : 0700;
}

Result<UniqueFd> lock_directory(const fs::path& path) {
    SB_TRY(UniqueFd lock, open_file(path / "lock", O_RDWR | O_CREAT, 0600));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
        return lock;
    }
    if (errno != EWOULDBLOCK) {
        return fail(system_error(errno, "lock " + (path / "lock").string()));
    }
    return fail(
        Code::kConflict,
        "DATA_IN_USE",
        "the data directory " + path.string() +
            " is in use by another signalboxd; stop it or choose another --data"
    );
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const fs::path& path) {
    std::error_code problem;
    const fs::path absolute = fs::absolute(path, problem).lexically_normal();
    if (problem) {
        return fail(system_error(problem.value(), "find " + path.string()));
    }
    SB_OK(make_directories(absolute, passage_mode()));
    SB_TRY(UniqueFd lock, lock_directory(absolute));
    SB_TRY(UniqueFd directory, open_file(absolute, O_RDONLY | O_DIRECTORY));
    DataDirectory data(absolute, std::move(directory), std::move(lock));
    // What was being taken in when the server before ended is nobody's any more.
    fs::remove_all(data.spool(), problem);
    for (const char* const name : {"scenarios", "results", "logs", "spool"}) {
        SB_OK(make_directories(absolute / name, 0700));
    }
    SB_OK(make_directories(absolute / "runs", passage_mode()));
    return data;
}

fs::path DataDirectory::worker_socket() const {
    return "/proc/self/fd/" + std::to_string(directory_.get()) + "/worker.sock";
}

}  // namespace signalbox::app
