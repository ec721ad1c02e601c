#include "worker/simulation.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace signalbox::worker {

namespace {

using scenario::StopCause;

constexpr std::size_t kTurnBytes = std::size_t{256} << 10U;
constexpr std::size_t kAllBytes = std::size_t{1} << 30U;

bool must_die_at_once(StopCause cause) {
    return cause == StopCause::kMemoryLimit || cause == StopCause::kFenced;
}

}  // namespace

Simulation::Simulation(
    Executor executor, SimulationTools tools, SimulationJob job, std::unique_ptr<LiveFigures> live
)
    : tools_(tools),
      job_(std::move(job)),
      live_(std::move(live)),
      sampler_(job_.command.directory, tools_.clock),
      tasks_(std::move(executor)) {
    tools_.log.on_line([this](std::string_view line) { take_line(line); });
}

Task<Result<SimulationEnd>> Simulation::run() {
    const auto oom_kills_before = count_oom_kills();
    started_ = tools_.clock.steady();
    SB_CO_TRY(SumoProcess process, SumoProcess::start(job_.command, job_.sandbox));
    process_.emplace(std::move(process));
    sampler_.watch(process_->pid());
    log::info("sumo started", {{"pid", process_->pid()}});
    show_live();
    tools_.heartbeat.enter(contract::WorkerPhase::kRunning);

    tasks_.spawn("output of sumo", follow_output());
    tasks_.spawn("summary of sumo", follow_summary());
    tasks_.spawn("usage of sumo", watch_usage());
    tasks_.spawn("stop sumo", stop_when_told());
    co_await async::wait_readable(process_->pid_fd());
    tasks_.cancel();
    co_await tasks_.join();
    co_return conclude(oom_kills_before);
}

Task<void> Simulation::follow_output() {
    do {
        co_await async::wait_readable(process_->output());
    } while (drain_output(kTurnBytes));
}

