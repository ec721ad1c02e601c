#include "worker/process/sumo_process.hpp"

#include "worker/process/landlock.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace signalbox::worker {

namespace {

constexpr int kOutputPipeBytes = 256 << 10;
// Threads of all runs of the same user together, against a run that makes nothing else: the filter
// refuses to fork, and SUMO itself needs a handful.
constexpr std::uint64_t kMaxThreads = 4096;

// What the child tells its parent when it cannot become SUMO.
struct StartProblem {
    int step;
    int error_number;
};

constexpr std::array kSteps{
    "redirect its input and output",
    "enter the run's directory",
    "set its limits",
    "change to another user",
    "be bound to the worker's end",
    "set no_new_privs",
    "give up capabilities",
    "enter the Landlock sandbox",
    "install the seccomp filter",
    "execute the program"
};

enum Step : int {
    kRedirect,
    kDirectory,
    kLimits,
    kUser,
    kDeathSignal,
    kNoNewPrivileges,
    kCapabilities,
    kLandlock,
    kSeccomp,
    kExecute
};

struct Limit {
    __rlimit_resource resource;
    rlimit value;
};

// All the child needs, made before the fork: it must not allocate.
struct ChildPlan {
    const char* binary = nullptr;
    const char* directory = nullptr;
    std::vector<char*> argv;
    std::vector<char*> environment;
    std::vector<Limit> limits;
    std::vector<sock_filter> seccomp;
    std::size_t own_pid_at = 0;
    int landlock = -1;
    std::optional<UserAndGroup> run_as;
    int input = -1;
    int output = -1;
    int problems = -1;
    pid_t parent = 0;
};

struct ChildText {
    std::string binary;
    std::string directory;
    std::vector<std::string> argv;
    std::vector<std::string> environment;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

ChildText make_text(const SumoCommand& command) {
    ChildText text{
        .binary = command.binary.string(),
        .directory = command.directory.string(),
        .argv = {command.binary.string()},
        .environment = {}
    };
    text.argv.insert(text.argv.end(), command.arguments.begin(), command.arguments.end());
    for (const auto& [name, value] : command.environment) {
        text.environment.push_back(name + "=" + value);
    }
    return text;
}

// Never above what this process itself is allowed: only root may raise that.
Limit limit_to(__rlimit_resource resource, std::uint64_t value) {
    rlimit own{};
    if (::getrlimit(resource, &own) == 0) {
        value = std::min<std::uint64_t>(value, own.rlim_max);
    }
    return {.resource = resource, .value = {.rlim_cur = value, .rlim_max = value}};
}

std::vector<Limit> make_limits(const ProcessLimits& limits) {
    std::vector<Limit> result{limit_to(RLIMIT_CORE, 0), limit_to(RLIMIT_NPROC, kMaxThreads)};
    if (limits.address_space_bytes > 0) {
        result.push_back(limit_to(RLIMIT_AS, limits.address_space_bytes));
    }
    if (limits.file_bytes > 0) {
        result.push_back(limit_to(RLIMIT_FSIZE, limits.file_bytes));
    }
    return result;
}

// From here to exec: async-signal-safe calls only.

[[noreturn]] void give_up(const ChildPlan& plan, Step step, int error_number) {
    const StartProblem problem{.step = step, .error_number = error_number};
    [[maybe_unused]] const ssize_t told = ::write(plan.problems, &problem, sizeof problem);
    ::_exit(127);
}

void check(const ChildPlan& plan, Step step, bool good) {
    if (!good) {
        give_up(plan, step, errno);
    }
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) {
        if (signal != SIGKILL && signal != SIGSTOP) {
            ::signal(signal, signal == SIGPIPE ? SIG_IGN : SIG_DFL);
        }
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void change_user(const ChildPlan& plan, UserAndGroup user) {
    check(plan, kUser, ::setgroups(0, nullptr) == 0);
    check(plan, kUser, ::setresgid(user.group, user.group, user.group) == 0);
    check(plan, kUser, ::setresuid(user.user, user.user, user.user) == 0);
}

// Whoever it is now. A root that stays root must still find its directory, whoever that belongs to;
// with no_new_privs the exec brings nothing back.
void drop_capabilities(const ChildPlan& plan) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::uint32_t kept =
        ::geteuid() == 0 ? 1U << static_cast<unsigned>(CAP_DAC_READ_SEARCH) : 0U;
    const std::array<__user_cap_data_struct, 2> sets{
        {{.effective = kept, .permitted = kept, .inheritable = 0},
         {.effective = 0, .permitted = 0, .inheritable = 0}}
    };
    check(plan, kCapabilities, ::syscall(SYS_capset, &header, sets.data()) == 0);
}

void enter_sandbox(ChildPlan& plan) {
    check(plan, kNoNewPrivileges, ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    drop_capabilities(plan);
    if (plan.landlock >= 0) {
        if (const int problem = enforce_landlock(plan.landlock); problem != 0) {
            give_up(plan, kLandlock, problem);
        }
    }
    if (!plan.seccomp.empty()) {
        const int problem =
            install_seccomp_filter(plan.seccomp.data(), plan.seccomp.size(), plan.own_pid_at);
        if (problem != 0) {
            give_up(plan, kSeccomp, problem);
        }
    }
}

[[noreturn]] void become_sumo(ChildPlan& plan) {
    ::setpgid(0, 0);
    reset_signals();
    check(plan, kRedirect, ::dup2(plan.input, 0) == 0);
    check(plan, kRedirect, ::dup2(plan.output, 1) == 1 && ::dup2(plan.output, 2) == 2);
    check(plan, kDirectory, ::chdir(plan.directory) == 0);
    if (plan.run_as) {
        change_user(plan, *plan.run_as);
    }
    // After the change of user: a user who has all his threads already could not execute else.
    for (const Limit& limit : plan.limits) {
        check(plan, kLimits, ::setrlimit(limit.resource, &limit.value) == 0);
    }
    // After the change of user, which would clear it. The worker may be gone already.
    check(plan, kDeathSignal, ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
    if (::getppid() != plan.parent) {
        ::_exit(127);
    }
    ::umask(0022);
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    enter_sandbox(plan);
    ::execve(plan.binary, plan.argv.data(), plan.environment.data());
    give_up(plan, kExecute, errno);
}

struct Pipe {
    UniqueFd reader;
    UniqueFd writer;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(system_error(errno, "make a pipe"));
    }
    return Pipe{.reader = UniqueFd(ends[0]), .writer = UniqueFd(ends[1])};
}

// Nothing comes through when exec succeeded: that closed the pipe.
Result<void> read_problem(int reader, const std::string& binary) {
    StartProblem problem{};
    ssize_t count = 0;
    do {
        count = ::read(reader, &problem, sizeof problem);
    } while (count < 0 && errno == EINTR);
    if (count != sizeof problem) {
        return {};
    }
    const std::string what = std::string(kSteps.at(static_cast<std::size_t>(problem.step)));
    return fail(
        Code::kUnavailable,
        "START_FAILED",
        binary + " could not be started: " + system_error(problem.error_number, what).message()
    );
}

}  // namespace

Result<SumoProcess> SumoProcess::start(const SumoCommand& command, Sandbox& sandbox) {
    SB_TRY(Pipe output, make_pipe());
    SB_TRY(Pipe problems, make_pipe());
    SB_TRY(const UniqueFd input, open_file("/dev/null", O_RDONLY));
    ::fcntl(output.reader.get(), F_SETFL, O_NONBLOCK);
    // Room for what comes while nobody reads; less where the system grants less.
    ::fcntl(output.reader.get(), F_SETPIPE_SZ, kOutputPipeBytes);

    ChildText text = make_text(command);
    ChildPlan plan{
        .binary = text.binary.c_str(),
        .directory = text.directory.c_str(),
        .argv = pointers(text.argv),
        .environment = pointers(text.environment),
        .limits = make_limits(command.limits),
        .seccomp = sandbox.seccomp.program,
        .own_pid_at = sandbox.seccomp.own_pid_at,
        .landlock = sandbox.landlock.get(),
        .run_as = sandbox.run_as,
        .input = input.get(),
        .output = output.writer.get(),
        .problems = problems.writer.get(),
        .parent = ::getpid()
    };
    const pid_t pid = ::fork();
    if (pid < 0) {
        return fail(system_error(errno, "fork"));
    }
    if (pid == 0) {
        become_sumo(plan);
    }
    ::setpgid(pid, pid);
    problems.writer.reset();
    output.writer.reset();
    SumoProcess process(
        pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))), std::move(output.reader)
    );
    SB_OK(read_problem(problems.reader.get(), text.binary));
    if (!process.pid_fd_.valid()) {
        return fail(Code::kUnavailable, "START_FAILED", "this kernel has no pidfd (Linux 5.3)");
    }
    return process;
}

