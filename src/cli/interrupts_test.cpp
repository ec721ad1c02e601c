#include "cli/interrupts.hpp"

#include <gtest/gtest.h>

#include <signal.h>

namespace signalbox::cli {
namespace {

void (*handler_of(int number))(int) {
    struct sigaction action{};
    sigaction(number, nullptr, &action);
    return action.sa_handler;
}

Task<void> stop(Interrupts& interrupts) {
    co_await interrupts.stop();
}

TEST(Interrupts, LeavesASignalIgnoredThatWasIgnored) {
    // Whatever this test was started with.
    const auto interrupt_before = signal(SIGINT, SIG_DFL);
    const auto hangup_before = signal(SIGHUP, SIG_IGN);
    boost::asio::io_context loop;
    Interrupts interrupts(loop.get_executor());
    ASSERT_TRUE(interrupts.catch_signals().has_value());
    EXPECT_EQ(handler_of(SIGHUP), SIG_IGN);
    EXPECT_NE(handler_of(SIGINT), SIG_DFL);

    async::TaskGroup group(loop.get_executor());
    group.spawn("stop", stop(interrupts));
    while (group.size() > 0 && loop.run_one() > 0) {
    }
    EXPECT_EQ(handler_of(SIGHUP), SIG_IGN);
    EXPECT_EQ(handler_of(SIGINT), SIG_DFL);
    signal(SIGINT, interrupt_before);
    signal(SIGHUP, hangup_before);
}

}  // namespace
}  // namespace signalbox::cli
