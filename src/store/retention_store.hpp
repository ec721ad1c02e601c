// What has outlived its retention, found by index and forgotten a batch at a time.
//
// Threads: event loop.  Suspends: everything.  Errors: as in JobStore.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "model/job.hpp"

#include <vector>

namespace signalbox::store {

struct FinishedJob {
    JobId id;
    TenantId tenant;
};

class RetentionStore {
public:
    virtual ~RetentionStore() = default;

    /// When the last job was submitted, as the calendar was then; none without jobs.
    virtual Task<Result<std::optional<Instant>>> last_submission() = 0;

    /// Finished before `before`, not pinned, with results still listed; oldest first.
    virtual Task<Result<std::vector<FinishedJob>>> list_with_results(
        Instant before, std::int64_t limit
    ) = 0;

    /// Finished before `before`, not pinned, with a log still kept; oldest first.
    virtual Task<Result<std::vector<FinishedJob>>> list_with_logs(
        Instant before, std::int64_t limit
    ) = 0;

    /// Finished before `before`, not pinned; oldest first.
    virtual Task<Result<std::vector<FinishedJob>>> list_records(
        Instant before, std::int64_t limit
    ) = 0;

    virtual Task<Result<void>> forget_log(JobId id) = 0;

    /// The record, its attempts and its history; whose files are gone already.
    virtual Task<Result<void>> forget_record(JobId id) = 0;

    /// Idempotency keys and ended API keys older than `before`; deleted tenants without jobs. At
    /// most `max_keys` idempotency keys, the oldest first; returns how many these were.
    virtual Task<Result<std::int64_t>> purge_expired(Instant before, std::int64_t max_keys) = 0;
};

}  // namespace signalbox::store
