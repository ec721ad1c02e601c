#include "app/shutdown.hpp"

#include "base/log.hpp"

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
    if (stop_runs_) {
        co_await with_.drain.end_runs(with_.grace);
    }
}

}  // namespace signalbox::app
