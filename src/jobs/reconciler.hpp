// Compares what should run with what does, and settles the difference by evidence.
//
// For each open attempt: alive is fine; a verdict that was left behind is fetched by starting its
// worker again to report; absent and silent for `lost_after` is WORKER_LOST. For each leftover of
// the runner: if its attempt is over, it is cleaned up. A pass may be repeated or broken off.
//
// Threads: event loop.  Suspends: run, reconcile_once.  Errors: kGone when fenced.
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
    std::chrono::milliseconds lost_after{60'000};  ///< without a beat, and the worker gone
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
    Task<Result<void>> settle(store::OpenAttempt attempt);
    Task<Result<void>> declare_lost(store::OpenAttempt attempt);

    Dependencies with_;
    store::Epoch epoch_;
    ReconcilerPolicy policy_;
    std::map<AttemptId, SteadyTime> absent_since_;
};

}  // namespace signalbox::jobs
