#include "model/retry_policy.hpp"

#include <algorithm>

namespace signalbox::model {

AfterAttempt after_attempt(
    Reason reason, bool shutdown, const RetryHistory& history, const RetryPolicy& policy
) {
    const JobEnds ends{.status = final_status(reason), .reason = reason};
    if (reason == Reason::kCompleted) {
        return ends;
    }
    if (history.cancel_requested && (shutdown || is_infrastructure(reason))) {
        return JobEnds{.status = JobStatus::kCancelled, .reason = Reason::kCancelled};
    }
    if (shutdown) {
        return TryAgain{.memory_bytes = history.memory_bytes};
    }
    if (is_infrastructure(reason) &&
        history.infrastructure_retries < policy.infrastructure_retries) {
        const int doublings = std::min(history.infrastructure_retries, 20);
        return TryAgain{
            .delay = policy.first_delay * (std::int64_t{1} << doublings),
            .memory_bytes = history.memory_bytes,
            .counts_as_infrastructure = true
        };
    }
    if (reason == Reason::kOutOfMemory && !history.cancel_requested &&
        history.out_of_memory_retries < policy.out_of_memory_retries) {
        const auto more = static_cast<std::int64_t>(
            static_cast<double>(history.memory_bytes) * policy.memory_growth
        );
        if (more <= history.tenant_memory_bytes) {
            return TryAgain{.memory_bytes = more, .counts_as_out_of_memory = true};
        }
    }
    return ends;
}

}  // namespace signalbox::model
