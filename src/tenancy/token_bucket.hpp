// Rate limit for one caller: a bucket that fills at a steady rate and is drained by calls.
//
// It keeps the time at which it would be full again and nothing else, so an idle bucket costs no
// timer and one that is full may be forgotten. Time is the steady one and passed in.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>

namespace signalbox::tenancy {

struct BucketPolicy {
    std::uint32_t burst = 1;                    ///< calls that may come at once, ≥ 1
    std::chrono::nanoseconds per_token{1'000};  ///< time in which one call grows back, > 0

    /// `calls` in each period, all of which may come at once.
    [[nodiscard]] static BucketPolicy per(std::uint32_t calls, std::chrono::nanoseconds period);
};

class TokenBucket {
public:
    struct Verdict {
        bool admitted = false;
        std::uint32_t remaining = 0;              ///< calls left right now
        std::chrono::nanoseconds retry_after{0};  ///< until one call is possible; 0 when admitted
        std::chrono::nanoseconds full_after{0};   ///< until the bucket is full again
    };

    /// Full at the start.
    explicit TokenBucket(BucketPolicy policy) : policy_(policy) {}

    /// Takes one token, or says how long until there is one; a refusal takes nothing.
    Verdict take(SteadyTime now);

    /// What take() would say, without taking.
    [[nodiscard]] Verdict peek(SteadyTime now) const;

    [[nodiscard]] bool full(SteadyTime now) const { return full_at_ <= now; }

private:
    BucketPolicy policy_;
    SteadyTime full_at_ = SteadyTime::min();
};

}  // namespace signalbox::tenancy
