// The one event loop of a process (or of a test): runs a coroutine to its end.
//
// What else was spawned on it goes on only while run() does; a program joins its groups before its
// main coroutine ends.
//
// Threads: the thread that calls run() is the loop's.  Suspends: never.
// Errors: run throws what the coroutine threw.
#pragma once

#include "async/task.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace signalbox::async {

class EventLoop {
public:
    EventLoop() : context_(1) {}

    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    [[nodiscard]] Executor executor() { return context_.get_executor(); }

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

}  // namespace signalbox::async
