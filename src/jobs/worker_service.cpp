#include "jobs/worker_service.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "jobs/changes.hpp"
#include "jobs/under_way.hpp"
#include "store/refusals.hpp"

namespace signalbox::jobs {

namespace {

// A worker ends its run at the time limit by itself; this catches one that does not.
constexpr std::chrono::seconds kTimeoutGrace{60};

Failure verdict_in_work() {
    return fail(
        Code::kUnavailable,
        "VERDICT_IN_WORK",
        "A verdict of this attempt is being taken in; repeat it"
    );
}

files::ResultPlace place_of(const store::AttemptView& attempt) {
    return {.tenant = attempt.tenant, .attempt = attempt.id};
}

}  // namespace

Task<Result<store::AttemptView>> WorkerService::authenticate(std::string token) {
    co_return co_await with_.runs.find_attempt(sha256_hex(token));
}

Task<Result<StopOrder>> WorkerService::beat(store::AttemptView attempt, BeatReport report) {
    if (attempt.ended) {
        co_return fail(store::attempt_over(attempt.id));
    }
    const Instant now = with_.clock.now();
    store::Beat beat{
        .attempt = attempt.id,
        .phase = report.phase,
        .progress = report.progress,
        .figures = std::move(report.figures),
        .usage = report.usage,
        .now = now
    };
    const double wall = beat.figures.cost.wall_seconds.value_or(0);
    SB_CO_TRY(const bool cancel_requested, co_await with_.runs.record_beat(std::move(beat)));
    with_.changes.notify(job_hint(attempt.id.job));
    if (report.phase == store::RunPhase::kUploading) {
        with_.changes.notify(kDispatchHint);  // its slot is free
    }
    if (cancel_requested) {
        co_return StopOrder{.reason = "CANCELLED"};
    }
    const auto limit = attempt.spec.timeout + kTimeoutGrace;
    if (report.phase == store::RunPhase::kRunning && wall > static_cast<double>(limit.count())) {
        co_return StopOrder{.reason = "TIMED_OUT"};
    }
    if (stopping_ && report.phase != store::RunPhase::kUploading) {
        told_to_stop_.insert(attempt.id);
        co_return StopOrder{.reason = "SHUTDOWN"};
    }
    co_return StopOrder{};
}

Task<Result<files::OpenFile>> WorkerService::open_scenario(store::AttemptView attempt) {
    if (attempt.ended) {
        co_return fail(store::attempt_over(attempt.id));
    }
    co_return co_await with_.scenarios.open(attempt.spec.scenario.sha256);
}

Task<Result<std::uint64_t>> WorkerService::append_log(
    store::AttemptView attempt, std::uint64_t offset, std::string bytes
) {
    if (attempt.ended) {
        co_return fail(store::attempt_over(attempt.id));
    }
    SB_CO_TRY(
        const auto next, co_await with_.logs.append(place_of(attempt), offset, std::move(bytes))
    );
    with_.changes.notify(log_hint(attempt.id.job));
    co_return next;
}

Task<Result<std::unique_ptr<files::ResultWriter>>> WorkerService::begin_result(
    store::AttemptView attempt, std::string path
) {
    if (attempt.ended) {
        co_return fail(store::attempt_over(attempt.id));
    }
    co_return co_await with_.results.create(place_of(attempt), std::move(path));
}

Task<Result<void>> WorkerService::conclude(
    store::AttemptView attempt, model::Verdict verdict, std::string verdict_hash
) {
    // One at a time, and none on what was known before its body was read: the manifest that stays
    // is that of the verdict that counts.
    if (concluding_.contains(attempt.id)) {
        co_return verdict_in_work();
    }
    const UnderWay concluding(concluding_, attempt.id);
    SB_CO_TRY(attempt, co_await with_.runs.find_attempt(attempt.token_hash));
    if (!attempt.ended) {
        SB_CO_OK(co_await with_.results.seal(place_of(attempt), verdict.files));
        SB_CO_OK(co_await with_.logs.sync(place_of(attempt)));
    }
    const model::Reason reason = verdict.reason;
    store::Outcome outcome{
        .attempt = attempt.id,
        .verdict = std::move(verdict),
        .verdict_hash = std::move(verdict_hash),
        .shutdown = reason == model::Reason::kInterrupted && told_to_stop_.contains(attempt.id),
        .now = with_.clock.now()
    };
    SB_CO_TRY(const auto receipt, co_await with_.runs.record_outcome(std::move(outcome)));
    told_to_stop_.erase(attempt.id);
    if (!receipt.repeated) {
        with_.probe.run_ended(reason);
        log::info(
            "run ended",
            {{"job_id", attempt.id.job.text},
             {"attempt", attempt.id.n},
             {"tenant_id", attempt.tenant.text},
             {"reason", model::to_word(reason)},
             {"status", model::to_word(receipt.status)}}
        );
    }
    notify_end(with_.changes, attempt.id.job);
    co_return Result<void>();
}

}  // namespace signalbox::jobs
