// One event that another thread brings about and a coroutine on the loop waits for.
//
// The waiter and whoever announces share the Completion, because either may be gone first. The loop
// keeps running until the event has been announced.
//
// Threads: the event loop; post_to any.  Suspends: Completion::wait.
// Errors: a cancelled wait throws; the announcement then goes unheard.
#pragma once

#include "async/task.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <functional>

namespace signalbox::async {

class Completion {
public:
    explicit Completion(Executor loop);
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;

    /// Returns at once when it has been announced already. One waiter.
    Task<void> wait();

    /// From the loop's thread; from another by way of post_to().
    void announce();

private:
    Timer announced_at_;  ///< never expires; cancelled by announce()
    boost::asio::executor_work_guard<Executor> keeps_loop_running_;
    bool announced_ = false;
};

/// Calls `work` on the loop's thread, soon.
void post_to(Executor loop, std::function<void()> work);

}  // namespace signalbox::async
