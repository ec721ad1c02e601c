#include "app/shutdown.hpp"

#include "base/log.hpp"
#include "jobs/changes.hpp"

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
    if (!stop_runs_) {
        co_return;
    }
    with_.workers.stop_runs();
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
    co_await wait_until_none_is_open();
}

// Until each worker has reported and is gone, or the grace time is over.
Task<void> Shutdown::wait_until_none_is_open() {
    static constexpr std::chrono::milliseconds kLookAgain{200};
    auto hints = with_.changes.subscribe(jobs::kDispatchHint);
    const auto until = std::chrono::steady_clock::now() + with_.grace;
    while (std::chrono::steady_clock::now() < until) {
        const auto open = co_await with_.runs.list_open_attempts();
        const auto left = co_await with_.runner.list_leftovers();
        bool alive = false;
        for (const AttemptId& attempt : left.value_or(std::vector<AttemptId>())) {
            const auto presence = co_await with_.runner.observe(attempt);
            alive = alive || (presence && *presence == jobs::Presence::kAlive);
        }
        if (open && open->empty() && !alive) {
            co_return;
        }
        co_await hints.wait(kLookAgain);
    }
    log::warning("some runs did not end within the grace time");
}

}  // namespace signalbox::app
