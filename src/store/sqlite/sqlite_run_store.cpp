#include "store/sqlite/sqlite_run_store.hpp"

#include "store/sqlite/attempt_rows.hpp"
#include "store/sqlite/outcome.hpp"
#include "store/sqlite/promotion.hpp"
#include "store/sqlite/ready_rows.hpp"

#include <utility>

namespace signalbox::store::sqlite {

namespace {

Result<Epoch> take_lease(Connection& connection, const std::string& holder, Instant now) {
    SB_TRY(
        const auto epoch,
        connection.find_integer(
            "INSERT INTO leases (name, holder, epoch, taken_at) VALUES ('dispatch', ?1, 1, ?2)"
            " ON CONFLICT (name) DO UPDATE SET holder = ?1, epoch = epoch + 1, taken_at = ?2"
            " RETURNING epoch",
            holder,
            now
        )
    );
    return Epoch{.number = epoch.value_or(0)};
}

}  // namespace

Task<Result<Epoch>> SqliteRunStore::begin_epoch(std::string holder, Instant now) {
    return database_.write([holder = std::move(holder), now](Connection& connection) {
        return take_lease(connection, holder, now);
    });
}

Task<Result<std::vector<JobId>>> SqliteRunStore::promote_queued(
    Epoch epoch, std::int64_t max_jobs, Instant now
) {
    return database_.write(
        [epoch, max_jobs, now](Connection& connection) -> Result<std::vector<JobId>> {
            SB_OK(check_epoch(connection, epoch));
            return promote_jobs(connection, max_jobs, now);
        }
    );
}

Task<Result<std::vector<ReadyTenant>>> SqliteRunStore::list_ready(Instant now) {
    return database_.read([now, longest = longest_delay(policy_)](Connection& connection) {
        return list_ready_rows(connection, now, longest);
    });
}

Task<Result<std::optional<Instant>>> SqliteRunStore::next_ready_at(Instant now) {
    return database_.read([now](Connection& connection) { return find_next_ready(connection, now); }
    );
}

Task<Result<std::optional<ClaimedAttempt>>> SqliteRunStore::claim_next(Epoch epoch, Claim claim) {
    return database_.write([epoch, claim = std::move(claim), longest = longest_delay(policy_)](
                               Connection& connection
                           ) { return claim_job(connection, epoch, claim, longest); });
}

Task<Result<std::vector<OpenAttempt>>> SqliteRunStore::list_open_attempts() {
    return database_.read([](Connection& connection) { return list_open_attempt_rows(connection); }
    );
}

Task<Result<AttemptView>> SqliteRunStore::find_attempt(std::string token_hash) {
    return database_.look_up([hash = std::move(token_hash)](Connection& connection) {
        return find_attempt_by_token(connection, hash);
    });
}

Task<Result<bool>> SqliteRunStore::record_beat(Beat beat) {
    return database_.write([beat = std::move(beat)](Connection& connection) {
        return store_beat(connection, beat);
    });
}

Task<Result<OutcomeReceipt>> SqliteRunStore::record_outcome(Outcome outcome) {
    return database_.write([outcome = std::move(outcome),
                            policy = policy_](Connection& connection) {
        return store_outcome(connection, outcome, Authority::kWorker, policy);
    });
}

Task<Result<OutcomeReceipt>> SqliteRunStore::record_lost(Epoch epoch, Outcome outcome) {
    return database_.write(
        [epoch, outcome = std::move(outcome), policy = policy_](Connection& connection
        ) -> Result<OutcomeReceipt> {
            SB_OK(check_epoch(connection, epoch));
            return store_outcome(connection, outcome, Authority::kLeaseHolder, policy);
        }
    );
}

}  // namespace signalbox::store::sqlite
