#include "jobs/reconciler.hpp"

#include "async/event_loop.hpp"
#include "jobs/testing/unused.hpp"

#include <gmock/gmock.h>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

AttemptId attempt(int job) {
    return {.job = {"job " + std::to_string(job)}, .n = 1};
}

class OpenAttempts final : public testing::UnusedRunStore {
public:
    Task<Result<std::vector<store::OpenAttempt>>> list_open_attempts() override {
        std::vector<store::OpenAttempt> found;
        for (const AttemptId& id : open) {
            found.push_back({.id = id, .tenant = {"city"}, .phase = phase});
        }
        co_return found;
    }

    Task<Result<store::OutcomeReceipt>> record_lost(store::Epoch /*epoch*/, store::Outcome outcome)
        override {
        if (fenced) {
            co_return fail(Code::kGone, "EPOCH_OVER", "another one dispatches");
        }
        std::erase(open, outcome.attempt);
        lost.push_back(std::move(outcome));
        co_return store::OutcomeReceipt{};
    }

    std::vector<AttemptId> open;
    store::RunPhase phase = store::RunPhase::kStarting;
    std::vector<store::Outcome> lost;
    bool fenced = false;
};

class ScriptedRunner final : public testing::UnusedRunner {
public:
    Task<Result<void>> nudge(AttemptId /*attempt*/) override { co_return Result<void>(); }

    Task<Result<Presence>> observe(AttemptId attempt) override {
        if (unreadable.contains(attempt)) {
            co_return fail(Code::kInternal, "BROKEN", "its directory cannot be read");
        }
        if (slow_clock != nullptr) {
            slow_clock->advance(61s);
        }
        const auto found = presences.find(attempt);
        co_return found == presences.end() ? Presence::kAbsent : found->second;
    }

    Task<Result<void>> redeliver(AttemptId attempt) override {
        redelivered.push_back(std::move(attempt));
        if (!can_spawn) {
            co_return fail(Code::kInternal, "BROKEN", "no process can be made");
        }
        co_return Result<void>();
    }

    Task<Result<void>> clean_up(AttemptId attempt) override {
        cleaned.push_back(std::move(attempt));
        co_return Result<void>();
    }

    Task<Result<std::vector<AttemptId>>> list_leftovers() override { co_return leftovers; }

    std::map<AttemptId, Presence> presences;
    std::set<AttemptId> unreadable;
    std::vector<AttemptId> leftovers;
    std::vector<AttemptId> redelivered;
    std::vector<AttemptId> cleaned;
    bool can_spawn = true;
    ManualClock* slow_clock = nullptr;  ///< each answer takes a minute of it
};

class ReconcilerTest : public ::testing::Test {
protected:
    Result<void> pass() { return loop_.run(reconciler_.reconcile_once()); }

    // Of an attempt that is seen so twice, and is not given up before the second time.
    store::Outcome outcome_after_a_minute_of(Presence presence) {
        store_.open = {attempt(1)};
        runner_.presences[attempt(1)] = presence;
        EXPECT_TRUE(pass());
        EXPECT_THAT(store_.lost, IsEmpty());
        clock_.advance(60s);
        EXPECT_TRUE(pass());
        return store_.lost.empty() ? store::Outcome{} : store_.lost.front();
    }

    async::EventLoop loop_;
    ManualClock clock_{Instant{1000h}};
    async::Signal changes_{loop_.executor()};
    Metrics metrics_;
    RunProbe probe_{metrics_};
    OpenAttempts store_;
    ScriptedRunner runner_;
    Reconciler reconciler_{{store_, runner_, changes_, clock_, probe_}, {.number = 1}, {}};
};

TEST_F(ReconcilerTest, ARunIsLostWhenItsWorkerWasAwayForAMinuteOnEnd) {
    store_.open = {attempt(1)};
    ASSERT_TRUE(pass());
    clock_.advance(50s);
    runner_.presences[attempt(1)] = Presence::kAlive;
    ASSERT_TRUE(pass());
    runner_.presences.clear();
    ASSERT_TRUE(pass());
    clock_.advance(59s);
    ASSERT_TRUE(pass());
    EXPECT_THAT(store_.lost, IsEmpty());
    clock_.advance(1s);
    ASSERT_TRUE(pass());
    ASSERT_EQ(store_.lost.size(), 1U);
    EXPECT_EQ(store_.lost[0].verdict.reason, model::Reason::kWorkerLost);
}

