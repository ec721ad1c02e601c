// Whether a submission is admitted, queued or refused, decided without touching anything.
//
// A tenant has three limits over its active (PENDING and RUNNING) jobs: their number, their cores
// and their memory. What can never fit is refused for good; what does not fit now is refused for
// the moment (`reject`) or waits (`queue`). Whoever may wait also waits behind those that do.
//
// Threads: any.  Suspends: never.
// Errors: kInvalid for what can never fit, kExhausted with Retry-After for what does not fit now.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"
#include "model/tenant.hpp"

#include <cstdint>

namespace signalbox::store {

/// What active jobs take, counted from their rows; memory as their attempts get it.
struct ActiveUse {
    std::int64_t jobs = 0;
    std::int64_t cpu = 0;
    std::int64_t memory_bytes = 0;
};

/// What one job takes.
struct Demand {
    std::int64_t cpu = 0;
    std::int64_t memory_bytes = 0;
};

inline constexpr std::int64_t kGibibyte = std::int64_t{1} << 30;

[[nodiscard]] Demand demand_of(const model::JobSpec& spec);

/// Rounded up, as limits are in whole GiB.
[[nodiscard]] std::int64_t to_gibibytes(std::int64_t bytes);

[[nodiscard]] bool fits_now(
    const model::TenantLimits& limits, const ActiveUse& use, const Demand& demand
);

/// kPending or kQueued. `queued`: the tenant's QUEUED jobs.
[[nodiscard]] Result<model::JobStatus> decide_admission(
    const model::TenantLimits& limits,
    const ActiveUse& use,
    std::int64_t queued,
    const Demand& demand,
    model::OnLimit on_limit
);

}  // namespace signalbox::store