SumoProcess::SumoProcess(pid_t pid, UniqueFd pid_fd, UniqueFd output)
    : pid_(pid), pid_fd_(std::move(pid_fd)), output_(std::move(output)) {}

SumoProcess::SumoProcess(SumoProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      pid_fd_(std::move(other.pid_fd_)),
      output_(std::move(other.output_)) {}

SumoProcess::~SumoProcess() {
    if (pid_ != 0) {
        signal_group(SIGKILL);
        (void)reap();
    }
}

void SumoProcess::signal_group(int signal) const {
    if (pid_ != 0) {
        ::kill(-pid_, signal);
    }
}

ProcessEnd SumoProcess::reap() {
    ProcessEnd end;
    if (pid_ == 0) {
        return end;
    }
    // While the ended process is not reaped its number still belongs to its group alone.
    signal_group(SIGKILL);
    int status = 0;
    rusage usage{};
    while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    if (WIFEXITED(status)) {
        end.exit_code = WEXITSTATUS(status);
    } else if (WIFSIGNALED(status)) {
        end.signal = WTERMSIG(status);
    }
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    end.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    end.peak_rss_bytes = std::int64_t{usage.ru_maxrss} * 1024;
    return end;
}

std::vector<std::pair<std::string, std::string>> with_unbuffered_output(
    std::vector<std::pair<std::string, std::string>> environment
) {
    static constexpr std::array kPlaces{
        "/usr/libexec/coreutils/libstdbuf.so",
        "/usr/lib/coreutils/libstdbuf.so",
        "/usr/lib64/coreutils/libstdbuf.so"
    };
    const bool chosen = std::ranges::any_of(environment, [](const auto& variable) {
        return variable.first == "LD_PRELOAD";
    });
    for (const char* const place : kPlaces) {
        if (!chosen && ::access(place, R_OK) == 0) {
            environment.emplace_back("LD_PRELOAD", place);
            environment.emplace_back("_STDBUF_O", "0");
            break;
        }
    }
    return environment;
}

}  // namespace signalbox::worker
