// One random history: clients, workers, servers and the clock take steps in the order a seed says.
//
// First about eighty steps with faults: servers die and are taken over from, workers die, messages
// are lost, doubled and late, calls fail, the clock is set. Then the faults stop, and every job has
// to come to its end within a few simulated hours.
//
// Threads: one.  Suspends: never.  Errors: the judge's first violation.
#pragma once

#include "tests/simulation/judge.hpp"
#include "tests/simulation/world.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::simulation {

class Schedule {
public:
    /// `trace`: each step is printed to stderr.
    Schedule(Arena& arena, std::uint64_t seed, bool trace);
    ~Schedule();

    Schedule(const Schedule&) = delete;
    Schedule& operator=(const Schedule&) = delete;

    /// The violation, if there is one. Once.
    std::optional<std::string> run();

    [[nodiscard]] std::int64_t steps() const { return steps_; }

private:
    // Steps
    void take_step();
    void let_go(std::size_t index);
    void start_server();
    void kill_server(std::size_t index);
    void dispatch(Server& server);
    void reconcile(Server& server);
    void submit(Server& server);
    void cancel(Server& server);
    void retry(Server& server);
    void work(const AttemptId& attempt);
    void deliver(std::size_t index);
    void disturb(std::uint64_t kind);
    void advance(std::chrono::milliseconds by);
    void set_calendar();
    void settle();

    // What runs in a server's life
    Task<void> run_dispatch(Server& server);
    Task<void> run_reconcile(Server& server);
    Task<void> run_submit(Server& server, store::Submission submission);
    Task<void> run_cancel(Server& server, JobId job);
    Task<void> run_retry(Server& server, jobs::RetryRequest request);
    Task<void> run_beat(Server& server, Message message);
    Task<void> run_verdict(Server& server, Message message);

    void add_tenants();
    void add_tenant(const std::string& name);
    void beat(const AttemptId& attempt, bool crowded);
    void finish_run(const AttemptId& attempt);
    void report(const AttemptId& attempt, model::Reason reason, std::string_view variant);
    void end_worker(const Message& message);
    Worker* listener(const Message& message);
    void spawn(Server& server, Task<void> task);
    Server& any_server();
    void bury();
    void look_if_written();
    void note(std::string_view what);

    [[nodiscard]] bool chance(std::uint64_t percent) { return world_.random.below(100) < percent; }

    [[nodiscard]] std::uint64_t below(std::size_t bound) { return world_.random.below(bound); }

    Arena& arena_;
    World world_;
    Told told_;
    Judge judge_;
    std::vector<TenantId> tenants_;
    std::vector<JobId> known_jobs_;
    std::vector<std::string> keys_;  ///< of submissions that were sent
    int next_job_ = 0;
    std::vector<std::unique_ptr<Server>>
        servers_;  ///< the newest last; the others are taken over from
    std::vector<std::unique_ptr<Server>> dead_;
    std::int64_t looked_at_write_ = 0;
    std::int64_t steps_ = 0;
    std::chrono::hours calendar_offset_{0};
    bool trace_;
};

}  // namespace signalbox::simulation
