#include "jobs/run_drain.hpp"

#include "async/event_loop.hpp"
#include "jobs/changes.hpp"
#include "jobs/testing/unused.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

AttemptId attempt(int job) {
    return {.job = {std::to_string(job)}, .n = 1};
}

class OpenAttempts final : public testing::UnusedRunStore {
public:
    Task<Result<std::vector<store::OpenAttempt>>> list_open_attempts() override {
        std::vector<store::OpenAttempt> found;
        for (const AttemptId& id : open) {
            found.push_back({.id = id, .tenant = {"city"}});
        }
        co_return found;
    }

    Task<Result<bool>> record_beat(store::Beat /*beat*/) override { co_return false; }

    Task<Result<store::OutcomeReceipt>> record_lost(store::Epoch /*epoch*/, store::Outcome outcome)
        override {
        open.erase(outcome.attempt);
        sent_back.push_back(std::move(outcome));
        co_return store::OutcomeReceipt{};
    }

    std::set<AttemptId> open;
    std::vector<store::Outcome> sent_back;
};

/// Its workers report as soon as they are nudged, but those that do not listen. Each look takes ten
/// seconds.
class Workers final : public testing::UnusedRunner {
public:
    Workers(OpenAttempts& store, async::Signal& changes, ManualClock& clock)
        : store_(store), changes_(changes), clock_(clock) {}

    Task<Result<void>> nudge(AttemptId attempt) override {
        if (deaf.contains(attempt)) {
            co_return fail(Code::kInternal, "BROKEN", "it cannot be reached");
        }
        store_.open.erase(attempt);
        co_return Result<void>();
    }

    Task<Result<Presence>> observe(AttemptId attempt) override {
        pass_time();
        const bool stays = --alive[attempt] > 0;
        co_return stays ? Presence::kAlive : Presence::kAbsent;
    }

    Task<Result<std::vector<AttemptId>>> list_leftovers() override {
        pass_time();
        std::vector<AttemptId> left;
        for (const auto& [attempt, looks] : alive) {
            left.push_back(attempt);
        }
        co_return left;
    }

    Task<Result<void>> clean_up(AttemptId attempt) override {
        alive.erase(attempt);
        cleaned.push_back(std::move(attempt));
        co_return Result<void>();
    }

    std::set<AttemptId> deaf;
    std::map<AttemptId, int> alive;  ///< for so many looks
    std::vector<AttemptId> cleaned;

private:
    void pass_time() {
        clock_.advance(10s);
        changes_.notify(kDispatchHint);
    }

    OpenAttempts& store_;
    async::Signal& changes_;
    ManualClock& clock_;
};

class RunDrainTest : public ::testing::Test {
protected:
    void end_runs(std::chrono::milliseconds grace) { loop_.run(drain_.end_runs(grace)); }

    async::EventLoop loop_;
    ManualClock clock_{Instant{1000h}};
    async::Signal changes_{loop_.executor()};
    Metrics metrics_;
    RunProbe probe_{metrics_};
    OpenAttempts store_;
    Workers runner_{store_, changes_, clock_};
    testing::UnusedScenarioFiles archives_;
    testing::UnusedResultFiles results_;
    testing::UnusedLogFiles logs_;
    WorkerService workers_{{store_, archives_, results_, logs_, changes_, clock_, probe_}};
    RunDrain drain_{{store_, runner_, workers_, changes_, clock_}, {.number = 1}};
};

TEST_F(RunDrainTest, WhatReportsInTimeEndsAsItSays) {
    store_.open = {attempt(1), attempt(2)};
    end_runs(0s);
    EXPECT_THAT(store_.open, IsEmpty());
    EXPECT_THAT(store_.sent_back, IsEmpty());
}

TEST_F(RunDrainTest, EveryBeatIsToldToStop) {
    end_runs(0s);
    const auto order =
        loop_.run(workers_.beat({.id = attempt(1)}, {.phase = store::RunPhase::kRunning}));
    ASSERT_TRUE(order);
    EXPECT_EQ(order->reason, "SHUTDOWN");
}

TEST_F(RunDrainTest, WhatDoesNotEndInTimeGoesBackAndIsCleanedUp) {
    store_.open = {attempt(1), attempt(2), attempt(3)};
    runner_.deaf = {attempt(1), attempt(3)};
    auto watchers = changes_.subscribe(job_hint({"1"}));
    end_runs(0s);
    ASSERT_EQ(store_.sent_back.size(), 2U);
    EXPECT_EQ(store_.sent_back[0].attempt, attempt(1));
    EXPECT_EQ(store_.sent_back[0].verdict.reason, model::Reason::kInterrupted);
    EXPECT_TRUE(store_.sent_back[0].shutdown);
    EXPECT_THAT(runner_.cleaned, UnorderedElementsAre(attempt(1), attempt(3)));
    EXPECT_TRUE(watchers.take());
}

TEST_F(RunDrainTest, AWorkerThatHasReportedIsWaitedFor) {
    runner_.alive[attempt(1)] = 3;
    end_runs(100s);
    EXPECT_EQ(runner_.alive[attempt(1)], 0);
    EXPECT_THAT(runner_.cleaned, IsEmpty());
}

TEST_F(RunDrainTest, AWorkerThatStaysForGoodIsLeftToTheNextStart) {
    runner_.alive[attempt(1)] = 1000;
    end_runs(30s);
    EXPECT_GT(runner_.alive[attempt(1)], 900);
    EXPECT_THAT(store_.sent_back, IsEmpty());
}

}  // namespace
}  // namespace signalbox::jobs
