#include "jobs/reconciler.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "jobs/changes.hpp"
#include "jobs/unreported.hpp"

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
        const auto settled = co_await settle(attempt);
        if (!settled && settled.error().code() == Code::kGone) {
            co_return settled;
        }
        if (!settled) {
            log::warning(
                "could not settle a run",
                {{"job_id", attempt.id.job.text},
                 {"attempt", attempt.id.n},
                 {"error", settled.error().message()}}
            );
        }
    }
    const auto over = [&](const auto& entry) { return !open_ids.contains(entry.first); };
    std::erase_if(absent_since_, over);
    std::erase_if(undelivered_since_, over);
    if (!leftovers) {
        log::warning("cannot see what runs left", {{"error", leftovers.error().message()}});
        co_return Result<void>();
    }
    for (const AttemptId& attempt : *leftovers) {
        if (!open_ids.contains(attempt)) {
            co_await clean_up(attempt);
        }
    }
    co_return Result<void>();
}

Task<void> Reconciler::clean_up(AttemptId attempt) {
    if (const auto cleaned = co_await with_.runner.clean_up(attempt); !cleaned) {
        log::warning(
            "could not clean up after a run",
            {{"job_id", attempt.job.text},
             {"attempt", attempt.n},
             {"error", cleaned.error().message()}}
        );
    }
}

Task<Result<void>> Reconciler::settle(store::OpenAttempt attempt) {
    // An answer may be old when it comes: it is true of no later moment than this one.
    const SteadyTime asked = with_.clock.steady();
    SB_CO_TRY(const Presence presence, co_await with_.runner.observe(attempt.id));
    if (presence == Presence::kAlive || presence == Presence::kUndelivered) {
        absent_since_.erase(attempt.id);
    }
    switch (presence) {
        case Presence::kAlive:
            break;
        case Presence::kUndelivered:
            co_return co_await settle_undelivered(std::move(attempt.id), asked);
        case Presence::kUnstarted:
        case Presence::kAbsent:
            if (running_for(absent_since_, attempt.id, asked) < policy_.lost_after) {
                break;
            }
            // A beat is a start, whatever is left of it here.
            if (presence == Presence::kUnstarted && attempt.phase == store::RunPhase::kStarting) {
                co_return co_await give_back(std::move(attempt.id));
            }
            co_return co_await declare_lost(std::move(attempt.id), "is gone and left no verdict");
    }
    co_return Result<void>();
}

Task<Result<void>> Reconciler::settle_undelivered(AttemptId attempt, SteadyTime asked) {
    if (running_for(undelivered_since_, attempt, asked) < policy_.undelivered_after) {
        co_return co_await with_.runner.redeliver(std::move(attempt));
    }
    const std::string patience =
        format_duration(std::chrono::duration<double>(policy_.undelivered_after).count());
    co_return co_await declare_lost(
        std::move(attempt), "left a verdict that could not be taken in within " + patience
    );
}

// Starts the attempt's stopwatch now when it does not run yet.
std::chrono::milliseconds Reconciler::running_for(
    Stopwatches& watches, const AttemptId& attempt, SteadyTime until
) const {
    const SteadyTime since = watches.try_emplace(attempt, with_.clock.steady()).first->second;
    return std::chrono::floor<std::chrono::milliseconds>(until - since);
}

Task<Result<void>> Reconciler::declare_lost(AttemptId attempt, std::string why) {
    const std::string sentence = fmt::format("the worker of attempt {} {}", attempt.n, why);
    log::warning(
        "run lost", {{"job_id", attempt.job.text}, {"attempt", attempt.n}, {"reason", sentence}}
    );
    SB_CO_TRY(
        const auto receipt,
        co_await end_attempt(std::move(attempt), model::Reason::kWorkerLost, sentence)
    );
    if (!receipt.repeated) {
        with_.probe.run_lost();
    }
    co_return Result<void>();
}

// As after an orderly stop: no fault of the run's, no retry used up.
Task<Result<void>> Reconciler::give_back(AttemptId attempt) {
    log::info(
        "a run that was never started goes back to the queue",
        {{"job_id", attempt.job.text}, {"attempt", attempt.n}}
    );
    std::string sentence = fmt::format("the server ended before attempt {} was started", attempt.n);
    SB_CO_OK(
        co_await end_attempt(std::move(attempt), model::Reason::kInterrupted, std::move(sentence))
    );
    co_return Result<void>();
}

Task<Result<store::OutcomeReceipt>> Reconciler::end_attempt(
    AttemptId attempt, model::Reason reason, std::string sentence
) {
    const JobId job = attempt.job;
    UnreportedEnd end{
        .attempt = std::move(attempt),
        .reason = reason,
        .error = std::move(sentence),
        .now = with_.clock.now()
    };
    SB_CO_TRY(const auto receipt, co_await end_unreported(with_.runs, epoch_, std::move(end)));
    notify_end(with_.changes, job);
    co_return receipt;
}

}  // namespace signalbox::jobs
