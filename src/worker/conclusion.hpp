// From what was seen of a run to the verdict on it, its figures and its results.
//
// Threads: any (blocking: reads and hashes the results; from a pool).  Suspends: never.
// Errors: none; what cannot be read is missing from the verdict and said in the remarks.
#pragma once

#include "contract/worker_contract.hpp"
#include "model/job.hpp"
#include "scenario/verdict.hpp"
#include "worker/preparation.hpp"
#include "worker/simulation.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace signalbox::worker {

struct RunFacts {
    contract::AttemptLimits limits;
    std::filesystem::path run_directory;
    PreparedRun prepared;
    scenario::StopCause stop = scenario::StopCause::kNone;
    SimulationEnd end;
};

struct Conclusion {
    model::Verdict verdict;
    std::vector<std::string> remarks;  ///< for the run's log
};

[[nodiscard]] Conclusion conclude(const RunFacts& facts);

/// The verdict on a run that never started; `outcome` says why.
[[nodiscard]] model::Verdict conclude_unstarted(
    const scenario::Outcome& outcome, const std::string& sumo_version
);

}  // namespace signalbox::worker