// False at the end of the stream.
bool Simulation::drain_output(std::size_t max_bytes) {
    std::array<char, 65536> buffer;  // NOLINT: filled by read
    for (std::size_t taken = 0; taken < max_bytes;) {
        const ssize_t count = ::read(process_->output(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            tools_.shipper.grew();
            return count < 0 && errno == EAGAIN;
        }
        tools_.log.feed({buffer.data(), static_cast<std::size_t>(count)});
        taken += static_cast<std::size_t>(count);
    }
    tools_.shipper.grew();
    return true;
}

void Simulation::take_line(std::string_view line) {
    if (const auto step = sumo_log_.feed_line(line)) {
        newest_line_ = step;
        show_live();
    }
}

Task<void> Simulation::follow_summary() {
    if (live_->pipe() < 0) {
        co_return;
    }
    for (;;) {
        co_await async::wait_readable(live_->pipe());
        if (live_->read_some(kTurnBytes)) {
            show_live();
        }
    }
}

double Simulation::elapsed_seconds() const {
    return std::chrono::duration<double>(tools_.clock.steady() - started_).count();
}

std::optional<double> Simulation::newest_time() const {
    std::optional<double> time = sumo_log_.messages().last_step;
    if (const auto& step = live_->newest(); step) {
        time = std::max(time.value_or(step->time), step->time);
    }
    return time;
}

model::RunCost Simulation::cost_so_far() const {
    const model::Usage& usage = sampler_.latest();
    model::RunCost cost{
        .cpu_seconds = usage.cpu_seconds,
        .wall_seconds = elapsed_seconds(),
        .peak_memory_bytes = usage.peak_rss_bytes,
        .simulated_seconds = std::nullopt,
        .real_time_factor = std::nullopt
    };
    if (const auto time = newest_time()) {
        cost.simulated_seconds = *time - job_.plan.begin_seconds;
        // Of the whole run: what a step line says is that of its one step.
        if (*cost.wall_seconds > 0) {
            cost.real_time_factor = *cost.simulated_seconds / *cost.wall_seconds;
        }
    }
    return cost;
}

void Simulation::show_live() {
    model::Progress progress{
        .simulated_seconds = newest_time(),
        .end_seconds = job_.plan.end_seconds,
        .running = std::nullopt,
        .halting = std::nullopt,
        .real_time_factor = std::nullopt,
        .begin_seconds = job_.plan.begin_seconds
    };
    if (newest_line_) {
        progress.running = newest_line_->vehicles_running;
    }
    model::Figures figures;
    if (const auto& step = live_->newest(); step) {
        figures = scenario::to_figures(*step);
        progress.running = step->running ? step->running : progress.running;
        progress.halting = step->halting;
    }
    figures.cost = cost_so_far();
    progress.real_time_factor = figures.cost.real_time_factor;
    tools_.heartbeat.show(progress, figures);
}

Task<void> Simulation::watch_usage() {
    for (;;) {
        co_await async::sleep_for(tools_.times.sample);
        const model::Usage& usage = sampler_.sample();
        tools_.heartbeat.show(usage, cost_so_far());
        check_limits(usage);
        if (live_->pipe() < 0 && live_->read_some(kTurnBytes)) {
            show_live();
        }
    }
}

void Simulation::check_limits(const model::Usage& usage) {
    const contract::AttemptLimits& limits = job_.limits;
    if (limits.memory_bytes > 0 && usage.rss_bytes > limits.memory_bytes) {
        tools_.stop.request(StopCause::kMemoryLimit);
        // Also in the grace time that another cause gave it.
        process_->signal_group(SIGKILL);
    }
    check_output(usage);
    if (limits.wall_seconds > 0 && elapsed_seconds() > static_cast<double>(limits.wall_seconds)) {
        tools_.stop.request(StopCause::kTimedOut);
    }
    if (!sampler_.has_room() || tools_.log.disk_full()) {
        disk_was_full_ = true;
        tools_.stop.request(StopCause::kDiskFull);
    }
}

void Simulation::check_output(const model::Usage& usage) {
    const std::int64_t limit = job_.limits.output_bytes;
    if ((limit > 0 && usage.output_bytes > limit) || sampler_.passed_file_limit()) {
        tools_.stop.request(StopCause::kDiskLimit);
    }
}

Task<void> Simulation::stop_when_told() {
    co_await tools_.stop.wait();
    if (!must_die_at_once(tools_.stop.cause())) {
        process_->signal_group(SIGTERM);
        const SteadyTime end = tools_.clock.steady() + tools_.times.grace;
        // The server may say meanwhile that nobody waits for the outcome.
        while (tools_.clock.steady() < end && !must_die_at_once(tools_.stop.cause())) {
            co_await async::sleep_for(
                std::min<SteadyTime::duration>(end - tools_.clock.steady(), tools_.times.sample)
            );
        }
    }
    log::warning("killing sumo");
    process_->signal_group(SIGKILL);
}

SimulationEnd Simulation::conclude(std::optional<std::int64_t> oom_kills_before) {
    SimulationEnd end;
    end.wall_seconds = elapsed_seconds();
    end.process = process_->reap();
    (void)drain_output(kAllBytes);
    tools_.log.finish();
    tools_.shipper.grew();
    (void)live_->read_some(kAllBytes);
    show_live();
    if (const auto kept = live_->finish(); !kept) {
        log::warning("the summary is not kept", {{"error", kept.error().message()}});
        disk_was_full_ = disk_was_full_ || kept.error().code() == Code::kNoSpace;
    }
    sampler_.note_end(end.process.cpu_seconds, end.process.peak_rss_bytes);
    end.usage = sampler_.sample_output();
    // What it wrote in its last moments counts like the rest.
    check_output(end.usage);
    end.passed_file_limit = sampler_.passed_file_limit();
    tools_.heartbeat.show(end.usage, cost_so_far());
    end.messages = sumo_log_.messages();
    end.last_time = newest_time();
    end.disk_was_full = disk_was_full_ || tools_.log.disk_full() || !sampler_.has_room();
    const auto oom_kills_now = count_oom_kills();
    end.oom_killed = end.process.signal == SIGKILL && oom_kills_before && oom_kills_now &&
                     *oom_kills_now > *oom_kills_before;
    log::info(
        "sumo ended",
        {{"exit_code", end.process.exit_code.value_or(-1)},
         {"signal", end.process.signal.value_or(0)},
         {"wall_seconds", end.wall_seconds},
         {"cpu_seconds", end.usage.cpu_seconds},
         {"peak_rss_bytes", end.usage.peak_rss_bytes}}
    );
    return end;
}

}  // namespace signalbox::worker
