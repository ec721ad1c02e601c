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

// Waits once, and writes down when it was woken.
Task<void> wait_in_turn(Signal* signal, std::string key, std::vector<std::string>* woken) {
    auto subscription = signal->subscribe(key);
    if (co_await subscription.wait(1h)) {
        woken->push_back(key);
    }
}

TEST(Signal, ACrowdIsWokenInTurnsAndOneAloneAtOnce) {
    EventLoop loop;
    Signal signal(loop.executor());
    TaskGroup group(loop.executor());
    constexpr std::size_t kCrowd = 100;
    std::vector<std::string> woken;
    for (std::size_t i = 0; i < kCrowd; ++i) {
        group.spawn("one of many", wait_in_turn(&signal, "crowd", &woken));
    }
    group.spawn("alone", wait_in_turn(&signal, "alone", &woken));
    loop.run([&]() -> Task<void> {
        co_await yield();
        co_await yield();
        signal.notify("crowd");
        signal.notify("crowd");
        signal.notify("alone");
        co_await group.join();
    }());
    ASSERT_EQ(woken.size(), kCrowd + 1);
    const auto alone = std::ranges::find(woken, "alone") - woken.begin();
    EXPECT_LT(alone, 5);
}

TEST(Signal, OneThatLeavesWhileTheCrowdIsWokenIsLeftOut) {
    EventLoop loop;
    Signal signal(loop.executor());
    TaskGroup group(loop.executor());
    std::vector<std::string> woken;
    const auto wait = [&] { return wait_in_turn(&signal, "crowd", &woken); };
    loop.run([&]() -> Task<void> {
        group.spawn("first", wait());
        {
            TaskGroup leaving(loop.executor());
            for (int i = 0; i < 10; ++i) {
                leaving.spawn("leaves", wait());
            }
            group.spawn("last", wait());
            co_await yield();
            co_await yield();
            signal.notify("crowd");
            leaving.cancel();
            co_await leaving.join();
        }
        co_await group.join();
    }());
    EXPECT_GE(woken.size(), 2U);
    EXPECT_LT(woken.size(), 12U) << "who was cancelled was woken all the same";
}

TEST(Signal, TakesANotificationWithoutWaiting) {
    EventLoop loop;
    Signal signal(loop.executor());
    loop.run([&]() -> Task<void> {
        auto one = signal.subscribe("a");
        auto other = signal.subscribe("a");
        signal.notify("a");
        EXPECT_TRUE(one.take());
        EXPECT_FALSE(one.take());
        EXPECT_TRUE(co_await other.wait(1h));
        EXPECT_FALSE(co_await one.wait(10ms));
    }());
}

}  // namespace
}  // namespace signalbox::async
