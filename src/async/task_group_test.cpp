#include "async/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

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

}  // namespace
}  // namespace signalbox::async
