#include "tenancy/token_bucket.hpp"

#include <algorithm>

namespace signalbox::tenancy {

using std::chrono::nanoseconds;

BucketPolicy BucketPolicy::per(std::uint32_t calls, nanoseconds period) {
    const std::uint32_t burst = std::max(calls, 1U);
    return {.burst = burst, .per_token = std::max(period / burst, nanoseconds(1))};
}

TokenBucket::Verdict TokenBucket::take(SteadyTime now) {
    const Verdict verdict = peek(now);
    if (verdict.admitted) {
        full_at_ = std::max(full_at_, now) + policy_.per_token;
    }
    return verdict;
}

TokenBucket::Verdict TokenBucket::peek(SteadyTime now) const {
    const nanoseconds capacity = policy_.per_token * policy_.burst;
    const nanoseconds missing = std::max(full_at_, now) - now;
    const nanoseconds missing_after = missing + policy_.per_token;
    if (missing_after > capacity) {
        return {
            .admitted = false,
            .remaining = 0,
            .retry_after = missing_after - capacity,
            .full_after = missing,
        };
    }
    return {
        .admitted = true,
        .remaining = static_cast<std::uint32_t>((capacity - missing_after) / policy_.per_token),
        .retry_after = nanoseconds::zero(),
        .full_after = missing_after,
    };
}

}  // namespace signalbox::tenancy
