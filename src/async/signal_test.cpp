#include "async/signal.hpp"

#include "async/event_loop.hpp"
#include "async/task_group.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace signalbox::async {
namespace {

using namespace std::chrono_literals;

TEST(Signal, ANotificationBetweenLookingAndWaitingIsNotLost) {
    EventLoop loop;
    Signal signal(loop.executor());
    loop.run([&]() -> Task<void> {
        auto subscription = signal.subscribe("a");
        signal.notify("a");
        EXPECT_TRUE(co_await subscription.wait(1h));
        EXPECT_FALSE(co_await subscription.wait(1ms));
        signal.notify("b");
        EXPECT_FALSE(co_await subscription.wait(1ms));
    }());
}

TEST(Signal, WakesEveryOneThatWaitsForTheKey) {
    EventLoop loop;
    Signal signal(loop.executor());
    TaskGroup group(loop.executor());
    int woken = 0;
    auto wait = [](Signal* hub, int* counter) -> Task<void> {
        auto subscription = hub->subscribe("a");
        *counter += co_await subscription.wait(1h) ? 1 : 0;
    };
    group.spawn("one", wait(&signal, &woken));
    group.spawn("two", wait(&signal, &woken));
    loop.run([&]() -> Task<void> {
        co_await yield();
        co_await yield();
        signal.notify("a");
        co_await group.join();
    }());
    EXPECT_EQ(woken, 2);
}

TEST(Signal, ACrowdIsWokenAFewAtATimeAndOtherWorkComesInBetween) {
    EventLoop loop;
    Signal signal(loop.executor());
    TaskGroup group(loop.executor());
    constexpr int kCrowd = 100;
    int woken = 0;
    auto wait = [](Signal* hub, int* counter) -> Task<void> {
        auto subscription = hub->subscribe("a");
        *counter += co_await subscription.wait(1h) ? 1 : 0;
    };
    for (int i = 0; i < kCrowd; ++i) {
        group.spawn("one", wait(&signal, &woken));
    }
    int seen_between = 0;
    loop.run([&]() -> Task<void> {
        co_await yield();
        co_await yield();
        auto single = signal.subscribe("b");
        signal.notify("a");
        signal.notify("a");
        signal.notify("b");  // not behind the crowd
        EXPECT_TRUE(co_await single.wait(1h));
        seen_between = woken;
        co_await group.join();
    }());
    EXPECT_LT(seen_between, kCrowd / 2);
    EXPECT_EQ(woken, kCrowd);
}

TEST(Signal, OneThatLeavesWhileTheCrowdIsWokenIsLeftOut) {
    EventLoop loop;
    Signal signal(loop.executor());
    loop.run([&]() -> Task<void> {
        std::vector<Signal::Subscription> crowd;
        for (int i = 0; i < 10; ++i) {
            crowd.push_back(signal.subscribe("a"));
        }
        signal.notify("a");
        EXPECT_TRUE(crowd[9].take());
        EXPECT_FALSE(crowd[9].take());
        crowd.erase(crowd.begin() + 2, crowd.end() - 1);
        EXPECT_TRUE(co_await crowd[0].wait(1h));
        // It has taken the notification: its turn in the crowd wakes it no more.
        EXPECT_FALSE(co_await crowd.back().wait(10ms));
    }());
}

}  // namespace
}  // namespace signalbox::async
