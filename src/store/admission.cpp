#include "store/admission.hpp"

#include <string>

namespace signalbox::store {

namespace {

// Without a model of how long runs take there is no better estimate.
constexpr std::chrono::seconds kRetryAfter{5};

std::string gi(std::int64_t bytes) {
    return std::to_string(to_gibibytes(bytes)) + "Gi";
}

Error exhausted(std::string word, std::string message, std::int64_t limit) {
    return Error(Code::kExhausted, std::move(word), std::move(message))
        .with("limit", limit)
        .with_retry_after(kRetryAfter);
}

Result<void> check_can_ever_fit(const model::TenantLimits& limits, const Demand& demand) {
    if (demand.cpu < 1 || demand.cpu > limits.max_cpu) {
        return fail(
            Code::kInvalid,
            "CPU_REQUEST_TOO_LARGE",
            "CPU request (" + std::to_string(demand.cpu) + ") must be between 1 and " +
                std::to_string(limits.max_cpu)
        );
    }
    if (demand.memory_bytes <= 0 || demand.memory_bytes > limits.max_memory_gi * kGibibyte) {
        return fail(
            Code::kInvalid,
            "MEMORY_REQUEST_TOO_LARGE",
            "Memory request (" + gi(demand.memory_bytes) + ") must be between 1 and " +
                std::to_string(limits.max_memory_gi) + "Gi"
        );
    }
    return {};
}

Error limit_reached(const model::TenantLimits& limits, const ActiveUse& use, const Demand& demand) {
    if (use.jobs >= limits.max_concurrent_jobs) {
        return exhausted(
            "TOO_MANY_CONCURRENT_JOBS",
            "Too many concurrent jobs (" + std::to_string(use.jobs) + "/" +
                std::to_string(limits.max_concurrent_jobs) + ")",
            limits.max_concurrent_jobs
        );
    }
    if (use.cpu + demand.cpu > limits.max_cpu) {
        return exhausted(
            "CPU_LIMIT_REACHED",
            "CPU limit reached (" + std::to_string(use.cpu) + " + " + std::to_string(demand.cpu) +
                " > " + std::to_string(limits.max_cpu) + ")",
            limits.max_cpu
        );
    }
    return exhausted(
        "MEMORY_LIMIT_REACHED",
        "Memory limit reached (" + gi(use.memory_bytes) + " + " + gi(demand.memory_bytes) + " > " +
            std::to_string(limits.max_memory_gi) + "Gi)",
        limits.max_memory_gi
    );
}

}  // namespace

Demand demand_of(const model::JobSpec& spec) {
    return {.cpu = spec.cpu_request, .memory_bytes = spec.memory_gi * kGibibyte};
}

std::int64_t to_gibibytes(std::int64_t bytes) {
    return (bytes + kGibibyte - 1) / kGibibyte;
}

bool fits_now(const model::TenantLimits& limits, const ActiveUse& use, const Demand& demand) {
    return use.jobs < limits.max_concurrent_jobs && use.cpu + demand.cpu <= limits.max_cpu &&
           use.memory_bytes + demand.memory_bytes <= limits.max_memory_gi * kGibibyte;
}

Result<model::JobStatus> decide_admission(
    const model::TenantLimits& limits,
    const ActiveUse& use,
    std::int64_t queued,
    const Demand& demand,
    model::OnLimit on_limit
) {
    SB_OK(check_can_ever_fit(limits, demand));
    const bool fits = fits_now(limits, use, demand);
    if (on_limit == model::OnLimit::kReject) {
        if (!fits) {
            return fail(limit_reached(limits, use, demand));
        }
        return model::JobStatus::kPending;
    }
    if (fits && queued == 0) {
        return model::JobStatus::kPending;
    }
    if (queued >= limits.max_queued_jobs) {
        return fail(exhausted(
            "JOB_QUEUE_FULL",
            "Job queue full (" + std::to_string(queued) + " queued)",
            limits.max_queued_jobs
        ));
    }
    return model::JobStatus::kQueued;
}

}  // namespace signalbox::store
