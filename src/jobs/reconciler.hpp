// Compares what should run with what does, and settles the difference by evidence.
//
// For each open attempt: alive is fine; a verdict that was left behind is fetched by starting its
// worker again to report; absent for `lost_after`, or with a verdict that could not be fetched for
// `undelivered_after`, is WORKER_LOST, but what a server that ended had never started goes back to
// the queue and uses up no retry. For each leftover of the runner: if its attempt is over, it is
// cleaned up. A pass may be repeated or broken off; what is wrong with one run is logged and does
// not hold up the others.
//
// Threads: event loop.  Suspends: run, reconcile_once.
// Errors: kGone when fenced; kUnavailable of the store.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "jobs/run_probe.hpp"
#include "jobs/runner.hpp"
#include "store/run_store.hpp"

#include <chrono>
#include <map>

namespace signalbox::jobs {

struct ReconcilerPolicy {
    std::chrono::milliseconds interval{5000};
    std::chrono::milliseconds lost_after{60'000};            ///< the worker gone, without a verdict
    std::chrono::milliseconds undelivered_after{3'600'000};  ///< gone, its verdict never taken in
};

class Reconciler {
public:
    struct Dependencies {
        store::RunStore& runs;
        Runner& runner;
        async::Signal& changes;
        const Clock& clock;
        RunProbe& probe;
    };

    /// All must outlive the reconciler.
    Reconciler(Dependencies dependencies, store::Epoch epoch, ReconcilerPolicy policy);

    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

    /// Passes at the interval until cancelled or fenced.
    Task<void> run();

    Task<Result<void>> reconcile_once();

private:
    using Stopwatches = std::map<AttemptId, SteadyTime>;

    Task<Result<void>> settle(store::OpenAttempt attempt);
    Task<Result<void>> settle_undelivered(AttemptId attempt, SteadyTime asked);
    Task<Result<void>> declare_lost(AttemptId attempt, std::string why);
    Task<Result<void>> give_back(AttemptId attempt);
    Task<Result<store::OutcomeReceipt>> end_attempt(
        AttemptId attempt, model::Reason reason, std::string sentence
    );
    Task<void> clean_up(AttemptId attempt);
    [[nodiscard]] std::chrono::milliseconds running_for(
        Stopwatches& watches, const AttemptId& attempt, SteadyTime until
    ) const;

    Dependencies with_;
    store::Epoch epoch_;
    ReconcilerPolicy policy_;
    // The stopwatch counts, not the calendar: a clock that was set must not lose a run.
    Stopwatches absent_since_;
    Stopwatches undelivered_since_;  ///< a worker that delivers again does not stop it
};

}  // namespace signalbox::jobs
