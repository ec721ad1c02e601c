// Bounds a task in time.
//
// The task runs in a group of its own; when the time is over it is cancelled, and the answer waits
// until it has ended. Being cancelled from outside reaches the task as well.
//
// Threads: the event loop.  Suspends: with_timeout.  Errors: kDeadline; else what the task returns
// or throws.
#pragma once

#include "async/task_group.hpp"
#include "base/error.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace signalbox::net {

namespace detail {

template <class T>
struct Race {
    explicit Race(Executor executor) : timer(executor) {}

    Timer timer;
    bool ended = false;  ///< the task has
    std::optional<Result<T>> outcome;
    std::exception_ptr problem;
};

template <class T>
Task<void> run_into(Task<Result<T>> task, Race<T>* race) {
    struct OnEnd {
        Race<T>* race;

        ~OnEnd() {
            race->ended = true;
            race->timer.cancel();
        }
    };

    const OnEnd on_end{race};
    try {
        race->outcome.emplace(co_await std::move(task));
    } catch (...) {
        race->problem = std::current_exception();
    }
}

}  // namespace detail

/// `what` stands at the beginning of the sentence: "connecting to …".
template <class T>
Task<Result<T>> with_timeout(
    Task<Result<T>> task, std::chrono::milliseconds limit, std::string what
) {
    namespace this_coro = boost::asio::this_coro;
    const Executor executor = co_await this_coro::executor;
    co_await this_coro::throw_if_cancelled(false);
    detail::Race<T> race(executor);
    race.timer.expires_after(limit);
    async::TaskGroup group(executor);
    group.spawn("bounded task", detail::run_into(std::move(task), &race));
    const bool cancelled = (co_await this_coro::cancellation_state).cancelled() !=
                           boost::asio::cancellation_type::none;
    bool in_time = race.ended;
    if (!in_time && !cancelled) {
        boost::system::error_code ignored;
        co_await race.timer.async_wait(boost::asio::redirect_error(kAwait, ignored));
        in_time = race.ended;
    }
    group.cancel();
    while (group.size() > 0) {
        co_await group.join();
    }
    co_await this_coro::throw_if_cancelled(true);
    co_await async::throw_if_cancelled();
    if (race.outcome) {
        co_return *std::move(race.outcome);
    }
    if (in_time) {
        std::rethrow_exception(race.problem);
    }
    co_return fail(
        Code::kDeadline,
        "TIMEOUT",
        what + " took longer than " + std::to_string(limit.count()) + " ms"
    );
}

}  // namespace signalbox::net
