// Every statement the stores run finds its rows by an index.
//
// All of them are run once, on a database without `sqlite_stat1`: there the planner knows nothing
// of how many rows there are, so the plans are those of a million rows.
#include "async/event_loop.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_job_store.hpp"
#include "store/sqlite/sqlite_retention_store.hpp"
#include "store/sqlite/sqlite_run_store.hpp"
#include "store/sqlite/sqlite_scenario_store.hpp"
#include "store/sqlite/sqlite_tenant_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <type_traits>

namespace signalbox::store::sqlite {
namespace {

using namespace std::chrono_literals;
using model::JobStatus;
using model::Reason;

// Tables that grow with every job.
// The letters are what jobs, attempts and keys are called in joins.
constexpr std::array<std::string_view, 8> kLarge{
    "jobs", "attempts", "result_files", "history", "idempotency_keys", "j", "a", "k"
};
// Partial indexes that hold only what waits or runs now: bounded by limits and slots.
constexpr std::array<std::string_view, 3> kSmallIndexes{
    "jobs_waiting", "attempts_open", "jobs_active"
};

class QueryPlans : public ::testing::Test {
protected:
    template <class T>
    T get(Task<Result<T>> task) {
        Result<T> result = loop.run(std::move(task));
        if (!result) {
            throw std::runtime_error(result.error().message());
        }
        if constexpr (!std::is_void_v<T>) {
            return *std::move(result);
        }
    }

    template <class T>
    void expect_error(Task<Result<T>> task) {
        EXPECT_FALSE(loop.run(std::move(task)));
    }

    JobId submit(const std::string& key = "") {
        Submission submission;
        submission.id.text = ids.next();
        submission.tenant = city;
        submission.spec.scenario_id = "s";
        submission.spec.scenario.sha256 = std::string(64, 'a');
        submission.on_limit = model::OnLimit::kQueue;
        submission.now = now;
        if (!key.empty()) {
            submission.idempotency = IdempotencyKey{.key = key, .fingerprint = "f"};
        }
        return get(jobs.submit(std::move(submission))).id;
    }

    AttemptId claim() {
        Claim claim{.tenant = city, .token_hash = ids.next(), .where = "local", .now = now};
        return get(runs.claim_next(epoch, std::move(claim)))->id;
    }

    Outcome outcome(const AttemptId& attempt, Reason reason) {
        Outcome outcome{.attempt = attempt, .verdict = {}, .verdict_hash = "h", .now = now};
        outcome.verdict.reason = reason;
        outcome.verdict.files = {{.path = "a", .size_bytes = 1, .sha256 = "0"}};
        return outcome;
    }

    void use_tenants_and_keys();
    void use_scenarios();
    void use_lists();
    void use_runs();
    void use_retention();

    std::set<std::string> all_statements() {
        std::set<std::string> texts;
        const auto gather = [&texts](const std::vector<std::string>& found) {
            texts.insert(found.begin(), found.end());
        };
        const auto statements = [](Connection& connection) {
            return Result<std::vector<std::string>>(connection.statements());
        };
        gather(get(database->write(statements)));
        gather(get(database->read(statements)));
        gather(get(database->look_up(statements)));
        return texts;
    }

    std::vector<std::string> plan_of(const std::string& sql) {
        return get(database->look_up([&](Connection& connection) {
            Query query = connection.query("EXPLAIN QUERY PLAN " + sql);
            Result<std::vector<std::string>> steps{std::in_place};
            while (query.next().value()) {
                steps->push_back(query.text(3));
            }
            return steps;
        }));
    }

