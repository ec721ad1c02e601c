#include "jobs/local/local_runner.hpp"

#include "base/fs.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/uuid.hpp"
#include "files/free_space.hpp"
#include "jobs/changes.hpp"
#include "jobs/local/worker_process.hpp"
#include "jobs/under_way.hpp"

#include <fmt/format.h>

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace signalbox::jobs {

namespace fs = std::filesystem;

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenFailures{500};  // doubled for each
constexpr milliseconds kMostBetweenFailures{30'000};
// A share of the disk, so that a full one does not stop and start runs with every file.
constexpr double kRoomToGoOn = 0.005;

// `<uuid>-<n>`, as AttemptId::name writes it.
std::optional<AttemptId> parse_attempt_name(std::string_view name) {
    constexpr std::size_t kUuidLength = 36;
    if (name.size() <= kUuidLength + 1 || name[kUuidLength] != '-') {
        return std::nullopt;
    }
    const auto n = parse_number<std::int32_t>(name.substr(kUuidLength + 1));
    if (!is_uuid(name.substr(0, kUuidLength)) || !n || *n < 1) {
        return std::nullopt;
    }
    return AttemptId{.job = {std::string(name.substr(0, kUuidLength))}, .n = *n};
}

// Changes with every start of the machine; empty where the kernel does not say.
std::string boot_id() {
    return read_file("/proc/sys/kernel/random/boot_id").value_or("");
}

// What a verdict names may be gone once the machine was cut off: it counts on the boot it was
// written in, and on others only if the worker has synced all of it.
bool has_verdict(const fs::path& directory) {
    std::error_code ignored;
    const auto boot = read_file(directory / "boot");
    const bool is_whole = (boot && *boot == boot_id()) || fs::exists(directory / "synced", ignored);
    return is_whole && fs::exists(directory / "verdict.json", ignored);
}

Result<Presence> look_at(const fs::path& directory) {
    const auto locked = is_locked(directory);
    if (locked && *locked) {
        return Presence::kAlive;
    }
    if (!locked && locked.error().code() != Code::kNotFound) {
        return Failure(locked.error());
    }
    if (has_verdict(directory)) {
        return Presence::kUndelivered;
    }
    std::error_code ignored;
    // Made right before the worker.
    return fs::exists(directory / "lock", ignored) ? Presence::kAbsent : Presence::kUnstarted;
}

}  // namespace

LocalRunner::LocalRunner(
    Executor executor,
    async::BlockingPool& pool,
    async::Signal& exits,
    const Clock& clock,
    LocalRunnerConfig config
)
    : pool_(pool), exits_(exits), clock_(clock), config_(std::move(config)), children_(executor) {}

fs::path LocalRunner::directory_of(const AttemptId& attempt) const {
    return config_.runs_directory / attempt.name();
}

Task<Result<void>> LocalRunner::start(StartRequest request) {
    const UnderWay starting(starting_, request.attempt);
    auto begun = co_await begin(request);
    if (begun) {
        failures_ = 0;
    } else {
        note_failure();
    }
    co_return begun;
}

Task<Result<void>> LocalRunner::begin(const StartRequest& request) {
    const fs::path directory = directory_of(request.attempt);
    auto prepare = [directory, token = request.token]() -> Result<void> {
        // Its files are the worker's own; a sumo of another user passes through to its run.
        SB_OK(make_directories(directory, 0711));
        SB_OK(write_file_atomically(directory / "boot", boot_id(), 0600));
        return write_file_atomically(directory / "token", token, 0600);
    };
    SB_CO_OK(co_await pool_.run(std::move(prepare)));
    co_return co_await spawn(request.attempt);
}

void LocalRunner::note_failure() {
    const std::uint32_t doublings = std::min<std::uint32_t>(failures_, 20);
    const auto delay = kBetweenFailures * (std::int64_t{1} << doublings);
    ++failures_;
    next_try_ = clock_.steady() + std::min<milliseconds>(delay, kMostBetweenFailures);
}

Task<std::string> LocalRunner::find_obstacle() {
    const double needed = config_.min_free_disk + (short_of_room_ ? kRoomToGoOn : 0);
    const auto shortage = co_await pool_.run([path = config_.runs_directory, needed] {
        return files::find_shortage(path, needed);
    });
    short_of_room_ = shortage.has_value();
    if (shortage) {
        co_return fmt::format("{}, {:g} % are needed", *shortage, needed * 100);
    }
    const auto left = next_try_ - clock_.steady();
    // One failure may be the job's, which waits for its back-off; the next one is another's.
    if (failures_ > 1 && left > left.zero()) {
        co_return fmt::format(
            "the last {} starts failed, the next try is in {}",
            failures_,
            format_duration(std::chrono::duration<double>(left).count())
        );
    }
    co_return "";
}

Task<Result<void>> LocalRunner::redeliver(AttemptId attempt) {
    co_return co_await spawn(std::move(attempt));
}

Task<Result<void>> LocalRunner::spawn(AttemptId attempt) {
    const fs::path directory = directory_of(attempt);
    WorkerCommand command{
        .program = config_.worker_program,
        .directory = directory,
        .environment = config_.environment
    };
    command.environment.push_back("SIGNALBOX_URL=" + config_.server_url);
    command.environment.push_back("SIGNALBOX_ATTEMPT=" + attempt.name());
    command.environment.push_back("SIGNALBOX_ATTEMPT_TOKEN=" + (directory / "token").string());
    auto lock_and_spawn = [command = std::move(command)]() -> Result<UniqueFd> {
        SB_TRY(auto lock, try_lock(command.directory));
        if (!lock) {
            return UniqueFd();  // it is there already
        }
        return spawn_worker(command, std::move(*lock));
    };
    SB_CO_TRY(UniqueFd pid_fd, co_await pool_.run(std::move(lock_and_spawn)));
    if (pid_fd.valid()) {
        children_.spawn("worker " + attempt.name(), reap(pid_fd.release()));
    }
    co_return Result<void>();
}

Task<void> LocalRunner::reap(int pid_fd) {
    const UniqueFd owned(pid_fd);
    co_await async::wait_readable(owned.get());
    siginfo_t status{};
    ::waitid(P_PIDFD, static_cast<id_t>(owned.get()), &status, WEXITED | WNOHANG);
    exits_.notify(kDispatchHint);
}

Task<Result<void>> LocalRunner::nudge(AttemptId attempt) {
    const fs::path directory = directory_of(attempt);
    const auto sent = co_await pool_.run([directory] { return signal_worker(directory, SIGTERM); });
    if (!sent && sent.error().code() != Code::kNotFound) {
        co_return Failure(sent.error());
    }
    co_return Result<void>();
}

Task<Result<Presence>> LocalRunner::observe(AttemptId attempt) {
    // A busy pool must not make a run lost that is about to begin.
    if (starting_.contains(attempt)) {
        co_return Presence::kAlive;
    }
    const fs::path directory = directory_of(attempt);
    co_return co_await pool_.run([directory] { return look_at(directory); });
}

Task<Result<void>> LocalRunner::clean_up(AttemptId attempt) {
    const fs::path directory = directory_of(attempt);
    SB_CO_TRY(const Presence presence, co_await observe(attempt));
    if (presence != Presence::kAlive) {
        terminated_at_.erase(attempt);
        co_return co_await pool_.run([directory] { return remove_tree(directory); });
    }
    // Its attempt is over, so it was told to go (410) and normally is about to. Then it is asked,
    // then made to.
    const SteadyTime now = clock_.steady();
    const auto [entry, first_time] = terminated_at_.try_emplace(attempt, now);
    const bool impatient = now - entry->second >= config_.kill_after;
    if (!first_time && !impatient) {
        co_return Result<void>();
    }
    const int signal = impatient ? SIGKILL : SIGTERM;
    const auto sent =
        co_await pool_.run([directory, signal] { return signal_worker(directory, signal); });
    if (!sent && sent.error().code() != Code::kNotFound) {
        co_return Failure(sent.error());
    }
    co_return Result<void>();
}

Task<Result<std::vector<AttemptId>>> LocalRunner::list_leftovers() {
    const fs::path directory = config_.runs_directory;
    co_return co_await pool_.run([directory]() -> Result<std::vector<AttemptId>> {
        std::vector<AttemptId> attempts;
        std::error_code problem;
        for (fs::directory_iterator it(directory, problem), end; !problem && it != end;
             it.increment(problem)) {
            if (auto attempt = parse_attempt_name(it->path().filename().string())) {
                attempts.push_back(std::move(*attempt));
            }
        }
        if (problem) {
            return fail(system_error(problem.value(), "list " + directory.string()));
        }
        return attempts;
    });
}

Task<void> LocalRunner::stop() {
    children_.cancel();
    co_await children_.join();
}

}  // namespace signalbox::jobs
