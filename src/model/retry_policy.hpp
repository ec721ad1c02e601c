// What follows when an attempt has ended: is the job over, or is it tried again?
//
// Faults of the infrastructure are tried again on a budget of their own, with back-off; running out
// of memory once, with half as much again, when the tenant's limit allows; a shutdown of the
// server's own costs nothing; faults of the scenario never.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "model/job.hpp"

#include <chrono>
#include <cstdint>
#include <variant>

namespace signalbox::model {

struct RetryPolicy {
    std::int32_t infrastructure_retries = 2;
    std::chrono::seconds first_delay{5};  ///< doubled with each further retry
    std::int32_t out_of_memory_retries = 1;
    double memory_growth = 1.5;
};

/// What the job's attempts have used up so far.
struct RetryHistory {
    std::int32_t infrastructure_retries = 0;
    std::int32_t out_of_memory_retries = 0;
    std::int64_t memory_bytes = 0;         ///< of the attempt that has just ended
    std::int64_t tenant_memory_bytes = 0;  ///< the tenant's limit
    bool cancel_requested = false;
};

/// The job is over.
struct JobEnds {
    JobStatus status = JobStatus::kFailed;
    Reason reason = Reason::kInternal;
};

/// The job goes back to PENDING.
struct TryAgain {
    std::chrono::seconds delay{0};
    std::int64_t memory_bytes = 0;
    bool counts_as_infrastructure = false;
    bool counts_as_out_of_memory = false;
};

using AfterAttempt = std::variant<JobEnds, TryAgain>;

/// No back-off of this policy is longer; one that seems to be was begun before the clock was set.
[[nodiscard]] std::chrono::seconds longest_delay(const RetryPolicy& policy);

/// `shutdown`: the run was ended by an orderly stop of the server, not by a fault.
[[nodiscard]] AfterAttempt after_attempt(
    Reason reason, bool shutdown, const RetryHistory& history, const RetryPolicy& policy
);

}  // namespace signalbox::model