    testing::TemporaryDirectory directory;
    async::EventLoop loop;
    async::BlockingPool pool{1};  // one thread: one connection reads
    ManualClock clock{Instant(std::chrono::hours(24 * 365 * 50))};
    SeededRandom random{1};
    UuidGenerator ids{clock, random};
    std::unique_ptr<SqliteDatabase> database =
        SqliteDatabase::open(loop.executor(), pool, directory.path() / "records.db").value();
    SqliteJobStore jobs{*database};
    SqliteRunStore runs{*database, {}};
    SqliteTenantStore tenants{*database};
    SqliteScenarioStore scenarios{*database};
    SqliteRetentionStore retention{*database};
    Instant now = clock.now();
    TenantId city{"city"};
    Epoch epoch;
};

void QueryPlans::use_tenants_and_keys() {
    model::Tenant tenant;
    tenant.id = city;
    tenant.limits.max_concurrent_jobs = 3;
    NewKey key;
    key.key.tenant = city;
    key.key.id.text = "k";
    key.hash = "hash";
    get(tenants.add_tenant(tenant, key));
    get(tenants.get_tenant(city));
    get(tenants.list_tenants({}));
    get(tenants.change_tenant(city, {}));
    key.key.id.text = "k2";
    key.hash = "hash2";
    get(tenants.rotate_tenant_key(city, key, now));
    key.key.id.text = "k3";
    key.hash = "hash3";
    get(tenants.add_key(key));
    get(tenants.list_keys({}));
    get(tenants.find_key("hash", now));
    get(tenants.delete_key({"k3"}));
    get(tenants.set_admin_key("admin", now));
    get(tenants.has_admin_key());
}

void QueryPlans::use_scenarios() {
    StoredScenario scenario;
    scenario.scenario_id = "port";
    scenario.ref.sha256 = std::string(64, 'b');
    get(scenarios.put_scenario(city, scenario));
    get(scenarios.get_scenario(city, "port"));
    get(scenarios.list_scenarios(city, {}));
    get(scenarios.find_unreferenced({std::string(64, 'b')}));
    get(scenarios.delete_scenario(city, "port"));
}

void QueryPlans::use_lists() {
    for (const bool of_tenant : {false, true}) {
        const auto tenant = of_tenant ? std::optional(city) : std::nullopt;
        for (const bool by_status : {false, true}) {
            for (const bool by_scenario : {false, true}) {
                JobFilter filter{.tenant = tenant, .status = {}, .scenario_id = {}};
                filter.status = by_status ? std::optional(JobStatus::kQueued) : std::nullopt;
                // Only tenants are offered this filter, for their own jobs.
                filter.scenario_id = by_scenario && of_tenant ? std::optional("s") : std::nullopt;
                get(jobs.list_jobs(filter, {.limit = 50}, true));
                get(jobs.list_jobs(filter, {.limit = 50, .after = "~"}, true));
            }
        }
        get(jobs.find_ids(tenant, "abcd", 6));
        get(jobs.count_by_status(tenant));
    }
    get(jobs.submissions_per_minute(60, now));
    get(jobs.oldest_queued());
    get(jobs.get_usage(city));
}

void QueryPlans::use_runs() {
    epoch = get(runs.begin_epoch("test", now));
    const JobId first = submit("key");
    EXPECT_EQ(submit("key"), first);
    get(jobs.find_replay(city, {.key = "key", .fingerprint = "f"}, now));
    const JobId second = submit();
    const JobId third = submit();
    const JobId queued = submit();
    for (const JobId& id : {first, queued}) {
        get(jobs.get_queue_place(id));
        get(jobs.get_history(id));
    }
    get(runs.list_ready(now));
    get(runs.next_ready_at(now));
    const AttemptId attempt = claim();
    get(runs.record_beat({.attempt = attempt, .phase = RunPhase::kRunning, .now = now}));
    get(runs.list_open_attempts());
    get(runs.record_outcome(outcome(attempt, Reason::kCompleted)));
    get(runs.record_lost(epoch, outcome(claim(), Reason::kWorkerLost)));
    get(runs.promote_queued(epoch, 10, now));
    get(jobs.request_cancel(city, second, now));
    const AttemptId open = claim();
    get(jobs.request_cancel(city, open.job, now));
    expect_error(runs.find_attempt("token"));
    get(jobs.get_job(city, first));
    get(jobs.set_pinned(city, third, true));
    get(jobs.set_pinned(city, third, false));
}

void QueryPlans::use_retention() {
    const Instant later = now + 1h;
    get(retention.last_submission());
    get(retention.list_with_results(later, 10));
    get(retention.list_with_logs(later, 10));
    const auto finished = get(retention.list_records(later, 10));
    ASSERT_FALSE(finished.empty());
    get(jobs.forget_results(city, finished.front().id));
    get(retention.forget_log(finished.front().id));
    get(retention.forget_record(finished.front().id));
    get(retention.purge_expired(later, 10));
    expect_error(tenants.delete_tenant(city, now));
    NewKey key;
    key.key.id.text = "idle";
    get(tenants.add_tenant({.id = {"idle"}}, key));
    get(tenants.delete_tenant({"idle"}, now));
}

bool reads_or_writes_rows(const std::string& sql) {
    constexpr std::array<std::string_view, 4> kVerbs{"SELECT", "INSERT", "UPDATE", "DELETE"};
    return std::ranges::any_of(kVerbs, [&](std::string_view verb) {
        return sql.starts_with(verb);
    });
}

// A step that reads all of a table, or all of an index, that grows with every job.
bool reads_all_of_a_large_table(const std::string& step) {
    constexpr std::string_view kScan = "SCAN ";
    if (!step.starts_with(kScan)) {
        return false;
    }
    const auto ends_in = [&](std::string_view index) {
        return step.ends_with(" INDEX " + std::string(index));
    };
    const std::string name = step.substr(kScan.size(), step.find(' ', kScan.size()) - kScan.size());
    return std::ranges::find(kLarge, name) != kLarge.end() &&
           std::ranges::none_of(kSmallIndexes, ends_in);
}

// The first rows in the order of the index, or a question that only admins ask, and rarely.
bool may_walk_an_index(const std::string& sql) {
    return sql.ends_with(" FROM jobs WHERE true ORDER BY id DESC LIMIT ?5") ||
           sql.starts_with("SELECT id FROM jobs WHERE ?3 IS NULL AND (substr(id,");
}

TEST_F(QueryPlans, NoStatementReadsAllOfATableThatGrowsWithEveryJob) {
    use_tenants_and_keys();
    use_scenarios();
    use_runs();
    use_lists();
    use_retention();
    const auto statistics = [](Connection& connection) {
        return connection.find_integer("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'");
    };
    EXPECT_FALSE(get(database->look_up(statistics)));

    int examined = 0;
    for (const std::string& sql : all_statements()) {
        if (!reads_or_writes_rows(sql)) {
            continue;
        }
        ++examined;
        for (const std::string& step : plan_of(sql)) {
            EXPECT_TRUE(!reads_all_of_a_large_table(step) || may_walk_an_index(sql)) << step << "\n"
                                                                                     << sql;
        }
    }
    EXPECT_GE(examined, 80) << "statements were missed";
}

}  // namespace
}  // namespace signalbox::store::sqlite
