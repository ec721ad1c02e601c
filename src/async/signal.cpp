#include "async/signal.hpp"

#include <boost/asio/redirect_error.hpp>

#include <functional>
#include <map>

namespace signalbox::async {

struct Signal::Waiter {
    explicit Waiter(Executor executor) : timer(executor) {}

    Timer timer;
    bool notified = false;
    std::function<void()> leave;
};

struct Signal::Hub {
    explicit Hub(Executor loop) : executor(loop) {}

    Executor executor;
    std::multimap<std::string, Waiter*, std::less<>> waiters;
};

Signal::Signal(Executor executor) : hub_(std::make_shared<Hub>(executor)) {}

Signal::~Signal() = default;

Signal::Subscription Signal::subscribe(std::string key) {
    auto waiter = std::make_shared<Waiter>(hub_->executor);
    const auto place = hub_->waiters.emplace(std::move(key), waiter.get());
    waiter->leave = [hub = std::weak_ptr(hub_), place] {
        if (const auto alive = hub.lock()) {
            alive->waiters.erase(place);
        }
    };
    return Subscription(std::move(waiter));
}

void Signal::notify(std::string_view key) {
    const auto [first, last] = hub_->waiters.equal_range(key);
    for (auto it = first; it != last; ++it) {
        it->second->notified = true;
        it->second->timer.cancel();
    }
}

Signal::Subscription::Subscription(std::shared_ptr<Waiter> waiter) : waiter_(std::move(waiter)) {}

Signal::Subscription::Subscription(Subscription&&) noexcept = default;

Signal::Subscription& Signal::Subscription::operator=(Subscription&& other) noexcept {
    std::swap(waiter_, other.waiter_);
    return *this;
}

Signal::Subscription::~Subscription() {
    if (waiter_) {
        waiter_->leave();
    }
}

Task<bool> Signal::Subscription::wait(std::chrono::steady_clock::duration timeout) {
    const std::shared_ptr<Waiter> waiter = waiter_;
    if (!waiter->notified) {
        waiter->timer.expires_after(timeout);
        boost::system::error_code outcome;
        co_await waiter->timer.async_wait(boost::asio::redirect_error(kAwait, outcome));
        co_await throw_if_cancelled();
    }
    co_return std::exchange(waiter->notified, false);
}

}  // namespace signalbox::async
