// The life of one attempt, from "what am I to run?" to "here is the verdict".
//
// Fetch, prepare, simulate, conclude, deliver. The verdict stands durably on the disk before the
// server hears of it; a worker that finds one only delivers. The server may be away at any time:
// SUMO goes on, everything is kept, and in the end it is tried for an hour. When the server says
// that the attempt is over (410), SUMO is killed and nothing more is sent.
//
// Threads: the thread that runs the event loop is the one that starts SUMO and must outlive it.
// Suspends: run_attempt.  Errors: in the exit code and the log.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "worker/settings.hpp"

namespace signalbox::worker {

struct WorkerServices {
    Executor executor;
    async::BlockingPool& pool;
    const Clock& clock;
    Random& random;
    int signals = -1;  ///< a signalfd of SIGTERM and SIGINT; -1: none
};

enum class WorkerExit : std::uint8_t {
    kDone,         ///< the server has everything, or wants nothing
    kUndelivered,  ///< all that there is was left in the directory
};

Task<WorkerExit> run_attempt(WorkerSettings settings, WorkerServices services);

}  // namespace signalbox::worker
