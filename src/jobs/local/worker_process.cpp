#include "jobs/local/worker_process.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace signalbox::jobs {

namespace fs = std::filesystem;

namespace {

// Where the worker finds the lock it inherits (SIGNALBOX_LOCK_FD names it).
constexpr int kLockFd = 3;

int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

struct flock whole_file() {
    struct flock range{};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    return range;
}

// Owns the attributes and file actions of one posix_spawn.
class SpawnSetup {
public:
    SpawnSetup() {
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&actions);
    }

    ~SpawnSetup() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }

    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;

    posix_spawnattr_t attributes{};
    posix_spawn_file_actions_t actions{};
};

// A session of its own, default signals, no descriptor but stdin, the log and the lock.
int prepare(SpawnSetup& setup, const std::string& directory, int lock) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&setup.attributes, &none);
    posix_spawnattr_setsigdefault(&setup.attributes, &all);
    posix_spawnattr_setflags(
        &setup.attributes,
        static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    );
    const std::string log = directory + "/worker.log";
    auto* const actions = &setup.actions;
    for (const int problem :
         {posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0),
          posix_spawn_file_actions_addopen(
              actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600
          ),
          posix_spawn_file_actions_adddup2(actions, 1, 2),
          posix_spawn_file_actions_adddup2(actions, lock, kLockFd),
          posix_spawn_file_actions_addclosefrom_np(actions, kLockFd + 1),
          posix_spawn_file_actions_addchdir_np(actions, directory.c_str())}) {
        if (problem != 0) {
            return problem;
        }
    }
    return 0;
}

}  // namespace

// The lock belongs to the open file (F_OFD_*), so it lives exactly as long as the worker that
// inherits it, and it can be asked for without being taken.
Result<std::optional<UniqueFd>> try_lock(const fs::path& directory) {
    SB_TRY(UniqueFd file, open_file(directory / "lock", O_RDWR | O_CREAT, 0600));
    struct flock whole = whole_file();
    if (::fcntl(file.get(), F_OFD_SETLK, &whole) == 0) {
        return std::optional(std::move(file));
    }
    if (errno == EAGAIN || errno == EACCES) {
        return std::optional<UniqueFd>();
    }
    return fail(system_error(errno, "lock " + (directory / "lock").string()));
}

Result<bool> is_locked(const fs::path& directory) {
    SB_TRY(const UniqueFd file, open_file(directory / "lock", O_RDWR, 0600));
    struct flock whole = whole_file();
    if (::fcntl(file.get(), F_OFD_GETLK, &whole) != 0) {
        return fail(system_error(errno, "look at " + (directory / "lock").string()));
    }
    return whole.l_type != F_UNLCK;
}

Result<UniqueFd> spawn_worker(const WorkerCommand& command, UniqueFd lock) {
    // dup2 onto the same number would leave it close-on-exec, and the worker's own three come
    // first.
    if (lock.get() <= kLockFd) {
        const int moved = ::fcntl(lock.get(), F_DUPFD_CLOEXEC, kLockFd + 1);
        if (moved < 0) {
            return fail(system_error(errno, "duplicate the lock's descriptor"));
        }
        lock = UniqueFd(moved);
    }
    // A worker before this one has left its id, which may be anybody's by now.
    std::error_code ignored;
    fs::remove(command.directory / "pid", ignored);
    SpawnSetup setup;
    if (const int problem = prepare(setup, command.directory.string(), lock.get()); problem != 0) {
        return fail(system_error(problem, "prepare the worker process"));
    }
    std::string program = command.program.string();
    std::array<char*, 2> argv{program.data(), nullptr};
    std::vector<std::string> variables = command.environment;
    variables.push_back("SIGNALBOX_LOCK_FD=" + std::to_string(kLockFd));
    std::vector<char*> environment;
    environment.reserve(variables.size() + 1);
    for (std::string& variable : variables) {
        environment.push_back(variable.data());
    }
    environment.push_back(nullptr);

    pid_t pid = 0;
    const int problem = ::posix_spawn(
        &pid, program.c_str(), &setup.actions, &setup.attributes, argv.data(), environment.data()
    );
    if (problem != 0) {
        return fail(system_error(problem, "start " + program));
    }
    // The child cannot be reaped by anyone else, so its id is still its own here.
    const int pid_fd = open_pidfd(pid);
    if (pid_fd < 0) {
        const Error problem_of_watching = system_error(errno, "watch the worker process");
        // Who is told that it did not start must be able to rely on it.
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return fail(problem_of_watching);
    }
    return UniqueFd(pid_fd);
}

Result<void> signal_worker(const fs::path& directory, int signal) {
    constexpr std::size_t kMaxDigits = 64;
    SB_TRY(const std::string text, read_file(directory / "pid", kMaxDigits));
    const auto pid = parse_number<pid_t>(trim(text));
    if (!pid || *pid <= 1) {
        return {};
    }
    const UniqueFd target(open_pidfd(*pid));
    // Only while the lock is held, and by a worker that wrote this number, is it that worker's.
    SB_TRY(const bool alive, is_locked(directory));
    SB_TRY(const std::string still, read_file(directory / "pid", kMaxDigits));
    if (!target.valid() || !alive || still != text) {
        return {};
    }
    if (::syscall(SYS_pidfd_send_signal, target.get(), signal, nullptr, 0) != 0 && errno != ESRCH) {
        return fail(system_error(errno, "signal the worker " + std::to_string(*pid)));
    }
    return {};
}

}  // namespace signalbox::jobs
