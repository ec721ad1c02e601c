// The one suite every implementation of the stores passes: its fixture and its vocabulary.
//
// An implementation instantiates StoreSuite with a way to make itself (sqlite/sqlite_suite_test.cpp
// shows it); the tests stand in *_suite_test.cpp. Each test has a store of its own, a clock that
// stands still, and one event loop that runs while a task is awaited.
//
// Threads: the test's.  Suspends: never.  Errors: an unexpected one fails the test.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/event_loop.hpp"
#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "store/job_store.hpp"
#include "store/retention_store.hpp"
#include "store/run_store.hpp"
#include "store/scenario_store.hpp"
#include "store/tenant_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace signalbox::store {

class StoreUnderTest {
public:
    virtual ~StoreUnderTest() = default;
    virtual JobStore& jobs() = 0;
    virtual RunStore& runs() = 0;
    virtual TenantStore& tenants() = 0;
    virtual ScenarioStore& scenarios() = 0;
    virtual RetentionStore& retention() = 0;

    /// Closes the store and opens it again on the same records.
    virtual void reopen() = 0;
};

struct StoreMaker {
    std::string name;
    std::function<std::unique_ptr<StoreUnderTest>(Executor, async::BlockingPool&)> make;
};

inline std::ostream& operator<<(std::ostream& out, const StoreMaker& maker) {
    return out << maker.name;
}

class StoreSuite : public ::testing::TestWithParam<StoreMaker> {
protected:
    StoreSuite() : store(GetParam().make(loop.executor(), pool)) {}

    ~StoreSuite() override { store.reset(); }

    /// Its value; an error fails the test.
    template <class T>
    T get(Task<Result<T>> task);

    /// Its error; a value fails the test.
    template <class T>
    Error refusal(Task<Result<T>> task);

    TenantId add_tenant(const std::string& name, model::TenantLimits limits = {});

    Submission submission(
        const TenantId& tenant, model::OnLimit on_limit = model::OnLimit::kReject
    );

    /// Submits a job that must be taken in.
    JobId submit(const TenantId& tenant, model::OnLimit on_limit = model::OnLimit::kReject);
    JobId submit(Submission submission);

    /// Opens an attempt of the tenant's next job; nothing ready fails the test.
    ClaimedAttempt claim(const TenantId& tenant);
    std::optional<ClaimedAttempt> try_claim(const TenantId& tenant);

    /// A beat in this phase; returns whether a cancel was requested.
    bool beat(const AttemptId& attempt, RunPhase phase = RunPhase::kRunning);

    OutcomeReceipt finish(
        const AttemptId& attempt, model::Reason reason = model::Reason::kCompleted
    );
    Outcome outcome(const AttemptId& attempt, model::Reason reason);

    model::Job job(const JobId& id);
    std::vector<JobId> promote(std::int64_t max_jobs = 1000);
    std::vector<std::string> history_words(const JobId& id);

    /// The dispatcher's epoch, begun when first needed.
    Epoch epoch();

    void advance(std::chrono::milliseconds by) { clock.advance(by); }

    async::EventLoop loop;
    async::BlockingPool pool{2};
    ManualClock clock{Instant(std::chrono::hours(24 * 365 * 50))};
    SeededRandom random{1};
    UuidGenerator ids{clock, random};
    std::unique_ptr<StoreUnderTest> store;

private:
    std::optional<Epoch> epoch_;
};

template <class T>
T StoreSuite::get(Task<Result<T>> task) {
    Result<T> result = loop.run(std::move(task));
    if (!result) {
        throw std::runtime_error(result.error().word() + ": " + result.error().message());
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

template <class T>
Error StoreSuite::refusal(Task<Result<T>> task) {
    Result<T> result = loop.run(std::move(task));
    if (result) {
        throw std::runtime_error("expected an error");
    }
    return std::move(result).error();
}

}  // namespace signalbox::store
