// The end of an attempt, once: what it left is stored, and its job ends or goes back to PENDING.
//
// Threads: the writer's.  Suspends: never.
// Errors: kGone for a fenced attempt, kConflict for a verdict that contradicts the stored one,
// kInvalid for a verdict without a reason; else as the connection's.
#pragma once

#include "model/retry_policy.hpp"
#include "store/run_store.hpp"
#include "store/sqlite/connection.hpp"

namespace signalbox::store::sqlite {

enum class Authority : std::uint8_t { kWorker, kLeaseHolder };

Result<OutcomeReceipt> store_outcome(
    Connection& connection,
    const Outcome& outcome,
    Authority authority,
    const model::RetryPolicy& policy
);

}  // namespace signalbox::store::sqlite
