#include "worker/run_attempt.hpp"

#include "async/task_group.hpp"
#include "base/fs.hpp"
#include "base/log.hpp"
#include "worker/attempt_directory.hpp"
#include "worker/conclusion.hpp"
#include "worker/preparation.hpp"
#include "worker/server/attempt_client.hpp"
#include "worker/server/delivery.hpp"
#include "worker/server/heartbeat.hpp"
#include "worker/server/log_shipper.hpp"
#include "worker/server/scenario_download.hpp"
#include "worker/simulation.hpp"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

using scenario::StopCause;

// Address space is not memory: libraries and pools take a multiple of what is ever touched.
constexpr std::uint64_t kAddressSpaceFactor = 4;
// The server keeps the beginning and the newest rest within the limit; it can do that with a longer
// log than the limit, so the worker's own file is only bounded against a flood.
constexpr std::uint64_t kLogFactor = 16;
constexpr std::int64_t kDefaultLogBytes = std::int64_t{64} << 20U;

class Attempt {
public:
    Attempt(const WorkerSettings& settings, const WorkerServices& services, AttemptClient& client)
        : executor_(services.executor),
          settings_(settings),
          services_(services),
          client_(client),
          directory_(settings.directory),
          stop_(executor_),
          heartbeat_(executor_, client, stop_, services.clock, settings.times),
          background_(executor_) {}

    Task<WorkerExit> run() {
        background_.spawn("signals", watch_signals());
        const WorkerExit exit =
            directory_.has_verdict() ? co_await deliver_again() : co_await run_anew();
        background_.cancel();
        co_await background_.join();
        co_return exit;
    }

private:
    Task<WorkerExit> run_anew();
    Task<WorkerExit> deliver_again();
    Task<WorkerExit> hand_over(model::Verdict verdict);
    Task<void> sync_what_waits();
    Task<model::Verdict> work(contract::AttemptDescription attempt);
    Task<Result<PreparedRun>> prepare(contract::AttemptDescription attempt);
    Task<Result<Conclusion>> simulate(contract::AttemptDescription attempt, PreparedRun prepared);
    Result<SimulationJob> make_job(
        const contract::AttemptDescription& attempt, const PreparedRun& prepared
    ) const;
    Result<void> open_log(const contract::AttemptDescription& attempt);
    Result<void> open_shipper();
    Task<void> watch_signals();
    [[nodiscard]] model::Verdict conclude_failure(const Error& error, const std::string& version);
    [[nodiscard]] model::Verdict stopped_before_start(const std::string& version) const;
    [[nodiscard]] Patience patience(std::chrono::milliseconds time, EndsPatience ends);
    WorkerExit leave(const Result<void>& delivered) const;

    Executor executor_;
    const WorkerSettings& settings_;
    WorkerServices services_;
    AttemptClient& client_;
    AttemptDirectory directory_;
    StopSwitch stop_;
    Heartbeat heartbeat_;
    std::unique_ptr<LogSpool> log_;
    std::unique_ptr<LogShipper> shipper_;
    async::TaskGroup background_;
};

Patience Attempt::patience(std::chrono::milliseconds time, EndsPatience ends) {
    return {
        .clock = services_.clock,
        .random = services_.random,
        .until = services_.clock.steady() + time,
        .backoff = settings_.times.retry,
        .stop = stop_,
        .ends = ends
    };
}

Task<WorkerExit> Attempt::run_anew() {
    const auto attempt = co_await retry(
        patience(settings_.times.fetch_patience, EndsPatience::kAnyStop),
        "attempt",
        [this] { return client_.get_attempt(); }
    );
    if (!attempt) {
        co_return leave(Failure(attempt.error()));
    }
    log::info(
        "attempt begins",
        {{"job_id", attempt->job_id},
         {"attempt", attempt->attempt},
         {"sumo_version", attempt->sumo_version}}
    );
    background_.spawn("heartbeat", heartbeat_.run());
    model::Verdict verdict = co_await work(*attempt);
    if (stop_.fenced()) {
        co_return leave(fail(Code::kGone, "FENCED", "the attempt is over"));
    }
    log::info("verdict", {{"reason", model::to_word(verdict.reason)}, {"error", verdict.error}});
    const auto kept = co_await services_.pool.run([directory = directory_, verdict] {
        return directory.write_verdict(verdict);
    });
    if (!kept) {
        log::error("the verdict is not on the disk", {{"error", kept.error().message()}});
    }
    co_return co_await hand_over(std::move(verdict));
}

