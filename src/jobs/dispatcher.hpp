// Turns waiting jobs into running attempts: the only place where runs are started.
//
// One pass: promote what fits its tenant's limits, then, while a slot is free, let the tenant whose
// turn it is (FairShare) claim its next job and start it. The attempt is written before the runner
// is asked; what cannot be started ends as START_FAILED and comes back after its back-off, so one
// bad job never blocks those behind it. So does what was opened too long ago (a database that was
// slow to answer): the reconciler may be about to call it lost.
//
// A slot is one simulation (store/slot_use.hpp): a run that only delivers its results has left it
// to the next one, and its tenant is not charged for it any more.
//
// Nothing is started while the runner names an obstacle (a full disk, a machine that can start
// nothing): it must not use up the tries of every job that waits.
//
// Threads: event loop.  Suspends: run, dispatch_once.  Errors: kGone when another dispatcher has
// taken over; kUnavailable of the store is waited out.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "jobs/fair_share.hpp"
#include "jobs/run_probe.hpp"
#include "jobs/runner.hpp"
#include "store/run_store.hpp"

#include <cstdint>
#include <vector>

namespace signalbox::jobs {

struct DispatcherPolicy {
    std::chrono::milliseconds start_within{30'000};  ///< well below ReconcilerPolicy::lost_after
};

class Dispatcher {
public:
    struct Dependencies {
        store::RunStore& runs;
        Runner& runner;
        async::Signal& changes;
        const Clock& clock;
        Random& random;
        RunProbe& probe;
    };

    /// All must outlive the dispatcher.
    Dispatcher(Dependencies dependencies, store::Epoch epoch, DispatcherPolicy policy = {});

    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// Passes whenever hinted or due, until cancelled or fenced.
    Task<void> run();

    /// One pass; returns how many attempts were opened. Safe to break off at any point.
    Task<Result<std::int64_t>> dispatch_once();

    /// No further starts; running attempts are not touched.
    void pause() { paused_ = true; }

private:
    Task<Result<bool>> start_next(std::vector<store::ReadyTenant> ready);
    Task<Result<void>> start_attempt(
        store::ClaimedAttempt claimed, std::string token, SteadyTime latest
    );
    Task<Result<void>> start_on_runner(
        const store::ClaimedAttempt& claimed, std::string token, SteadyTime latest
    );
    Task<std::chrono::milliseconds> wait_until_due();
    Task<bool> finds_the_way_free();

    Dependencies with_;
    store::Epoch epoch_;
    DispatcherPolicy policy_;
    FairShare share_;
    bool held_ = false;  ///< by an obstacle, as was logged
    bool paused_ = false;
};

}  // namespace signalbox::jobs
