// How far a run is, and what the open attempts take of the runner's slots.
//
// A slot is one simulation. A run that only delivers its results has left its slot to the next one,
// but takes part in a bound: at most twice as many attempts as slots are open, so that results that
// cannot be delivered do not pile up without an end.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <algorithm>
#include <cstdint>

namespace signalbox::store {

/// kUploading: sumo has ended, results are on their way.
enum class RunPhase : std::uint8_t { kStarting, kFetching, kRunning, kUploading };

[[nodiscard]] constexpr bool holds_slot(RunPhase phase) {
    return phase < RunPhase::kUploading;
}

/// Counts of open attempts.
struct SlotUse {
    std::int64_t running = 0;     ///< those that hold a slot
    std::int64_t delivering = 0;  ///< those whose sumo has ended

    void add(RunPhase phase) { ++(holds_slot(phase) ? running : delivering); }

    [[nodiscard]] std::int64_t open() const { return running + delivering; }

    /// How many may deliver beside those that run now.
    [[nodiscard]] std::int64_t most_delivering(std::int64_t slots) const {
        return 2 * slots - running;
    }

    /// How many runs may start now; none when it is 0 or less.
    [[nodiscard]] std::int64_t left_of(std::int64_t slots) const {
        return std::min(slots - running, most_delivering(slots) - delivering);
    }
};

}  // namespace signalbox::store
