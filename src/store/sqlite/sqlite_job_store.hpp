// JobStore on the embedded database.
//
// Threads: event loop.  Suspends: everything.  Errors: as JobStore.
#pragma once

#include "store/job_store.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace signalbox::store::sqlite {

class SqliteJobStore final : public JobStore {
public:
    /// The database must outlive the store.
    explicit SqliteJobStore(SqliteDatabase& database) : database_(database) {}

    Task<Result<Admission>> submit(Submission submission) override;
    Task<Result<std::optional<Admission>>> find_replay(
        TenantId tenant, IdempotencyKey key, Instant now
    ) override;
    Task<Result<model::Job>> get_job(std::optional<TenantId> tenant, JobId id) override;
    Task<Result<std::vector<JobId>>> find_ids(
        std::optional<TenantId> tenant, std::string part, std::int64_t limit
    ) override;
    Task<Result<JobPage>> list_jobs(JobFilter filter, PageRequest request, bool with_total)
        override;
    Task<Result<std::vector<model::StateChange>>> get_history(JobId id) override;
    Task<Result<QueuePlace>> get_queue_place(JobId id) override;
    Task<Result<model::Job>> request_cancel(std::optional<TenantId> tenant, JobId id, Instant now)
        override;
    Task<Result<model::TenantUsage>> get_usage(TenantId tenant) override;
    Task<Result<model::StatusCounts>> count_by_status(std::optional<TenantId> tenant) override;
    Task<Result<std::vector<std::pair<Instant, std::int64_t>>>> submissions_per_minute(
        std::int64_t minutes, Instant now
    ) override;
    Task<Result<std::optional<Instant>>> oldest_queued() override;
    Task<Result<void>> forget_results(std::optional<TenantId> tenant, JobId id) override;
    Task<Result<void>> set_pinned(TenantId tenant, JobId id, bool pinned) override;

private:
    SqliteDatabase& database_;
};

}  // namespace signalbox::store::sqlite