Task<WorkerExit> Attempt::deliver_again() {
    auto verdict = directory_.read_verdict();
    if (!verdict) {
        // No later worker could read it either, and the job must end.
        const std::string problem =
            "the verdict that is here cannot be read: " + verdict.error().message();
        log::error(problem);
        verdict = conclude_unstarted({.reason = model::Reason::kInternal, .error = problem}, "");
    }
    log::info("delivers the verdict of a worker before", {{"attempt", settings_.attempt}});
    heartbeat_.enter(contract::WorkerPhase::kUploading);
    background_.spawn("heartbeat", heartbeat_.run());
    co_return co_await hand_over(std::move(*verdict));
}

Task<WorkerExit> Attempt::hand_over(model::Verdict verdict) {
    heartbeat_.enter(contract::WorkerPhase::kUploading);
    if (const auto opened = shipper_ ? Result<void>() : open_shipper(); !opened) {
        co_return leave(opened);
    }
    background_.spawn("sync", sync_what_waits());
    const auto delivered = co_await deliver(
        client_,
        *shipper_,
        directory_.run(),
        std::move(verdict),
        patience(settings_.times.patience, EndsPatience::kFence)
    );
    co_return leave(delivered);
}

// What is not delivered soon may have to wait for a server beyond the machine's next start.
Task<void> Attempt::sync_what_waits() {
    co_await async::sleep_for(settings_.times.sync_after);
    const auto synced =
        co_await services_.pool.run([directory = directory_] { return directory.sync(); });
    if (!synced) {
        log::warning("not synced", {{"error", synced.error().message()}});
    }
}

Result<void> Attempt::open_shipper() {
    // Nothing may have been logged, here or by a worker before this one.
    SB_OK(open_file(directory_.log(), O_WRONLY | O_CREAT, 0600));
    SB_TRY(shipper_, LogShipper::open(executor_, client_, directory_.log(), settings_.times));
    return {};
}

// What must not stay once nobody needs it, and what must.
WorkerExit Attempt::leave(const Result<void>& delivered) const {
    if (!delivered && delivered.error().code() != Code::kGone) {
        log::error(
            "leaves without having told the server; everything stays here",
            {{"error", delivered.error().message()}}
        );
        return WorkerExit::kUndelivered;
    }
    log::info(delivered ? "delivered" : "the attempt is over; nothing more is sent");
    directory_.remove_contents();
    return WorkerExit::kDone;
}

Task<model::Verdict> Attempt::work(contract::AttemptDescription attempt) {
    auto prepared = co_await prepare(attempt);
    if (stop_.requested()) {
        co_return stopped_before_start(attempt.sumo_version);
    }
    if (!prepared) {
        co_return conclude_failure(prepared.error(), attempt.sumo_version);
    }
    const std::string version = prepared->simulator.version;
    auto conclusion = co_await simulate(std::move(attempt), std::move(*prepared));
    if (!conclusion) {
        co_return conclude_failure(conclusion.error(), version);
    }
    for (const std::string& remark : conclusion->remarks) {
        log_->note(remark);
    }
    co_return std::move(conclusion->verdict);
}

// The log says it too: for whoever looks there first.
model::Verdict Attempt::conclude_failure(const Error& error, const std::string& version) {
    if (log_) {
        log_->note(error.message());
    }
    return conclude_unstarted(outcome_of(error), version);
}

model::Verdict Attempt::stopped_before_start(const std::string& version) const {
    scenario::Evidence evidence;
    evidence.stop = stop_.cause();
    return conclude_unstarted(scenario::decide(evidence), version);
}

