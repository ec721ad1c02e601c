// Time as a dependency: what the calendar says and what a stopwatch says.
//
// Instants are stored and shown, and may step when somebody sets the clock; deadlines, rates and
// durations use the steady time, which never goes back.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <chrono>

namespace signalbox {

/// UTC, in the resolution that is stored.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    [[nodiscard]] virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

/// A clock for tests: it stands still until it is advanced.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Instant start) : now_(start) {}

    [[nodiscard]] Instant now() const override { return now_; }

    [[nodiscard]] SteadyTime steady() const override { return steady_; }

    void advance(std::chrono::milliseconds by) {
        now_ += by;
        steady_ += by;
    }

    /// Somebody set the calendar; the stopwatch does not notice.
    void step_calendar(std::chrono::milliseconds by) { now_ += by; }

private:
    Instant now_;
    SteadyTime steady_{std::chrono::hours(1)};
};

}  // namespace signalbox
