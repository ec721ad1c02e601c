// How the server ends: waits for the signal, then settles what runs.
//
// SIGTERM hands over: runs go on and the next start adopts them. SIGINT, or SIGTERM with
// `always_stop_runs`, ends them within the grace time (RunDrain). A second signal ends the process
// at once; nothing that was acknowledged depends on an orderly end.
//
// Threads: event loop.  Suspends: wait, settle_runs.  Errors: none; trouble is logged.
#pragma once

#include "async/os_signals.hpp"
#include "async/task_group.hpp"
#include "jobs/dispatcher.hpp"
#include "jobs/run_drain.hpp"

#include <chrono>
#include <memory>

namespace signalbox::app {

class Shutdown {
public:
    struct Parts {
        async::TaskGroup& group;  ///< watches for the second signal until it is cancelled
        jobs::Dispatcher& dispatcher;
        jobs::RunDrain& drain;
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
    Parts with_;
    std::shared_ptr<async::OsSignals> signals_;
    bool stop_runs_ = false;
};

}  // namespace signalbox::app
