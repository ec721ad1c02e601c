// Reads about many jobs: pages, totals, counts, places in the queue.
//
// Threads: any (blocks).  Suspends: never.  Errors: as the connection's.
#pragma once

#include "store/job_store.hpp"
#include "store/sqlite/connection.hpp"

#include <string>

namespace signalbox::store::sqlite {

/// The statement for a page with these filters: ?1 tenant, ?2 status, ?3 scenario, ?4 after, ?5
/// limit.
[[nodiscard]] std::string page_sql(const JobFilter& filter, bool resumed);

Result<JobPage> list_job_rows(
    Connection& connection, const JobFilter& filter, const PageRequest& request, bool with_total
);

Result<std::vector<JobId>> find_job_ids(
    Connection& connection,
    const std::optional<TenantId>& tenant,
    const std::string& part,
    std::int64_t limit
);

Result<QueuePlace> find_queue_place(Connection& connection, const JobId& id);

Result<model::StatusCounts> count_jobs(
    Connection& connection, const std::optional<TenantId>& tenant
);

Result<std::vector<std::pair<Instant, std::int64_t>>> count_submissions(
    Connection& connection, std::int64_t minutes, Instant now
);

}  // namespace signalbox::store::sqlite
