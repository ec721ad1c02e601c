// How long to wait before trying again: doubling up to a ceiling, with jitter.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "base/random.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace signalbox::async {

struct BackoffPolicy {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds ceiling{30'000};
};

/// The wait before try number `failures` + 1; between half and all of the doubled time.
[[nodiscard]] inline std::chrono::milliseconds backoff_delay(
    BackoffPolicy policy, std::uint32_t failures, Random& random
) {
    const std::uint32_t doublings = std::min<std::uint32_t>(failures == 0 ? 0 : failures - 1, 20);
    const auto whole = std::min(policy.ceiling, policy.first * (std::int64_t{1} << doublings));
    const auto half = whole / 2;
    return half + std::chrono::milliseconds(
                      random.below(static_cast<std::uint64_t>((whole - half).count()) + 1)
                  );
}

}  // namespace signalbox::async
