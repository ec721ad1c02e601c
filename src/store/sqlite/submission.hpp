// Taking a job in: the idempotency key, the tenant's limits and the insert, in one transaction.
//
// Threads: the writer's; find_replay_row any (blocks).  Suspends: never.
// Errors: those of JobStore::submit.
#pragma once

#include "store/job_store.hpp"
#include "store/sqlite/connection.hpp"

namespace signalbox::store::sqlite {

Result<Admission> submit_job(Connection& connection, const Submission& submission);

/// The answer given under the key within its lifetime; kConflict when it was for other content.
Result<std::optional<Admission>> find_replay_row(
    Connection& connection, const TenantId& tenant, const IdempotencyKey& key, Instant now
);

}  // namespace signalbox::store::sqlite
