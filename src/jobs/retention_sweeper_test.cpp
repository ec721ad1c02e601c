#include "jobs/retention_sweeper.hpp"

#include "async/event_loop.hpp"
#include "jobs/testing/unused.hpp"

#include <gmock/gmock.h>

#include <set>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

store::FinishedJob finished(const std::string& id) {
    return {.id = {id}, .tenant = {"city"}};
}

// Everything is old enough; what was forgotten is listed no more.
class OldRecords final : public store::RetentionStore {
public:
    Task<Result<std::optional<Instant>>> last_submission() override { co_return submitted_at; }

    Task<Result<std::vector<store::FinishedJob>>> list_with_results(
        Instant /*before*/, std::int64_t /*limit*/
    ) override {
        co_return with_results;
    }

    Task<Result<std::vector<store::FinishedJob>>> list_with_logs(
        Instant /*before*/, std::int64_t /*limit*/
    ) override {
        co_return with_logs;
    }

    Task<Result<std::vector<store::FinishedJob>>> list_records(
        Instant /*before*/, std::int64_t /*limit*/
    ) override {
        co_return std::vector<store::FinishedJob>();
    }

    Task<Result<void>> forget_log(JobId id) override {
        logs_forgotten.push_back(id.text);
        co_return Result<void>();
    }

    Task<Result<void>> forget_record(JobId /*id*/) override { co_return Result<void>(); }

    Task<Result<std::int64_t>> purge_expired(Instant /*before*/, std::int64_t /*max_keys*/)
        override {
        ++purges;
        co_return 0;
    }

    std::optional<Instant> submitted_at;
    std::vector<store::FinishedJob> with_results;
    std::vector<store::FinishedJob> with_logs;
    std::vector<std::string> logs_forgotten;
    int purges = 0;
};

class ForgettingJobs final : public testing::UnusedJobStore {
public:
    Task<Result<void>> forget_results(std::optional<TenantId> /*tenant*/, JobId id) override {
        forgotten.push_back(id.text);
        co_return Result<void>();
    }

    std::vector<std::string> forgotten;
};

class NoScenarios final : public store::ScenarioStore {
public:
    Task<Result<void>> put_scenario(TenantId /*tenant*/, store::StoredScenario /*scenario*/)
        override {
        return testing::unused<void>();
    }

    Task<Result<store::StoredScenario>> get_scenario(TenantId /*tenant*/, std::string /*id*/)
        override {
        return testing::unused<store::StoredScenario>();
    }

    Task<Result<store::Page<store::StoredScenario>>> list_scenarios(
        TenantId /*tenant*/, store::PageRequest /*request*/
    ) override {
        return testing::unused<store::Page<store::StoredScenario>>();
    }

    Task<Result<void>> delete_scenario(TenantId /*tenant*/, std::string /*id*/) override {
        return testing::unused<void>();
    }

    Task<Result<std::vector<std::string>>> find_unreferenced(std::vector<std::string> sha256s
    ) override {
        co_return sha256s;
    }
};

class StubbornArchives final : public testing::UnusedScenarioFiles {
public:
    Task<Result<std::vector<std::string>>> list_older_than(
        Instant /*before*/, std::string after, std::size_t /*limit*/
    ) override {
        co_return after.empty() ? std::vector<std::string>{"a", "b"} : std::vector<std::string>();
    }

    Task<Result<void>> remove(std::string sha256, Instant /*before*/) override {
        if (sha256 == "a") {
            co_return fail(Code::kInternal, "BROKEN", "it cannot be removed");
        }
        removed.push_back(std::move(sha256));
        co_return Result<void>();
    }

    std::vector<std::string> removed;
};

class StubbornResults final : public testing::UnusedResultFiles {
public:
    Task<Result<void>> remove_all(TenantId /*tenant*/, JobId job) override {
        if (job.text == "stubborn") {
            co_return fail(Code::kInternal, "BROKEN", "its files cannot be removed");
        }
        co_return Result<void>();
    }
};

class RemovableLogs final : public testing::UnusedLogFiles {
public:
    Task<Result<void>> remove_all(TenantId /*tenant*/, JobId /*job*/) override {
        co_return Result<void>();
    }
};

class RetentionSweeperTest : public ::testing::Test {
protected:
    SweepReport sweep() { return loop_.run(sweeper_.sweep_once()).value(); }

    async::EventLoop loop_;
    ManualClock clock_{Instant{1'000'000h}};
    OldRecords records_;
    ForgettingJobs jobs_;
    NoScenarios scenarios_;
    StubbornArchives archives_;
    StubbornResults results_;
    RemovableLogs logs_;
    RetentionSweeper sweeper_{
        {records_, jobs_, scenarios_, archives_, results_, logs_, clock_}, {}
    };
};

TEST_F(RetentionSweeperTest, WhatCannotGoHoldsUpNothing) {
    records_.with_results = {finished("stubborn"), finished("other")};
    records_.with_logs = {finished("other")};
    const SweepReport report = sweep();
    EXPECT_THAT(jobs_.forgotten, ElementsAre("other"));
    EXPECT_THAT(records_.logs_forgotten, ElementsAre("other"));
    EXPECT_THAT(archives_.removed, ElementsAre("b"));
    EXPECT_EQ(records_.purges, 1);
    EXPECT_EQ(report.total(), 3);
}

TEST_F(RetentionSweeperTest, NothingGoesInTheHourAfterTheClockJumpedForward) {
    records_.with_results = {finished("other")};
    EXPECT_GT(sweep().total(), 0);
    clock_.step_calendar(24h * 365);
    for (int minutes = 0; minutes < 60; minutes += 10) {
        EXPECT_EQ(sweep().total(), 0) << minutes;
        clock_.advance(10min);
    }
    EXPECT_GT(sweep().total(), 0);
}

TEST_F(RetentionSweeperTest, AStartLongAfterTheLastSubmissionMayBeOneWithAWrongClock) {
    records_.with_results = {finished("other")};
    records_.submitted_at = clock_.now() - 25h;
    EXPECT_EQ(sweep().total(), 0);
    clock_.advance(1h);
    EXPECT_GT(sweep().total(), 0);
}

TEST_F(RetentionSweeperTest, AClockThatIsSetBackOrByHoursStopsNothing) {
    records_.with_results = {finished("other")};
    records_.submitted_at = clock_.now() - 23h;
    EXPECT_GT(sweep().total(), 0);
    clock_.step_calendar(12h);
    EXPECT_GT(sweep().total(), 0);
    clock_.step_calendar(-48h);
    EXPECT_GT(sweep().total(), 0);
}

}  // namespace
}  // namespace signalbox::jobs
