// What the dispatcher does when starts fail and when runs deliver; all else of it is shown by
// tests/simulation and e2e_queue.
#include "jobs/dispatcher.hpp"

#include "async/event_loop.hpp"
#include "jobs/changes.hpp"
#include "jobs/testing/unused.hpp"

#include <gtest/gtest.h>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;

/// A tenant whose queue never ends.
class EndlessQueue final : public testing::UnusedRunStore {
public:
    Task<Result<std::vector<JobId>>> promote_queued(
        store::Epoch /*epoch*/, std::int64_t /*max_jobs*/, Instant /*now*/
    ) override {
        co_return std::vector<JobId>();
    }

    Task<Result<std::vector<store::OpenAttempt>>> list_open_attempts() override { co_return open; }

    Task<Result<std::vector<store::ReadyTenant>>> list_ready(Instant /*now*/) override {
        co_return std::vector<store::ReadyTenant>{{.tenant = {"city"}}};
    }

    Task<Result<std::optional<store::ClaimedAttempt>>> claim_next(
        store::Epoch /*epoch*/, store::Claim claim
    ) override {
        store::ClaimedAttempt claimed;
        claimed.id = {.job = {std::to_string(++claims)}, .n = 1};
        claimed.tenant = claim.tenant;
        open.push_back({.id = claimed.id, .tenant = claim.tenant});
        co_return std::move(claimed);
    }

    Task<Result<store::OutcomeReceipt>> record_lost(store::Epoch /*epoch*/, store::Outcome outcome)
        override {
        EXPECT_EQ(outcome.verdict.reason, model::Reason::kStartFailed);
        std::erase_if(open, [&](const auto& attempt) { return attempt.id == outcome.attempt; });
        co_return store::OutcomeReceipt{};
    }

    int claims = 0;
    std::vector<store::OpenAttempt> open;
};

class OneMachine final : public testing::UnusedRunner {
public:
    Task<Result<void>> start(StartRequest /*request*/) override {
        if (!can_start) {
            in_the_way = "nothing can be started";
            co_return fail(Code::kInternal, "BROKEN", "no process can be made");
        }
        co_return Result<void>();
    }

    [[nodiscard]] std::int64_t slots() const override { return 3; }

    Task<std::string> find_obstacle() override { co_return in_the_way; }

    bool can_start = true;
    std::string in_the_way;
};

class DispatcherTest : public ::testing::Test {
protected:
    int claims_of_a_pass() {
        const int before = store_.claims;
        EXPECT_TRUE(loop_.run(dispatcher_.dispatch_once()));
        return store_.claims - before;
    }

    async::EventLoop loop_;
    ManualClock clock_{Instant{1000h}};
    SeededRandom random_{1};
    async::Signal changes_{loop_.executor()};
    Metrics metrics_;
    RunProbe probe_{metrics_};
    EndlessQueue store_;
    OneMachine machine_;
    Dispatcher dispatcher_{
        {store_, machine_, changes_, clock_, random_, probe_}, {.number = 1}, {}
    };
};

TEST_F(DispatcherTest, AnObstacleKeepsJobsWaitingUntilItIsGone) {
    machine_.in_the_way = "the disk is full";
    EXPECT_EQ(claims_of_a_pass(), 0);
    machine_.in_the_way = "";
    EXPECT_EQ(claims_of_a_pass(), 3);
}

TEST_F(DispatcherTest, WhatOnlyDeliversLeavesItsSlotButTakesPartInABound) {
    ASSERT_EQ(claims_of_a_pass(), 3);
    EXPECT_EQ(claims_of_a_pass(), 0);
    store_.open[0].phase = store::RunPhase::kUploading;
    EXPECT_EQ(claims_of_a_pass(), 1);
    for (store::OpenAttempt& attempt : store_.open) {
        attempt.phase = store::RunPhase::kUploading;
    }
    EXPECT_EQ(claims_of_a_pass(), 2);  // six at most, whatever they do
}

TEST_F(DispatcherTest, AFailedStartAsksForNoFurtherPass) {
    auto hints = changes_.subscribe(kDispatchHint);
    auto watchers = changes_.subscribe(job_hint({"1"}));
    machine_.can_start = false;
    EXPECT_EQ(claims_of_a_pass(), 1);
    EXPECT_TRUE(watchers.take());
    EXPECT_FALSE(hints.take());
}

TEST_F(DispatcherTest, APassEndsWhenAFailedStartIsAnObstacle) {
    machine_.can_start = false;
    EXPECT_EQ(claims_of_a_pass(), 1);
    EXPECT_EQ(claims_of_a_pass(), 0);
}

}  // namespace
}  // namespace signalbox::jobs
