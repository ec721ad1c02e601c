// Ends the runs of a server that stops: their jobs go back to the queue, and use up no retry.
//
// Every worker is told to end its run and report. A run that does not within the grace time is over
// for us: its job goes back, and its worker, told that its attempt is over, gets a little time to
// leave. What stays even then the next start ends.
//
// Threads: event loop.  Suspends: end_runs.  Errors: none; trouble is logged.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "jobs/runner.hpp"
#include "jobs/worker_service.hpp"
#include "store/run_store.hpp"

#include <chrono>

namespace signalbox::jobs {

class RunDrain {
public:
    struct Dependencies {
        store::RunStore& runs;
        Runner& runner;
        WorkerService& workers;
        async::Signal& changes;
        const Clock& clock;
    };

    /// All must outlive the drain.
    RunDrain(Dependencies dependencies, store::Epoch epoch) : with_(dependencies), epoch_(epoch) {}

    RunDrain(const RunDrain&) = delete;
    RunDrain& operator=(const RunDrain&) = delete;

    /// Nothing may be started any more.
    Task<void> end_runs(std::chrono::milliseconds grace);

private:
    Task<void> tell_runs_to_end();
    Task<bool> wait_until_none_is_left(std::chrono::milliseconds patience);
    Task<bool> is_any_left();
    Task<void> send_back_the_rest();
    Task<void> send_back(AttemptId attempt);

    Dependencies with_;
    store::Epoch epoch_;
};

}  // namespace signalbox::jobs
