// Ctrl-C as an event, for commands that have something to say before they end.
//
// Until catch_signals() SIGINT ends the program as always. From then on each one is counted, and
// whoever runs something with run_until_interrupted() gets it back unfinished.
//
// Threads: the event loop; one object at a time catches signals.
// Suspends: run_until_interrupted, stop.  Errors: none.
#pragma once

#include "async/signal.hpp"
#include "async/task.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox::cli {

class Interrupts {
public:
    explicit Interrupts(Executor executor);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// Also SIGTERM and SIGHUP, but none that is ignored (`nohup`). Calling it again does nothing.
    [[nodiscard]] Result<void> catch_signals();

    /// As Ctrl-C does.
    void raise();

    [[nodiscard]] unsigned count() const { return count_; }

    /// The process was told to end, not asked by its user.
    [[nodiscard]] bool must_end() const { return must_end_; }

    /// Before destruction: signals end the program again.
    Task<void> stop();

    [[nodiscard]] async::Signal& changes() { return changes_; }

    [[nodiscard]] Executor executor() const { return watchers_.executor(); }

private:
    Task<void> watch();

    async::Signal changes_;
    async::TaskGroup watchers_;
    unsigned count_ = 0;
    bool must_end_ = false;
    int pipe_ = -1;
};

namespace detail {

template <class T>
Task<void> store_outcome(
    Task<T> work, std::shared_ptr<std::optional<T>> outcome, async::Signal& changes
) {
    outcome->emplace(co_await std::move(work));
    changes.notify("change");
}

}  // namespace detail

/// The outcome of `work`, or nothing when an interrupt came first: `work` is cancelled then.
template <class T>
Task<std::optional<T>> run_until_interrupted(Interrupts& interrupts, Task<T> work) {
    const auto outcome = std::make_shared<std::optional<T>>();
    const unsigned before = interrupts.count();
    auto changes = interrupts.changes().subscribe("change");
    async::TaskGroup group(interrupts.executor());
    group.spawn(
        "interruptible", detail::store_outcome(std::move(work), outcome, interrupts.changes())
    );
    while (group.size() > 0 && !outcome->has_value() && interrupts.count() == before) {
        co_await changes.wait(std::chrono::seconds(1));
    }
    group.cancel();
    co_await group.join();
    co_return std::move(*outcome);
}

}  // namespace signalbox::cli
