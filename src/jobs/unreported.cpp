#include "jobs/unreported.hpp"

#include <utility>

namespace signalbox::jobs {

Task<Result<store::OutcomeReceipt>> end_unreported(
    store::RunStore& runs, store::Epoch epoch, UnreportedEnd end
) {
    store::Outcome outcome{
        .attempt = std::move(end.attempt),
        .verdict = {.reason = end.reason, .error = std::move(end.error)},
        .verdict_hash = {},
        .shutdown = end.reason == model::Reason::kInterrupted,
        .now = end.now
    };
    return runs.record_lost(epoch, std::move(outcome));
}

}  // namespace signalbox::jobs
