#include "async/task_group.hpp"

#include "async/blocking_pool.hpp"
#include "async/signal.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace signalbox::async {
namespace {

using namespace std::chrono_literals;

// Runs one coroutine to its end on a loop of its own.
template <class Body>
void run(boost::asio::io_context& loop, Body body) {
    bool ended = false;
    boost::asio::co_spawn(loop, body(), [&ended](const std::exception_ptr& problem) {
        ended = true;
        if (problem) {
            std::rethrow_exception(problem);
        }
    });
    loop.run();
    loop.restart();
    ASSERT_TRUE(ended);
}

Task<void> sleep_long(bool& cleaned_up) {
    struct OnExit {
        bool& flag;

        ~OnExit() { flag = true; }
    };

    const OnExit on_exit{cleaned_up};
    co_await sleep_for(1h);
}

TEST(TaskGroup, CancelEndsWhatSleepsAndJoinWaitsForIt) {
    boost::asio::io_context loop;
    TaskGroup group(loop.get_executor());
    bool first = false;
    bool second = false;
    group.spawn("first", sleep_long(first));
    run(loop, [&]() -> Task<void> {
        co_await yield();
        group.spawn("second", sleep_long(second));
        group.cancel();
        co_await group.join();
    });
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, OneTaskCanBeCancelledAlone) {
    boost::asio::io_context loop;
    TaskGroup group(loop.get_executor());
    bool first = false;
    bool second = false;
    const TaskGroup::TaskId chosen = group.spawn("first", sleep_long(first));
    group.spawn("second", sleep_long(second));
    run(loop, [&]() -> Task<void> {
        co_await yield();
        group.cancel(chosen);
        while (group.size() > 1) {
            co_await yield();
        }
        EXPECT_TRUE(first);
        EXPECT_FALSE(second);
        group.cancel(chosen);
        group.cancel();
        co_await group.join();
    });
    EXPECT_TRUE(second);
}

Task<void> throw_a_bug() {
    throw std::runtime_error("a bug");
    co_return;
}

TEST(TaskGroup, OneTasksBugDoesNotEndTheOthers) {
    boost::asio::io_context loop;
    TaskGroup group(loop.get_executor());
    int done = 0;
    auto count = [](int* counter) -> Task<void> {
        co_await sleep_for(1ms);
        ++*counter;
    };
    group.spawn("bug", throw_a_bug());
    group.spawn("count", count(&done));
    run(loop, [&]() -> Task<void> { co_await group.join(); });
    EXPECT_EQ(done, 1);
}

TEST(Signal, ANotificationBetweenLookingAndWaitingIsNotLost) {
    boost::asio::io_context loop;
    Signal signal(loop.get_executor());
    run(loop, [&]() -> Task<void> {
        auto subscription = signal.subscribe("a");
        signal.notify("a");
        EXPECT_TRUE(co_await subscription.wait(1h));
        EXPECT_FALSE(co_await subscription.wait(1ms));
        signal.notify("b");
        EXPECT_FALSE(co_await subscription.wait(1ms));
    });
}

TEST(Signal, WakesEveryOneThatWaitsForTheKey) {
    boost::asio::io_context loop;
    Signal signal(loop.get_executor());
    TaskGroup group(loop.get_executor());
    int woken = 0;
    auto wait = [](Signal* hub, int* counter) -> Task<void> {
        auto subscription = hub->subscribe("a");
        *counter += co_await subscription.wait(1h) ? 1 : 0;
    };
    group.spawn("one", wait(&signal, &woken));
    group.spawn("two", wait(&signal, &woken));
    run(loop, [&]() -> Task<void> {
        co_await yield();
        co_await yield();
        signal.notify("a");
        co_await group.join();
    });
    EXPECT_EQ(woken, 2);
}

TEST(Signal, ACrowdIsWokenAFewAtATimeAndOtherWorkComesInBetween) {
    boost::asio::io_context loop;
    Signal signal(loop.get_executor());
    TaskGroup group(loop.get_executor());
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
    run(loop, [&]() -> Task<void> {
        co_await yield();
        co_await yield();
        auto single = signal.subscribe("b");
        signal.notify("a");
        signal.notify("a");
        signal.notify("b");  // not behind the crowd
        EXPECT_TRUE(co_await single.wait(1h));
        seen_between = woken;
        co_await group.join();
    });
    EXPECT_LT(seen_between, kCrowd / 2);
    EXPECT_EQ(woken, kCrowd);
}

TEST(Signal, OneThatLeavesWhileTheCrowdIsWokenIsLeftOut) {
    boost::asio::io_context loop;
    Signal signal(loop.get_executor());
    run(loop, [&]() -> Task<void> {
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
    });
}

TEST(BlockingPool, RunsOnAnotherThreadAndBringsTheResultBack) {
    boost::asio::io_context loop;
    BlockingPool pool(2);
    run(loop, [&]() -> Task<void> {
        const auto here = std::this_thread::get_id();
        const auto there = co_await pool.run([] { return std::this_thread::get_id(); });
        EXPECT_NE(here, there);
        EXPECT_EQ(std::this_thread::get_id(), here);
        EXPECT_THROW(
            co_await pool.run([]() -> int { throw std::runtime_error("bad"); }), std::runtime_error
        );
    });
}

}  // namespace
}  // namespace signalbox::async
