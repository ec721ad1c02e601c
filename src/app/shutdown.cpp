#include "app/shutdown.hpp"

#include "base/log.hpp"
#include "jobs/changes.hpp"
#include "jobs/unreported.hpp"

#include <csignal>
#include <cstdlib>
#include <memory>

namespace signalbox::app {

namespace {

Task<void> end_at_once_on_next(std::shared_ptr<async::OsSignals> signals) {
    const int signal = co_await signals->next();
    log::warning("second signal: ending at once", {{"signal", signal}});
    std::_Exit(1);
}

}  // namespace

Shutdown::Shutdown(Parts parts)
    : with_(parts),
      signals_(std::make_shared<async::OsSignals>(
          parts.group.executor(), std::initializer_list<int>{SIGINT, SIGTERM}
      )) {}

Task<void> Shutdown::wait() {
    const int signal = co_await signals_->next();
    with_.group.spawn("second signal", end_at_once_on_next(signals_));
    with_.dispatcher.pause();
    stop_runs_ = signal == SIGINT || with_.always_stop_runs;
    log::info(
        stop_runs_ ? "stopping: runs are ended, their jobs go back to the queue"
                   : "stopping: runs go on and the next start adopts them",
        {{"signal", signal}}
    );
}

Task<void> Shutdown::settle_runs() {
    // Workers that are told that their attempt is over end their run within this time.
    static constexpr std::chrono::seconds kToLeave{5};
    if (!stop_runs_) {
        co_return;
    }
    with_.workers.stop_runs();
    co_await tell_runs_to_end();
    if (co_await wait_until_none_is_left(with_.grace)) {
        co_return;
    }
    co_await send_back_the_rest();
    if (!co_await wait_until_none_is_left(kToLeave)) {
        log::error("some workers did not end; the next start ends them");
    }
}

Task<void> Shutdown::tell_runs_to_end() {
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
Task<bool> Shutdown::wait_until_none_is_left(std::chrono::milliseconds patience) {
    static constexpr std::chrono::milliseconds kLookAgain{200};
    auto hints = with_.changes.subscribe(jobs::kDispatchHint);
    const SteadyTime until = with_.clock.steady() + patience;
    for (;;) {
        const auto open = co_await with_.runs.list_open_attempts();
        const auto left = co_await with_.runner.list_leftovers();
        bool alive = false;
        for (const AttemptId& attempt : left.value_or(std::vector<AttemptId>())) {
            const auto presence = co_await with_.runner.observe(attempt);
            alive = alive || (presence && *presence == jobs::Presence::kAlive);
        }
        if (open && open->empty() && !alive) {
            co_return true;
        }
        if (with_.clock.steady() >= until) {
            co_return false;
        }
        co_await hints.wait(kLookAgain);
    }
}

// What was not over in time is over now: the job goes back to the queue, and what its worker still
// says is refused.
Task<void> Shutdown::send_back_the_rest() {
    const auto open = co_await with_.runs.list_open_attempts();
    for (const store::OpenAttempt& attempt : open.value_or(std::vector<store::OpenAttempt>())) {
        log::warning(
            "a run did not end within the grace time: its job goes back to the queue",
            {{"job_id", attempt.id.job.text}, {"attempt", attempt.id.n}}
        );
        jobs::UnreportedEnd end{
            .attempt = attempt.id,
            .reason = model::Reason::kInterrupted,
            .error = "the server stopped before the run had ended",
            .now = with_.clock.now()
        };
        const auto sent_back =
            co_await jobs::end_unreported(with_.runs, with_.epoch, std::move(end));
        if (!sent_back) {
            log::error(
                "could not send a job back to the queue",
                {{"job_id", attempt.id.job.text}, {"error", sent_back.error().message()}}
            );
            continue;
        }
        jobs::notify_end(with_.changes, attempt.id.job);
        static_cast<void>(co_await with_.runner.clean_up(attempt.id));
    }
}

}  // namespace signalbox::app