Task<Result<PreparedRun>> Attempt::prepare(contract::AttemptDescription attempt) {
    SB_CO_OK(open_log(attempt));
    const auto fetched = co_await download_scenario(
        client_,
        attempt.scenario,
        directory_.scenario(),
        patience(settings_.times.fetch_patience, EndsPatience::kAnyStop)
    );
    if (!fetched && fetched.error().code() == Code::kGone) {
        stop_.request(StopCause::kFenced);
    }
    SB_CO_OK(fetched);
    PreparationRequest request{
        .attempt = std::move(attempt),
        .directory = directory_,
        .simulators = scenario::SimulatorCache(settings_.cache_directory, settings_.simulators),
        .now = services_.clock.now()
    };
    co_return co_await services_.pool.run([request = std::move(request)] {
        return prepare_run(request);
    });
}

Result<void> Attempt::open_log(const contract::AttemptDescription& attempt) {
    const std::int64_t limit =
        attempt.limits.log_bytes > 0 ? attempt.limits.log_bytes : kDefaultLogBytes;
    LogSpoolLimits limits;
    limits.file_bytes = static_cast<std::uint64_t>(limit) * kLogFactor;
    SB_TRY(log_, LogSpool::open(directory_.log(), limits));
    return open_shipper();
}

Result<SimulationJob> Attempt::make_job(
    const contract::AttemptDescription& attempt, const PreparedRun& prepared
) const {
    SimulationJob job;
    job.plan = prepared.plan;
    job.limits = attempt.limits;
    job.sandbox = make_sandbox(
        {.run_directory = directory_.run(),
         .simulator = prepared.simulator,
         .run_as = settings_.run_as}
    );
    const auto bytes = [](std::int64_t value) {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
    };
    job.command = {
        .binary = prepared.simulator.binary,
        .arguments = prepared.plan.arguments,
        .environment = with_unbuffered_output(prepared.plan.environment),
        .directory = directory_.run(),
        .limits =
            {.address_space_bytes = bytes(attempt.limits.memory_bytes) * kAddressSpaceFactor,
             .file_bytes = bytes(attempt.limits.output_bytes)}
    };
    return job;
}

Task<Result<Conclusion>> Attempt::simulate(
    contract::AttemptDescription attempt, PreparedRun prepared
) {
    SB_CO_TRY(auto live, LiveFigures::make(directory_.run(), prepared.plan));
    SB_CO_TRY(SimulationJob job, make_job(attempt, prepared));
    const SimulationTools tools{
        .heartbeat = heartbeat_,
        .stop = stop_,
        .log = *log_,
        .shipper = *shipper_,
        .clock = services_.clock,
        .times = settings_.times
    };
    async::TaskGroup shipping(executor_);
    shipping.spawn("log", shipper_->run(stop_, services_.random));
    Simulation simulation(executor_, tools, std::move(job), std::move(live));
    auto end = co_await simulation.run();
    shipping.cancel();
    co_await shipping.join();
    SB_CO_TRY(SimulationEnd facts, std::move(end));

    heartbeat_.enter(contract::WorkerPhase::kUploading);
    co_return co_await services_.pool.run(
        [facts =
             RunFacts{
                 .limits = attempt.limits,
                 .run_directory = directory_.run(),
                 .prepared = std::move(prepared),
                 .stop = stop_.cause(),
                 .end = std::move(facts)
             }]() -> Result<Conclusion> { return conclude(facts); }
    );
}

// A signal means: ask the server. Only when it cannot be asked, a second one means: stop.
Task<void> Attempt::watch_signals() {
    if (services_.signals < 0) {
        co_return;
    }
    std::optional<SteadyTime> last;
    for (;;) {
        co_await async::wait_readable(services_.signals);
        signalfd_siginfo info{};
        while (::read(services_.signals, &info, sizeof info) > 0) {
        }
        const SteadyTime now = services_.clock.steady();
        if (last && now - *last <= settings_.times.second_nudge && !heartbeat_.server_answers()) {
            log::warning("told to end twice, and the server does not answer: stops");
            stop_.request(StopCause::kShutdown);
        }
        last = now;
        heartbeat_.nudge();
    }
}

}  // namespace

Task<WorkerExit> run_attempt(WorkerSettings settings, WorkerServices services) {
    auto client = AttemptClient::make(services.executor, services.pool, settings);
    if (!client) {
        log::error("cannot talk to the server", {{"error", client.error().message()}});
        co_return WorkerExit::kUndelivered;
    }
    Attempt attempt(settings, services, **client);
    co_return co_await attempt.run();
}

}  // namespace signalbox::worker
