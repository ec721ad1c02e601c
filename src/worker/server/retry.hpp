// Trying again while it may help: the server is away, busy, or answers nonsense for a while.
//
// Threads: the event loop.  Suspends: retry.  Errors: the last one, when patience is over or trying
// again cannot help.
#pragma once

#include "async/backoff.hpp"
#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "worker/server/stop_switch.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signalbox::worker {

/// False for what the server will say again: the attempt is over, or it refuses what was sent. Not
/// knowing the credential is not final: a server that is being restored may come to know it.
[[nodiscard]] inline bool may_pass(const Error& error) {
    switch (error.code()) {
        case Code::kGone:
        case Code::kInvalid:
        case Code::kUnprocessable:
        case Code::kTooLarge:
        case Code::kConflict:
        case Code::kMethod:
        case Code::kUnsupported:
            return false;
        default:
            return true;
    }
}

enum class EndsPatience : std::uint8_t {
    kAnyStop,  ///< whatever the run is stopped for (kCancelled)
    kFence,    ///< only that nobody wants the outcome
};

struct Patience {
    const Clock& clock;
    Random& random;
    SteadyTime until;
    async::BackoffPolicy backoff;
    const StopSwitch& stop;
    EndsPatience ends = EndsPatience::kAnyStop;
};

/// `call` returns a Task<Result<…>>; it and what it refers to must outlive the await.
template <class Call>
std::invoke_result_t<Call&> retry(const Patience& patience, std::string_view what, Call call) {
    for (std::uint32_t failures = 1;; ++failures) {
        // Another call may have learned of it meanwhile: nothing more is sent.
        if (patience.stop.fenced()) {
            co_return fail(Code::kGone, "FENCED", "the attempt is over");
        }
        if (patience.ends == EndsPatience::kAnyStop && patience.stop.requested()) {
            co_return fail(Code::kCancelled, "STOPPED", "told to stop");
        }
        auto result = co_await call();
        if (result || !may_pass(result.error()) || patience.clock.steady() >= patience.until) {
            co_return result;
        }
        log::warning(
            "the server could not be told or asked; trying again",
            {{"what", what}, {"failures", failures}, {"error", result.error().message()}}
        );
        co_await async::sleep_for(async::backoff_delay(patience.backoff, failures, patience.random)
        );
    }
}

}  // namespace signalbox::worker
