#include "worker/worker_program.hpp"

#include "async/event_loop.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "worker/attempt_directory.hpp"
#include "worker/run_attempt.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>

namespace signalbox::worker {

namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr std::size_t kPoolThreads = 2;

std::optional<std::string> read_variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void configure_log() {
    const auto level = log::parse_level(read_variable("LOG_LEVEL").value_or("info"));
    log::configure(log::Format::kJson, level.value_or(log::Level::kInfo));
}

// The runner's lock must not live on in SUMO.
void keep_lock_to_ourselves() {
    const auto lock = parse_number<int>(read_variable("SIGNALBOX_LOCK_FD").value_or(""));
    if (lock && *lock > STDERR_FILENO) {
        ::fcntl(*lock, F_SETFD, FD_CLOEXEC);
    }
}

// Blocked before the first thread starts, so that all of them inherit that.
UniqueFd take_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    return UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

WorkerExit run(const WorkerSettings& settings, int signals) {
    async::EventLoop loop;
    async::BlockingPool pool(kPoolThreads);
    const SystemClock clock;
    OsRandom random;
    const WorkerServices services{
        .executor = loop.executor(),
        .pool = pool,
        .clock = clock,
        .random = random,
        .signals = signals
    };
    try {
        return loop.run(run_attempt(settings, services));
    } catch (const std::exception& problem) {
        log::error("the attempt failed", {{"error", problem.what()}});
        return WorkerExit::kUndelivered;
    }
}

}  // namespace

int run_worker_program() {
    configure_log();
    keep_lock_to_ourselves();
    const UniqueFd signals = take_signals();
    // Nobody of the same user reads the token from /proc.
    ::prctl(PR_SET_DUMPABLE, 0);

    std::error_code problem;
    const std::filesystem::path directory = std::filesystem::current_path(problem);
    if (const auto written = AttemptDirectory(directory).write_pid(); !written) {
        log::error("cannot work here", {{"error", written.error().message()}});
        return kExitFailure;
    }
    const auto settings = settings_from(read_variable, directory);
    if (!settings) {
        log::error(
            "this is not how a runner starts a worker", {{"error", settings.error().message()}}
        );
        return kExitUsage;
    }
    return run(*settings, signals.get()) == WorkerExit::kDone ? 0 : kExitFailure;
}

}  // namespace signalbox::worker
