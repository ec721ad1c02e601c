// One run of SUMO from exec to its last byte: output, live figures, limits, orders to stop.
//
// While the process runs, four tasks look after it: its output goes to the log, its summary becomes
// live figures, its use of the machine is sampled against the limits, and an order to stop becomes
// SIGTERM, and SIGKILL after the grace time. Over its memory, or fenced, SUMO is killed at once.
// When the process has ended, what is left in the pipes is drained: nothing it wrote is lost.
//
// Threads: the event loop.  Suspends: run.  Errors: run: those of SumoProcess::start.
#pragma once

#include "async/task_group.hpp"
#include "base/clock.hpp"
#include "contract/worker_contract.hpp"
#include "scenario/outputs/sumo_log.hpp"
#include "scenario/run_plan.hpp"
#include "worker/evidence/live_figures.hpp"
#include "worker/evidence/log_spool.hpp"
#include "worker/process/sumo_process.hpp"
#include "worker/process/usage_sampler.hpp"
#include "worker/server/heartbeat.hpp"
#include "worker/server/log_shipper.hpp"
#include "worker/server/stop_switch.hpp"

#include <optional>

namespace signalbox::worker {

struct SimulationEnd {
    ProcessEnd process;
    scenario::SumoMessages messages;
    model::Usage usage;
    double wall_seconds = 0;
    std::optional<double> last_time;  ///< newest simulated second seen
    std::optional<std::int64_t> passed_file_limit;
    bool disk_was_full = false;
    bool oom_killed = false;
};

/// What a simulation works with; all of it outlives it.
struct SimulationTools {
    Heartbeat& heartbeat;
    StopSwitch& stop;
    LogSpool& log;
    LogShipper& shipper;
    const Clock& clock;
    const WorkerTimes& times;
};

struct SimulationJob {
    SumoCommand command;
    Sandbox sandbox;
    scenario::RunPlan plan;
    contract::AttemptLimits limits;
};

class Simulation {
public:
    /// The plan's directories exist.
    Simulation(
        Executor executor,
        SimulationTools tools,
        SimulationJob job,
        std::unique_ptr<LiveFigures> live
    );

    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Once.
    Task<Result<SimulationEnd>> run();

private:
    Task<void> follow_output();
    Task<void> follow_summary();
    Task<void> watch_usage();
    Task<void> stop_when_told();
    bool drain_output(std::size_t max_bytes);
    void take_line(std::string_view line);
    void show_live();
    void check_limits(const model::Usage& usage);
    void check_output(const model::Usage& usage);
    [[nodiscard]] double elapsed_seconds() const;
    [[nodiscard]] model::RunCost cost_so_far() const;
    [[nodiscard]] std::optional<double> newest_time() const;
    SimulationEnd conclude(std::optional<std::int64_t> oom_kills_before);

    SimulationTools tools_;
    SimulationJob job_;
    std::unique_ptr<LiveFigures> live_;
    UsageSampler sampler_;
    scenario::SumoLog sumo_log_;
    std::optional<scenario::StepLine> newest_line_;
    std::optional<SumoProcess> process_;
    SteadyTime started_{};
    bool disk_was_full_ = false;
    async::TaskGroup tasks_;
};

}  // namespace signalbox::worker
