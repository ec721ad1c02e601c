// Hands a finished run over to the server: the rest of the log, the results, the verdict last.
//
// Every step may be repeated, also by a later process. A result that the server will never take is
// left out of the verdict, so that one bad file does not cost the others.
//
// Threads: the event loop.  Suspends: deliver.
// Errors: kGone when the attempt is over; the last one when patience is over.
#pragma once

#include "model/job.hpp"
#include "worker/server/attempt_client.hpp"
#include "worker/server/log_shipper.hpp"
#include "worker/server/retry.hpp"

#include <filesystem>

namespace signalbox::worker {

/// Client and shipper must outlive the await.
Task<Result<void>> deliver(
    AttemptClient& client,
    LogShipper& log,
    std::filesystem::path run_directory,
    model::Verdict verdict,
    Patience patience
);

}  // namespace signalbox::worker