TEST_F(ReconcilerTest, ARunThatNobodyStartedGoesBackToTheQueue) {
    const store::Outcome outcome = outcome_after_a_minute_of(Presence::kUnstarted);
    EXPECT_EQ(outcome.verdict.reason, model::Reason::kInterrupted);
    EXPECT_TRUE(outcome.shutdown);
}

// Its directory may be gone: a backup that was restored has none.
TEST_F(ReconcilerTest, ARunThatHasBeatenWasStarted) {
    store_.phase = store::RunPhase::kRunning;
    const store::Outcome outcome = outcome_after_a_minute_of(Presence::kUnstarted);
    EXPECT_EQ(outcome.verdict.reason, model::Reason::kWorkerLost);
    EXPECT_FALSE(outcome.shutdown);
}

TEST_F(ReconcilerTest, AClockThatIsSetLosesNoRun) {
    store_.open = {attempt(1)};
    ASSERT_TRUE(pass());
    clock_.step_calendar(24h);
    ASSERT_TRUE(pass());
    clock_.step_calendar(-48h);
    ASSERT_TRUE(pass());
    EXPECT_THAT(store_.lost, IsEmpty());
}

// The run may have begun since it was looked at.
TEST_F(ReconcilerTest, AnAnswerThatWasLongUnderWayIsOfTheTimeOfItsQuestion) {
    store_.open = {attempt(1)};
    ASSERT_TRUE(pass());
    runner_.slow_clock = &clock_;
    ASSERT_TRUE(pass());
    EXPECT_THAT(store_.lost, IsEmpty());
    ASSERT_TRUE(pass());
    EXPECT_EQ(store_.lost.size(), 1U);
}

TEST_F(ReconcilerTest, OneBadRunHoldsUpNeitherTheOthersNorTheCleaning) {
    store_.open = {attempt(1), attempt(2), attempt(3)};
    runner_.unreadable = {attempt(1)};
    runner_.presences[attempt(2)] = Presence::kUndelivered;
    runner_.can_spawn = false;
    runner_.leftovers = {attempt(2), attempt(9)};
    ASSERT_TRUE(pass());
    clock_.advance(60s);
    ASSERT_TRUE(pass());
    ASSERT_EQ(store_.lost.size(), 1U);
    EXPECT_EQ(store_.lost[0].attempt, attempt(3));
    EXPECT_THAT(runner_.cleaned, ElementsAre(attempt(9), attempt(9)));
}

TEST_F(ReconcilerTest, AVerdictThatIsNeverTakenInIsGivenUpAfterAnHour) {
    store_.open = {attempt(1)};
    runner_.presences[attempt(1)] = Presence::kUndelivered;
    ASSERT_TRUE(pass());
    EXPECT_THAT(runner_.redelivered, ElementsAre(attempt(1)));
    // The worker that tries again does not begin the hour anew.
    clock_.advance(30min);
    runner_.presences[attempt(1)] = Presence::kAlive;
    ASSERT_TRUE(pass());
    runner_.presences[attempt(1)] = Presence::kUndelivered;
    clock_.advance(30min - 1s);
    ASSERT_TRUE(pass());
    EXPECT_THAT(store_.lost, IsEmpty());
    clock_.advance(1s);
    ASSERT_TRUE(pass());
    ASSERT_EQ(store_.lost.size(), 1U);
    EXPECT_EQ(store_.lost[0].verdict.reason, model::Reason::kWorkerLost);
    EXPECT_THAT(store_.lost[0].verdict.error, HasSubstr("could not be taken in within 1 h"));
}

TEST_F(ReconcilerTest, OneThatWasTakenOverFromStops) {
    store_.open = {attempt(1)};
    store_.fenced = true;
    ASSERT_TRUE(pass());
    clock_.advance(60s);
    const auto fenced = pass();
    ASSERT_FALSE(fenced);
    EXPECT_EQ(fenced.error().code(), Code::kGone);
}

}  // namespace
}  // namespace signalbox::jobs
