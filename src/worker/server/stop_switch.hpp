// Why SUMO is to be stopped, said by whoever finds out first: the server, a limit, a signal.
//
// The first cause stays, but kFenced beats them all: nobody wants this attempt's outcome any more.
//
// Threads: the event loop.  Suspends: wait.  Errors: none.
#pragma once

#include "async/signal.hpp"
#include "async/task.hpp"
#include "scenario/verdict.hpp"

#include <chrono>

namespace signalbox::worker {

class StopSwitch {
public:
    explicit StopSwitch(Executor executor) : changed_(std::move(executor)) {}

    void request(scenario::StopCause cause) {
        const bool first = cause_ == scenario::StopCause::kNone;
        if (first || cause == scenario::StopCause::kFenced) {
            cause_ = cause;
            changed_.notify(kKey);
        }
    }

    [[nodiscard]] scenario::StopCause cause() const { return cause_; }

    [[nodiscard]] bool requested() const { return cause_ != scenario::StopCause::kNone; }

    [[nodiscard]] bool fenced() const { return cause_ == scenario::StopCause::kFenced; }

    /// Returns when a cause is there.
    Task<void> wait() {
        auto changes = changed_.subscribe(kKey);
        while (!requested()) {
            co_await changes.wait(std::chrono::hours(1));
        }
    }

private:
    static constexpr auto kKey = "stop";

    async::Signal changed_;
    scenario::StopCause cause_ = scenario::StopCause::kNone;
};

}  // namespace signalbox::worker
