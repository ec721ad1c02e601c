// The only coroutine type, and how a process sleeps, wakes and stops in it.
//
// A Task is lazy, is awaited exactly once and runs on the process's one event loop. Cancelling a
// task (TaskGroup::cancel) makes its present or next wait throw; that exception is the one that is
// never caught on the way but by the group.
//
// Threads: the event loop.  Suspends: sleep_for, yield, wait_readable.  Errors: cancellation
// throws.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace signalbox {

using Executor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, Executor>;

/// The completion token for Asio calls inside a Task.
inline constexpr boost::asio::use_awaitable_t<Executor> kAwait{};

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    Executor>;

}  // namespace signalbox

namespace signalbox::async {

Task<void> sleep_for(std::chrono::steady_clock::duration duration);

/// Back to the loop once, so that others get their turn.
Task<void> yield();

/// Throws what a cancelled wait throws if this task has been cancelled; waits for nothing.
Task<void> throw_if_cancelled();

/// Returns when `fd` has something to read (or its peer is gone). The caller keeps owning `fd`;
/// one such wait at a time.
Task<void> wait_readable(int fd);

}  // namespace signalbox::async
