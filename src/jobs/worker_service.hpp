// What workers are told and what they bring: the server's side of the worker protocol.
//
// A worker is known by its attempt's token and is not trusted beyond it. Whatever it brings lands
// under its own attempt; once the attempt's outcome is stored everything is kGone, but the same
// verdict again, which is fine. Files and log are durable before the outcome that names them.
//
// Threads: event loop.  Suspends: everything.
// Errors: kUnauthenticated for an unknown token, kGone for a fenced attempt, kConflict for a gap in
// the log or a verdict that contradicts the stored one, kUnavailable while another verdict of the
// attempt is being taken in, kNoSpace.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "files/log_files.hpp"
#include "files/result_files.hpp"
#include "files/scenario_files.hpp"
#include "jobs/run_probe.hpp"
#include "store/run_store.hpp"

#include <memory>
#include <set>
#include <string>

namespace signalbox::jobs {

struct BeatReport {
    store::RunPhase phase = store::RunPhase::kFetching;
    model::Progress progress;
    model::Figures figures;
    model::Usage usage;
};

/// Empty: go on.
struct StopOrder {
    std::string reason;  ///< `CANCELLED`, `TIMED_OUT`, `SHUTDOWN`
};

class WorkerService {
public:
    struct Dependencies {
        store::RunStore& runs;
        files::ScenarioFiles& scenarios;
        files::ResultFiles& results;
        files::LogFiles& logs;
        async::Signal& changes;
        const Clock& clock;
        RunProbe& probe;
    };

    /// All must outlive the service.
    explicit WorkerService(Dependencies dependencies) : with_(dependencies) {}

    WorkerService(const WorkerService&) = delete;
    WorkerService& operator=(const WorkerService&) = delete;

    /// Finds ended attempts too: only a verdict may still be said for them.
    Task<Result<store::AttemptView>> authenticate(std::string token);

    Task<Result<StopOrder>> beat(store::AttemptView attempt, BeatReport report);

    Task<Result<files::OpenFile>> open_scenario(store::AttemptView attempt);

    /// Returns the offset that comes next.
    Task<Result<std::uint64_t>> append_log(
        store::AttemptView attempt, std::uint64_t offset, std::string bytes
    );

    Task<Result<std::unique_ptr<files::ResultWriter>>> begin_result(
        store::AttemptView attempt, std::string path
    );

    Task<Result<void>> conclude(
        store::AttemptView attempt, model::Verdict verdict, std::string verdict_hash
    );

    /// From now on every beat is answered with a stop, and runs that end so go back to the queue.
    void stop_runs() { stopping_ = true; }

private:
    Dependencies with_;
    bool stopping_ = false;
    std::set<AttemptId> told_to_stop_;
    std::set<AttemptId> concluding_;  ///< whose verdict is being taken in
};

}  // namespace signalbox::jobs
