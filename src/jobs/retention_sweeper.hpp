// Lets go of what has outlived its time: result files, logs, records, archives nobody names.
//
// A pass is a bounded batch of each kind. Files go before the record that names them: a crash in
// between leaves a record without files, which the next pass finishes, never files nobody knows of.
// An archive is garbage when no job and no stored scenario names it and it is an hour old, so that
// one which was just uploaded is never taken from under its submission. What cannot be removed is
// logged and tried again with the next pass.
//
// A calendar that jumps forward makes everything look old. When it is more than a day ahead of the
// pass before, or at the start of the last submission, nothing goes for an hour: time to set the
// clock right.
//
// Threads: event loop.  Suspends: run, sweep_once.  Errors: of the stores, when they list nothing.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "files/log_files.hpp"
#include "files/result_files.hpp"
#include "files/scenario_files.hpp"
#include "store/job_store.hpp"
#include "store/retention_store.hpp"
#include "store/scenario_store.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace signalbox::jobs {

struct RetentionPolicy {
    std::chrono::days results{30};
    std::chrono::days logs{90};
    std::chrono::days records{400};
    std::chrono::hours young_archive{1};
    std::chrono::minutes interval{10};
    std::chrono::hours jump{24};
    std::chrono::hours rest{1};
    std::int64_t batch = 200;
};

struct SweepReport {
    std::int64_t results = 0;  ///< of so many jobs
    std::int64_t logs = 0;
    std::int64_t records = 0;
    std::int64_t archives = 0;
    std::int64_t keys = 0;  ///< idempotency keys

    [[nodiscard]] std::int64_t total() const { return results + logs + records + archives + keys; }
};

class RetentionSweeper {
public:
    struct Dependencies {
        store::RetentionStore& retention;
        store::JobStore& jobs;
        store::ScenarioStore& scenarios;
        files::ScenarioFiles& archives;
        files::ResultFiles& results;
        files::LogFiles& logs;
        const Clock& clock;
    };

    /// All must outlive the sweeper.
    RetentionSweeper(Dependencies dependencies, RetentionPolicy policy)
        : with_(dependencies), policy_(policy) {}

    RetentionSweeper(const RetentionSweeper&) = delete;
    RetentionSweeper& operator=(const RetentionSweeper&) = delete;

    /// Passes at the interval, at once again while a batch was full, until cancelled.
    Task<void> run();

    /// One pass; safe to repeat and to break off at any point.
    Task<Result<SweepReport>> sweep_once();

private:
    using List = Task<Result<std::vector<store::FinishedJob>>> (store::RetentionStore::*)(
        Instant before, std::int64_t limit
    );
    using Forget = Task<Result<void>> (RetentionSweeper::*)(store::FinishedJob job);

    Task<Result<bool>> trusts_calendar();
    Task<Result<std::int64_t>> sweep(List list, Forget forget, Instant before);
    Task<Result<std::int64_t>> sweep_archives(Instant now);
    Task<Result<void>> forget_results(store::FinishedJob job);
    Task<Result<void>> forget_log(store::FinishedJob job);
    Task<Result<void>> forget_record(store::FinishedJob job);

    Dependencies with_;
    RetentionPolicy policy_;
    std::optional<Instant> seen_;  ///< by the calendar, at the pass before
    std::optional<SteadyTime> resting_until_;
};

}  // namespace signalbox::jobs
