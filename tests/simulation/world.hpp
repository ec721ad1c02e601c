// Where schedules run: one database for many of them, and one life of a server on it.
//
// The stores are the real ones on a real database file, inline on this thread; a schedule is one
// transaction of it that is rolled back, which makes a fresh world cost nothing. (Threads, group
// commit and durability are the store's own tests' concern.)
//
// Threads: one for each arena.  Suspends: never.  Errors: a database that cannot be made ends the
// process.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/signal.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "jobs/dispatcher.hpp"
#include "jobs/job_service.hpp"
#include "jobs/reconciler.hpp"
#include "jobs/run_probe.hpp"
#include "jobs/submission_service.hpp"
#include "jobs/worker_service.hpp"
#include "store/sqlite/sqlite_job_store.hpp"
#include "store/sqlite/sqlite_run_store.hpp"
#include "store/sqlite/sqlite_scenario_store.hpp"
#include "store/sqlite/sqlite_tenant_store.hpp"
#include "tests/simulation/parts.hpp"
#include "tests/simulation/records.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

namespace signalbox::simulation {

struct Arena {
    Arena();

    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// Runs what is ready; returns when everything waits for its turn.
    void poll() {
        loop.restart();
        loop.poll();
    }

    boost::asio::io_context loop{1};
    testing::TemporaryDirectory directory;
    store::sqlite::Connection connection;
    std::unique_ptr<store::sqlite::SqliteDatabase> database;
    store::sqlite::SqliteJobStore jobs;
    store::sqlite::SqliteRunStore runs;
    store::sqlite::SqliteTenantStore tenants;
    store::sqlite::SqliteScenarioStore scenarios;
    async::BlockingPool pool{1};  ///< nothing of a schedule runs there
    Metrics metrics;
    jobs::RunProbe probe;
};

/// What servers come and go on.
struct World {
    explicit World(std::uint64_t seed) : random(seed) {}

    SeededRandom random;
    ManualClock clock{Instant(std::chrono::hours(24 * 365 * 56))};
    Turns turns{random};
    Machine machine;
    std::int64_t writes = 0;
    bool faults = true;
};

/// One life of a server: everything in it is gone when it ends.
class Server {
public:
    Server(
        Arena& arena,
        World& world,
        store::Epoch epoch,
        std::function<void(const AttemptId&)> on_clean_up
    );

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    Process process;
    int busy = 0;  ///< tasks that have not ended
    bool dispatching = false;
    bool reconciling = false;
    bool fenced = false;  ///< has seen that another one has taken over

private:
    async::Signal changes_;
    UuidGenerator ids_;
    Surroundings around_;
    SimulatedArchives archives_;
    SimulatedResults results_;
    SimulatedLogs logs_;
    SteppedRunStore runs_;
    SimulatedRunner runner_;

public:
    SteppedJobStore jobs;
    jobs::SubmissionService submissions;
    jobs::JobService job_service;
    jobs::WorkerService workers;
    jobs::Dispatcher dispatcher;
    jobs::Reconciler reconciler;
};

}  // namespace signalbox::simulation
