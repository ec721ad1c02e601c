// A lossy wake-up per key: "something about this changed, look again".
//
// A notification carries nothing and may be lost across processes; whoever waits therefore looks
// again after a time in any case. A Subscription remembers a notification that came while it was
// not waiting, so nothing is lost between looking and waiting. Those who wait for one key are woken
// one after the other, so that other work of the loop comes in between.
//
// Threads: the event loop.  Suspends: Subscription::wait.  Errors: none.
#pragma once

#include "async/task.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::async {

class Signal {
    struct Hub;
    struct Waiter;

public:
    explicit Signal(Executor executor);
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    class Subscription {
    public:
        Subscription(Subscription&&) noexcept;
        Subscription& operator=(Subscription&&) noexcept;
        ~Subscription();

        /// True when notified since the last wait (at once, or within `timeout`).
        Task<bool> wait(std::chrono::steady_clock::duration timeout);

        /// The same without waiting.
        [[nodiscard]] bool take();

    private:
        friend class Signal;
        explicit Subscription(std::shared_ptr<Waiter> waiter);

        std::shared_ptr<Waiter> waiter_;
    };

    /// May outlive the Signal; it then only times out.
    [[nodiscard]] Subscription subscribe(std::string key);

    void notify(std::string_view key);

private:
    std::shared_ptr<Hub> hub_;
};

}  // namespace signalbox::async
