// How the server ends: waits for the signal, then settles what runs.
//
// SIGTERM hands over: runs go on and the next start adopts them. SIGINT, or SIGTERM with
// `always_stop_runs`, ends them: their jobs go back to the queue, also those of runs that do not
// end within the grace time, whose workers are then told that their attempt is over. A second
// signal ends the process at once; nothing that was acknowledged depends on an orderly end.
//
// Threads: event loop.  Suspends: wait, settle_runs.  Errors: none; trouble is logged.
#pragma once

#include "async/os_signals.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/clock.hpp"
#include "jobs/dispatcher.hpp"
#include "jobs/runner.hpp"
#include "jobs/worker_service.hpp"
#include "store/run_store.hpp"

#include <chrono>
#include <memory>

namespace signalbox::app {

class Shutdown {
public:
    struct Parts {
        async::TaskGroup& group;  ///< watches for the second signal until it is cancelled
        store::RunStore& runs;
        store::Epoch epoch;
        jobs::Runner& runner;
        jobs::Dispatcher& dispatcher;
        jobs::WorkerService& workers;
        async::Signal& changes;
        const Clock& clock;
        std::chrono::milliseconds grace;
        bool always_stop_runs = false;
    };

    /// From now on the signals come here. All parts must outlive this.
    explicit Shutdown(Parts parts);

    /// Returns at the first signal; nothing is started from then on.
    Task<void> wait();

    /// Ends the runs if that was asked for; returns when they are settled.
    Task<void> settle_runs();

private:
    Task<void> tell_runs_to_end();
    Task<bool> wait_until_none_is_left(std::chrono::milliseconds patience);
    Task<void> send_back_the_rest();

    Parts with_;
    std::shared_ptr<async::OsSignals> signals_;
    bool stop_runs_ = false;
};

}  // namespace signalbox::app
