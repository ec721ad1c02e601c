// From the scenario's archive to all that starting SUMO needs, without starting it.
//
// Unpacks the archive, finishes the pre-flight if the server cannot have done all of it, finds the
// simulator, makes the plan and the directories it needs, and remembers what is input.
//
// Threads: any (blocking: from a pool).  Suspends: never.
// Errors: the error's word is the reason of the verdict to be: SCENARIO_ERROR, START_FAILED,
// DISK_FULL, INTERNAL. See outcome_of.
#pragma once

#include "base/error.hpp"
#include "contract/worker_contract.hpp"
#include "scenario/run_plan.hpp"
#include "scenario/simulator_cache.hpp"
#include "scenario/verdict.hpp"
#include "worker/attempt_directory.hpp"
#include "worker/evidence/run_files.hpp"

namespace signalbox::worker {

struct PreparationRequest {
    contract::AttemptDescription attempt;
    AttemptDirectory directory;
    scenario::SimulatorCache simulators;
    Instant now;
};

struct PreparedRun {
    scenario::Simulator simulator;
    scenario::RunPlan plan;
    double step_length = 1;
    InputManifest inputs;
};

/// The archive is there and is the right one.
[[nodiscard]] Result<PreparedRun> prepare_run(const PreparationRequest& request);

/// What a run that could not be started comes to.
[[nodiscard]] scenario::Outcome outcome_of(const Error& error);

}  // namespace signalbox::worker
