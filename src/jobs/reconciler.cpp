#include "jobs/reconciler.hpp"

#include "base/log.hpp"
#include "jobs/changes.hpp"

#include <fmt/format.h>

#include <set>

namespace signalbox::jobs {

Reconciler::Reconciler(Dependencies dependencies, store::Epoch epoch, ReconcilerPolicy policy)
    : with_(dependencies), epoch_(epoch), policy_(policy) {}

Task<void> Reconciler::run() {
    for (;;) {
        const auto pass = co_await reconcile_once();
        if (!pass && pass.error().code() == Code::kGone) {
            co_return;
        }
        if (!pass) {
            log::warning("a reconcile pass failed", {{"error", pass.error().message()}});
        }
        co_await async::sleep_for(policy_.interval);
    }
}

Task<Result<void>> Reconciler::reconcile_once() {
    // Leftovers are listed before the open attempts: one that starts in between is not a leftover.
    const auto leftovers = co_await with_.runner.list_leftovers();
    SB_CO_TRY(const auto open, co_await with_.runs.list_open_attempts());
    std::set<AttemptId> open_ids;
    for (const store::OpenAttempt& attempt : open) {
        open_ids.insert(attempt.id);
        SB_CO_OK(co_await settle(attempt));
    }
    std::erase_if(absent_since_, [&](const auto& entry) {
        return !open_ids.contains(entry.first);
    });
    if (leftovers) {
        for (const AttemptId& attempt : *leftovers) {
            if (open_ids.contains(attempt)) {
                continue;
            }
            if (const auto cleaned = co_await with_.runner.clean_up(attempt); !cleaned) {
                log::warning(
                    "could not clean up after a run",
                    {{"job_id", attempt.job.text}, {"error", cleaned.error().message()}}
                );
            }
        }
    }
    co_return Result<void>();
}

Task<Result<void>> Reconciler::settle(store::OpenAttempt attempt) {
    const auto presence = co_await with_.runner.observe(attempt.id);
    if (!presence || *presence == Presence::kAlive) {
        absent_since_.erase(attempt.id);
        co_return Result<void>();
    }
    if (*presence == Presence::kUndelivered) {
        co_return co_await with_.runner.redeliver(attempt.id);
    }
    // The stopwatch counts, not the calendar: a clock that was set must not lose a run.
    const SteadyTime now = with_.clock.steady();
    const SteadyTime since = absent_since_.try_emplace(attempt.id, now).first->second;
    if (now - since >= policy_.lost_after) {
        co_return co_await declare_lost(std::move(attempt));
    }
    co_return Result<void>();
}

Task<Result<void>> Reconciler::declare_lost(store::OpenAttempt attempt) {
    log::warning(
        "run lost: its worker is gone and left no verdict",
        {{"job_id", attempt.id.job.text}, {"attempt", attempt.id.n}}
    );
    store::Outcome outcome{
        .attempt = attempt.id,
        .verdict =
            {.reason = model::Reason::kWorkerLost,
             .error =
                 fmt::format("the worker of attempt {} is gone and left no verdict", attempt.id.n)},
        .verdict_hash = "lost",
        .now = with_.clock.now()
    };
    const JobId job = attempt.id.job;
    SB_CO_TRY(const auto receipt, co_await with_.runs.record_lost(epoch_, std::move(outcome)));
    if (!receipt.repeated) {
        with_.probe.run_lost();
    }
    with_.changes.notify(job_hint(job));
    with_.changes.notify(log_hint(job));
    with_.changes.notify(kDispatchHint);
    co_return Result<void>();
}

}  // namespace signalbox::jobs
