#include "async/signal.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

namespace signalbox::async {

struct Signal::Waiter {
    explicit Waiter(Executor executor) : timer(executor) {}

    Timer timer;
    bool waiting = false;
    bool notified = false;  ///< since the last wait or take
    bool in_crowd = false;
    std::function<void()> leave;
};

struct Signal::Hub : std::enable_shared_from_this<Hub> {
    explicit Hub(Executor loop) : executor(loop) {}

    void wake_next();

    Executor executor;
    std::multimap<std::string, std::shared_ptr<Waiter>, std::less<>> waiters;
    std::deque<std::weak_ptr<Waiter>> crowd;  ///< to be woken in this order
};

// The rest follows behind what the loop has to do by then.
void Signal::Hub::wake_next() {
    for (bool woken = false; !woken && !crowd.empty(); crowd.pop_front()) {
        if (const auto waiter = crowd.front().lock()) {
            waiter->in_crowd = false;
            woken = waiter->waiting && waiter->notified;
            if (woken) {
                waiter->timer.cancel();
            }
        }
    }
    if (!crowd.empty()) {
        boost::asio::post(executor, [hub = weak_from_this()] {
            if (const auto alive = hub.lock()) {
                alive->wake_next();
            }
        });
    }
}

Signal::Signal(Executor executor) : hub_(std::make_shared<Hub>(executor)) {}

Signal::~Signal() = default;

Signal::Subscription Signal::subscribe(std::string key) {
    auto waiter = std::make_shared<Waiter>(hub_->executor);
    const auto place = hub_->waiters.emplace(std::move(key), waiter);
    waiter->leave = [hub = std::weak_ptr(hub_), place] {
        if (const auto alive = hub.lock()) {
            alive->waiters.erase(place);
        }
    };
    return Subscription(std::move(waiter));
}

void Signal::notify(std::string_view key) {
    const auto [first, last] = hub_->waiters.equal_range(key);
    // One alone is woken at once, whoever else is waiting for a turn.
    if (first != last && std::next(first) == last) {
        first->second->notified = true;
        first->second->timer.cancel();
        return;
    }
    const bool at_work = !hub_->crowd.empty();
    for (auto it = first; it != last; ++it) {
        const auto& waiter = it->second;
        waiter->notified = true;
        if (waiter->waiting && !waiter->in_crowd) {
            waiter->in_crowd = true;
            hub_->crowd.push_back(waiter);
        }
    }
    if (!at_work) {
        hub_->wake_next();
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
        waiter->waiting = true;
        boost::system::error_code outcome;
        co_await waiter->timer.async_wait(boost::asio::redirect_error(kAwait, outcome));
        waiter->waiting = false;
        co_await throw_if_cancelled();
    }
    co_return std::exchange(waiter->notified, false);
}

bool Signal::Subscription::take() {
    return std::exchange(waiter_->notified, false);
}

}  // namespace signalbox::async
