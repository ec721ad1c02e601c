// Jobs as the dispatcher, the reconciler and the workers see them: claimed, running, ended.
//
// An attempt is the intent to run a job once; it is written before the runner is asked. Every write
// of the dispatcher carries the leader's epoch, every write about a run its attempt: who comes late
// is told kGone and changes nothing.
//
// Threads: event loop.  Suspends: everything.
// Errors: kGone for an older epoch or a fenced attempt; else as in JobStore.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/job.hpp"
#include "store/slot_use.hpp"

#include <optional>
#include <string>
#include <vector>

namespace signalbox::store {

/// The right to dispatch; grows with each holder.
struct Epoch {
    std::int64_t number = 0;
};

/// A tenant with a job that could start now: PENDING, without an attempt, its back-off over.
struct ReadyTenant {
    TenantId tenant;
    std::int32_t weight = 1;
};

struct Claim {
    TenantId tenant;
    std::string token_hash;  ///< SHA-256 of the attempt's token, hexadecimal
    std::string where;       ///< `local`
    Instant now;
};

struct ClaimedAttempt {
    AttemptId id;
    TenantId tenant;
};

/// What an attempt's token opens.
struct AttemptView {
    AttemptId id;
    TenantId tenant;
    model::JobSpec spec;
    std::int64_t memory_bytes = 0;
    bool ended = false;      ///< its outcome is stored
    std::string token_hash;  ///< to look again
};

struct Beat {
    AttemptId attempt;
    RunPhase phase = RunPhase::kStarting;
    model::Progress progress;
    model::Figures figures;
    model::Usage usage;
    Instant now;
};

struct OpenAttempt {
    AttemptId id;
    TenantId tenant;
    RunPhase phase = RunPhase::kStarting;
    std::int32_t weight = 1;
};

struct Outcome {
    AttemptId attempt;
    model::Verdict verdict;
    std::string verdict_hash;  ///< of the worker: tells a repeat from a contradiction
    bool shutdown = false;     ///< ended by an orderly stop of ours
    Instant now;
};

struct OutcomeReceipt {
    bool repeated = false;  ///< the same verdict had been stored before
    model::JobStatus status = model::JobStatus::kFailed;  ///< of the job, now
};

class RunStore {
public:
    virtual ~RunStore() = default;

    /// Takes the dispatcher's lease: all older epochs are fenced from now on.
    virtual Task<Result<Epoch>> begin_epoch(std::string holder, Instant now) = 0;

    /// QUEUED → PENDING for all that fit their tenant's limits now, by priority, then by age.
    /// At most `max_jobs`; returns those promoted.
    virtual Task<Result<std::vector<JobId>>> promote_queued(
        Epoch epoch, std::int64_t max_jobs, Instant now
    ) = 0;

    virtual Task<Result<std::vector<ReadyTenant>>> list_ready(Instant now) = 0;

    /// The earliest end after `now` of a back-off of a PENDING job, if any.
    virtual Task<Result<std::optional<Instant>>> next_ready_at(Instant now) = 0;

    /// Opens an attempt for the tenant's first ready job (priority, then age); nothing ready: none.
    virtual Task<Result<std::optional<ClaimedAttempt>>> claim_next(Epoch epoch, Claim claim) = 0;

    virtual Task<Result<std::vector<OpenAttempt>>> list_open_attempts() = 0;

    /// kUnauthenticated when no attempt has this token; ended ones are found and say so.
    virtual Task<Result<AttemptView>> find_attempt(std::string token_hash) = 0;

    /// kGone when the attempt is over. The first beat in kRunning makes the job RUNNING.
    /// Returns whether a cancel was requested.
    virtual Task<Result<bool>> record_beat(Beat beat) = 0;

    /// Once per attempt: closes it and decides what becomes of the job. kGone for a fenced attempt,
    /// kConflict for a verdict that differs from the stored one.
    virtual Task<Result<OutcomeReceipt>> record_outcome(Outcome outcome) = 0;

    /// The same by whoever holds the dispatcher's lease, for an attempt that will never report; its
    /// `verdict_hash` is not looked at. The worker is told kGone from now on. An attempt that has
    /// ended meanwhile stays as it ended (`repeated`).
    virtual Task<Result<OutcomeReceipt>> record_lost(Epoch epoch, Outcome outcome) = 0;
};

}  // namespace signalbox::store
