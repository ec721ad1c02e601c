// QUEUED → PENDING for what fits its tenant's limits now.
//
// Within a tenant the order is strict (priority, then age): the first that does not fit now stops
// those behind it, so that large jobs are not starved by small ones. Jobs that a lowered limit has
// made impossible are passed over.
//
// Threads: the writer's.  Suspends: never.  Errors: as the connection's.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "store/sqlite/connection.hpp"

#include <vector>

namespace signalbox::store::sqlite {

/// At most `max_jobs`; a full answer means that there may be more.
Result<std::vector<JobId>> promote_jobs(Connection& connection, std::int64_t max_jobs, Instant now);

}  // namespace signalbox::store::sqlite
