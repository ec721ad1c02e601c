// Runs a coroutine to its end on an event loop of the test's own.
//
// Threads: the test's.  Suspends: never.  Errors: what the coroutine throws.
#pragma once

#include "async/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace signalbox::testing {

class EventLoop {
public:
    [[nodiscard]] Executor executor() { return context_.get_executor(); }

    /// Runs until `task` has ended; what else is under way stays where it is.
    template <class T>
    T run(Task<T> task) {
        std::exception_ptr problem;
        std::optional<T> value;
        boost::asio::co_spawn(
            context_,
            std::move(task),
            [&](const std::exception_ptr& thrown, T result) {
                problem = thrown;
                value.emplace(std::move(result));
                context_.stop();
            }
        );
        run_until_stopped(problem);
        return std::move(*value);
    }

    void run(Task<void> task) {
        std::exception_ptr problem;
        boost::asio::co_spawn(context_, std::move(task), [&](const std::exception_ptr& thrown) {
            problem = thrown;
            context_.stop();
        });
        run_until_stopped(problem);
    }

private:
    void run_until_stopped(const std::exception_ptr& problem) {
        context_.restart();
        context_.run();
        if (problem) {
            std::rethrow_exception(problem);
        }
    }

    boost::asio::io_context context_;
};

}  // namespace signalbox::testing
