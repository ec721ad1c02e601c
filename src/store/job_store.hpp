// Jobs as their tenants and admins see them: taken in, listed, cancelled, forgotten.
//
// Each function is one intention and one transaction: it has happened completely when it returns a
// value and not at all when it returns an error. Limits are counted from rows inside it.
//
// Threads: event loop.  Suspends: everything.
// Errors: as noted; kUnavailable when the database is away, kNoSpace when its disk is full.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "model/job.hpp"
#include "model/tenant.hpp"
#include "store/page.hpp"
#include "store/slot_use.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::store {

/// How long an `Idempotency-Key` is remembered.
inline constexpr std::chrono::hours kIdempotencyLifetime{24};

/// An `Idempotency-Key` and what was sent under it.
struct IdempotencyKey {
    std::string key;
    std::string fingerprint;  ///< hash over all fields and the archive
};

struct Submission {
    JobId id;
    TenantId tenant;
    model::JobSpec spec;
    std::optional<model::OnLimit> on_limit;  ///< absent: the tenant's
    std::optional<IdempotencyKey> idempotency;
    Instant now;
};

struct Admission {
    JobId id;
    model::JobStatus status = model::JobStatus::kPending;  ///< kPending or kQueued
    std::string config_file;
    std::vector<model::Finding> warnings;
    bool replayed = false;  ///< the answer to an earlier submission under the same key
};

struct JobFilter {
    std::optional<TenantId> tenant;
    std::optional<model::JobStatus> status;
    std::optional<std::string> scenario_id;
};

struct JobPage {
    Page<model::Job> page;   ///< without attempts
    std::int64_t total = 0;  ///< all matching rows; only where asked for
};

/// Where a job stands among those that wait.
struct QueuePlace {
    std::int64_t position = 0;  ///< 1 = next of its tenant
    model::TenantUsage usage;
    model::TenantLimits limits;
    std::vector<model::Job> active;  ///< the tenant's PENDING and RUNNING jobs, ≤ 20
    SlotUse everywhere;              ///< of all tenants
};

class JobStore {
public:
    virtual ~JobStore() = default;

    /// Admits (PENDING), queues (QUEUED) or refuses. Errors: kExhausted with the sentences of the
    /// contract (`Too many concurrent jobs (n/max)`, …), kInvalid for what can never fit,
    /// kConflict when the key was used for something else, kNotFound for a deleted tenant.
    virtual Task<Result<Admission>> submit(Submission submission) = 0;

    /// The answer given before under this key, if any. kConflict: the key was used for other
    /// content.
    virtual Task<Result<std::optional<Admission>>> find_replay(
        TenantId tenant, IdempotencyKey key, Instant now
    ) = 0;

    /// With attempts. `tenant` absent: any tenant's. kNotFound `Job not found`.
    virtual Task<Result<model::Job>> get_job(std::optional<TenantId> tenant, JobId id) = 0;

    /// Ids that begin or end with `part` (lower case), at most `limit`.
    virtual Task<Result<std::vector<JobId>>> find_ids(
        std::optional<TenantId> tenant, std::string part, std::int64_t limit
    ) = 0;

    virtual Task<Result<JobPage>> list_jobs(
        JobFilter filter, PageRequest request, bool with_total
    ) = 0;

    virtual Task<Result<std::vector<model::StateChange>>> get_history(JobId id) = 0;

    virtual Task<Result<QueuePlace>> get_queue_place(JobId id) = 0;

    /// QUEUED and not yet started jobs end at once, running ones are marked; again is the same.
    /// kConflict when SUCCEEDED or FAILED, kNotFound.
    virtual Task<Result<model::Job>> request_cancel(
        std::optional<TenantId> tenant, JobId id, Instant now
    ) = 0;

    virtual Task<Result<model::TenantUsage>> get_usage(TenantId tenant) = 0;

    /// `tenant` absent: of all tenants.
    virtual Task<Result<model::StatusCounts>> count_by_status(std::optional<TenantId> tenant) = 0;

    /// Submissions in each of the last `minutes` minutes, oldest first, zeros included.
    virtual Task<Result<std::vector<std::pair<Instant, std::int64_t>>>> submissions_per_minute(
        std::int64_t minutes, Instant now
    ) = 0;

    /// When the oldest QUEUED job was submitted.
    virtual Task<Result<std::optional<Instant>>> oldest_queued() = 0;

    /// Forgets the result files of a finished job; figures and record stay. kConflict before its
    /// end.
    virtual Task<Result<void>> forget_results(std::optional<TenantId> tenant, JobId id) = 0;

    virtual Task<Result<void>> set_pinned(TenantId tenant, JobId id, bool pinned) = 0;
};

}  // namespace signalbox::store
