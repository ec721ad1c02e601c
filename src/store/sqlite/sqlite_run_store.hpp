// RunStore on the embedded database.
//
// An attempt that is tried again with more memory than its job asked for stays PENDING and counts
// with that memory; it is claimed once it fits beside the tenant's running attempts.
//
// Threads: event loop.  Suspends: everything.  Errors: as RunStore.
#pragma once

#include "model/retry_policy.hpp"
#include "store/run_store.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace signalbox::store::sqlite {

class SqliteRunStore final : public RunStore {
public:
    /// The database must outlive the store.
    SqliteRunStore(SqliteDatabase& database, model::RetryPolicy policy)
        : database_(database), policy_(policy) {}

    Task<Result<Epoch>> begin_epoch(std::string holder, Instant now) override;
    Task<Result<std::vector<JobId>>> promote_queued(Epoch epoch, std::int64_t max_jobs, Instant now)
        override;
    Task<Result<std::vector<ReadyTenant>>> list_ready(Instant now) override;
    Task<Result<std::optional<Instant>>> next_ready_at(Instant now) override;
    Task<Result<std::optional<ClaimedAttempt>>> claim_next(Epoch epoch, Claim claim) override;
    Task<Result<std::vector<OpenAttempt>>> list_open_attempts() override;
    Task<Result<AttemptView>> find_attempt(std::string token_hash) override;
    Task<Result<bool>> record_beat(Beat beat) override;
    Task<Result<OutcomeReceipt>> record_outcome(Outcome outcome) override;
    Task<Result<OutcomeReceipt>> record_lost(Epoch epoch, Outcome outcome) override;

private:
    SqliteDatabase& database_;
    model::RetryPolicy policy_;
};

}  // namespace signalbox::store::sqlite
