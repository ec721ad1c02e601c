#include "model/retry_policy.hpp"

#include <algorithm>

namespace signalbox::model {

namespace {

std::chrono::seconds delay_before(std::int32_t retries_so_far, const RetryPolicy& policy) {
    return policy.first_delay * (std::int64_t{1} << std::clamp(retries_so_far, 0, 20));
}

}  // namespace

std::chrono::seconds longest_delay(const RetryPolicy& policy) {
    return delay_before(policy.infrastructure_retries - 1, policy);
}

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
        return TryAgain{
            .delay = delay_before(history.infrastructure_retries, policy),
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
