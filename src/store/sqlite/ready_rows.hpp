// Jobs that could start now: PENDING, without an open attempt, their back-off over, their memory
// free beside what their tenant runs.
//
// Normally admission has seen to the memory; an attempt that gets more than its job asked for waits
// here, and so do others while it runs. With nothing running the first may start in any case. A
// back-off that ends later than `longest_delay` from now was begun before the clock was set back:
// it is over.
//
// Threads: any (blocks).  Suspends: never.  Errors: as the connection's.
#pragma once

#include "store/run_store.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/job_rows.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace signalbox::store::sqlite {

/// See RunStore::list_ready. One look for each tenant with PENDING jobs, however many there are.
Result<std::vector<ReadyTenant>> list_ready_rows(
    Connection& connection, Instant now, std::chrono::seconds longest_delay
);

/// See RunStore::next_ready_at.
Result<std::optional<Instant>> find_next_ready(Connection& connection, Instant now);

/// The tenant's first ready job: by priority, then by age.
Result<std::optional<JobRow>> find_ready_row(
    Connection& connection, const Claim& claim, std::chrono::seconds longest_delay
);

}  // namespace signalbox::store::sqlite
