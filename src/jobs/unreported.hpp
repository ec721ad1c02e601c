// The end of an attempt that no worker will report: it could not be started, its worker is gone, or
// the server stops before the worker has ended. Its worker, if there is one, is told kGone from
// then on.
//
// Threads: event loop.  Suspends: end_unreported.
// Errors: of RunStore::record_lost.
#pragma once

#include "base/clock.hpp"
#include "store/run_store.hpp"

#include <string>

namespace signalbox::jobs {

struct UnreportedEnd {
    AttemptId attempt;
    /// kInterrupted: no fault of the run's, no retry is used up.
    model::Reason reason = model::Reason::kWorkerLost;
    std::string error;  ///< a sentence for the tenant
    Instant now;
};

/// Sends no hints: see changes.hpp.
Task<Result<store::OutcomeReceipt>> end_unreported(
    store::RunStore& runs, store::Epoch epoch, UnreportedEnd end
);

}  // namespace signalbox::jobs
