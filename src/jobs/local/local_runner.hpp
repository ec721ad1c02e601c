// Runs on this machine: one worker process per attempt, each in a session and directory of its own.
//
// A worker outlives the server. It holds a lock on `<runs>/<attempt>/lock` from its first
// instruction (the runner takes the lock and hands the descriptor down), so whether it is alive is
// a question to the kernel, never to a stored process id: no reuse of ids, no moment in which a
// started worker is invisible, never two for one attempt.
//
// Threads: event loop; spawning and files on the pool.  Suspends: everything.
// Errors: kInternal, kNoSpace when a worker cannot be started.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/clock.hpp"
#include "jobs/runner.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace signalbox::jobs {

struct LocalRunnerConfig {
    std::filesystem::path runs_directory;  ///< absolute; DATA/runs
    std::filesystem::path worker_program;  ///< absolute
    std::string server_url;                ///< for the workers: `unix:../../worker.sock`
    std::int64_t slots = 1;
    double min_free_disk = 0;  ///< share of the runs' file system below which no run is started
    std::vector<std::string> environment;          ///< further `NAME=value`
    std::chrono::milliseconds kill_after{30'000};  ///< from SIGTERM to SIGKILL at clean-up
};

class LocalRunner final : public Runner {
public:
    /// All must outlive the runner; `exits` is hinted with kDispatchHint when a worker ends.
    LocalRunner(
        Executor executor,
        async::BlockingPool& pool,
        async::Signal& exits,
        const Clock& clock,
        LocalRunnerConfig config
    );

    Task<Result<void>> start(StartRequest request) override;
    Task<Result<void>> nudge(AttemptId attempt) override;
    Task<Result<Presence>> observe(AttemptId attempt) override;
    Task<Result<void>> redeliver(AttemptId attempt) override;
    Task<Result<void>> clean_up(AttemptId attempt) override;
    Task<Result<std::vector<AttemptId>>> list_leftovers() override;

    /// Too little room on the disk, or starts that failed one after the other.
    Task<std::string> find_obstacle() override;

    [[nodiscard]] std::int64_t slots() const override { return config_.slots; }

    [[nodiscard]] std::string where() const override { return "local"; }

    /// Stops watching its children, which go on.
    Task<void> stop();

private:
    [[nodiscard]] std::filesystem::path directory_of(const AttemptId& attempt) const;
    Task<Result<void>> begin(const StartRequest& request);
    Task<Result<void>> spawn(AttemptId attempt);
    void note_failure();
    Task<void> reap(int pid_fd);

    async::BlockingPool& pool_;
    async::Signal& exits_;
    const Clock& clock_;
    LocalRunnerConfig config_;
    async::TaskGroup children_;
    std::set<AttemptId> starting_;  ///< start() is under way
    std::map<AttemptId, SteadyTime> terminated_at_;
    bool short_of_room_ = false;
    std::uint32_t failures_ = 0;  ///< of starts, one after the other
    SteadyTime next_try_;
};

}  // namespace signalbox::jobs
