// Attempts as rows, and what opens and closes them.
//
// Threads: reads any, writes the writer's (both block).  Suspends: never.
// Errors: as the connection's; kGone for an older epoch or an attempt that is over.
#pragma once

#include "store/run_store.hpp"
#include "store/sqlite/connection.hpp"

#include <optional>
#include <string>

namespace signalbox::store::sqlite {

struct AttemptRow {
    std::int64_t seq = 0;
    std::int64_t job_seq = 0;
    RunPhase phase = RunPhase::kStarting;
    std::int64_t memory_bytes = 0;
    std::optional<Instant> running_at;
    std::optional<Instant> finished_at;
    bool lost = false;  ///< ended without the worker
    std::string verdict_hash;
    bool cancel_requested = false;  ///< of its job
};

/// kGone when there is no such attempt (any more).
Result<AttemptRow> get_attempt_row(Connection& connection, const AttemptId& id);

/// kGone unless `epoch` is the present one.
Result<void> check_epoch(Connection& connection, Epoch epoch);

/// See RunStore::claim_next. A back-off that ends later than `longest_delay` from now is void.
Result<std::optional<ClaimedAttempt>> claim_job(
    Connection& connection, Epoch epoch, const Claim& claim, std::chrono::seconds longest_delay
);

/// See RunStore::record_beat.
Result<bool> store_beat(Connection& connection, const Beat& beat);

/// See RunStore::find_attempt.
Result<AttemptView> find_attempt_by_token(Connection& connection, const std::string& token_hash);

Result<std::vector<OpenAttempt>> list_open_attempt_rows(Connection& connection);

}  // namespace signalbox::store::sqlite
