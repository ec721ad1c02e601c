#include "jobs/run_drain.hpp"

#include "base/log.hpp"
#include "jobs/changes.hpp"
#include "jobs/unreported.hpp"

#include <utility>
#include <vector>

namespace signalbox::jobs {

Task<void> RunDrain::end_runs(std::chrono::milliseconds grace) {
    // Workers that are told that their attempt is over end their run within this time.
    static constexpr std::chrono::seconds kToLeave{5};
    with_.workers.stop_runs();
    co_await tell_runs_to_end();
    if (co_await wait_until_none_is_left(grace)) {
        co_return;
    }
    co_await send_back_the_rest();
    if (!co_await wait_until_none_is_left(kToLeave)) {
        log::error("some workers did not end; the next start ends them");
    }
}

Task<void> RunDrain::tell_runs_to_end() {
    const auto open = co_await with_.runs.list_open_attempts();
    if (!open) {
        log::error("cannot see which runs to end", {{"error", open.error().message()}});
        co_return;
    }
    for (const store::OpenAttempt& attempt : *open) {
        if (const auto sent = co_await with_.runner.nudge(attempt.id); !sent) {
            log::warning(
                "could not reach a run",
                {{"job_id", attempt.id.job.text}, {"error", sent.error().message()}}
            );
        }
    }
}

// True when each worker has reported and is gone, false when the time is over.
Task<bool> RunDrain::wait_until_none_is_left(std::chrono::milliseconds patience) {
    static constexpr std::chrono::milliseconds kLookAgain{200};
    auto hints = with_.changes.subscribe(kDispatchHint);
    const SteadyTime until = with_.clock.steady() + patience;
    while (co_await is_any_left()) {
        if (with_.clock.steady() >= until) {
            co_return false;
        }
        co_await hints.wait(kLookAgain);
    }
    co_return true;
}

Task<bool> RunDrain::is_any_left() {
    const auto open = co_await with_.runs.list_open_attempts();
    if (!open || !open->empty()) {
        co_return true;
    }
    const auto left = co_await with_.runner.list_leftovers();
    for (const AttemptId& attempt : left.value_or(std::vector<AttemptId>())) {
        const auto presence = co_await with_.runner.observe(attempt);
        if (presence && *presence == Presence::kAlive) {
            co_return true;
        }
    }
    co_return false;
}

// What was not over in time is over now, and what its worker still says is refused.
Task<void> RunDrain::send_back_the_rest() {
    const auto open = co_await with_.runs.list_open_attempts();
    for (const store::OpenAttempt& attempt : open.value_or(std::vector<store::OpenAttempt>())) {
        co_await send_back(attempt.id);
    }
}

Task<void> RunDrain::send_back(AttemptId attempt) {
    log::warning(
        "a run did not end within the grace time: its job goes back to the queue",
        {{"job_id", attempt.job.text}, {"attempt", attempt.n}}
    );
    UnreportedEnd end{
        .attempt = attempt,
        .reason = model::Reason::kInterrupted,
        .error = "the server stopped before the run had ended",
        .now = with_.clock.now()
    };
    const auto sent_back = co_await end_unreported(with_.runs, epoch_, std::move(end));
    if (!sent_back) {
        log::error(
            "could not send a job back to the queue",
            {{"job_id", attempt.job.text}, {"error", sent_back.error().message()}}
        );
        co_return;
    }
    notify_end(with_.changes, attempt.job);
    static_cast<void>(co_await with_.runner.clean_up(std::move(attempt)));
}

}  // namespace signalbox::jobs
