#include "async/blocking_pool.hpp"

#include "async/event_loop.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace signalbox::async {
namespace {

TEST(BlockingPool, RunsOnAnotherThreadAndBringsTheResultBack) {
    EventLoop loop;
    BlockingPool pool(2);
    loop.run([&]() -> Task<void> {
        const auto here = std::this_thread::get_id();
        const auto there = co_await pool.run([] { return std::this_thread::get_id(); });
        EXPECT_NE(here, there);
        EXPECT_EQ(std::this_thread::get_id(), here);
        EXPECT_THROW(
            co_await pool.run([]() -> int { throw std::runtime_error("bad"); }), std::runtime_error
        );
    }());
}

}  // namespace
}  // namespace signalbox::async
