// Fetches the scenario's archive into a file and makes sure that it is the one that was meant.
//
// A connection that breaks is taken up again where it broke.
//
// Threads: the event loop (writes to the page cache).  Suspends: download_scenario.
// Errors: kInvalid `SCENARIO_MISMATCH` when size or hash are not what was announced; those of
// AttemptClient::open_scenario; kNoSpace.
#pragma once

#include "worker/server/attempt_client.hpp"
#include "worker/server/retry.hpp"

#include <filesystem>

namespace signalbox::worker {

/// The client must outlive the await.
Task<Result<void>> download_scenario(
    AttemptClient& client,
    contract::ScenarioInfo scenario,
    std::filesystem::path file,
    Patience patience
);

}  // namespace signalbox::worker
