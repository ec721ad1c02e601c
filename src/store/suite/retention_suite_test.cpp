// What has outlived its retention.
#include "store/suite/store_suite.hpp"

#include <gmock/gmock.h>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;
using model::Reason;
using ::testing::ElementsAre;

std::vector<JobId> ids_of(const std::vector<FinishedJob>& jobs) {
    std::vector<JobId> ids;
    for (const FinishedJob& job : jobs) {
        ids.push_back(job.id);
    }
    return ids;
}

TEST_P(StoreSuite, FinishedJobsAreListedOldestFirstUntilTheyAreForgotten) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    const JobId first = submit(tenant);
    finish(claim(tenant).id);
    advance(1h);
    const JobId second = submit(tenant);
    finish(claim(tenant).id, Reason::kScenarioError);
    submit(tenant);
    claim(tenant);
    advance(1h);
    const JobId never_ran = submit(tenant);
    get(store->jobs().request_cancel(tenant, never_ran, clock.now()));
    const Instant later = clock.now() + 1s;
    RetentionStore& retention = store->retention();

    EXPECT_THAT(ids_of(get(retention.list_with_results(later, 9))), ElementsAre(first, second));
    EXPECT_THAT(ids_of(get(retention.list_with_results(later, 1))), ElementsAre(first));
    EXPECT_THAT(ids_of(get(retention.list_with_logs(later, 9))), ElementsAre(first, second));
    EXPECT_THAT(
        ids_of(get(retention.list_records(later, 9))), ElementsAre(first, second, never_ran)
    );
    EXPECT_THAT(ids_of(get(retention.list_records(later - 1h - 2s, 9))), ElementsAre(first));
    EXPECT_EQ(get(retention.list_records(later, 1)).at(0).tenant, tenant);

    get(store->jobs().forget_results(std::nullopt, first));
    get(retention.forget_log(first));
    get(retention.forget_record(second));
    EXPECT_TRUE(get(retention.list_with_results(later, 9)).empty());
    EXPECT_TRUE(get(retention.list_with_logs(later, 9)).empty());
    EXPECT_EQ(refusal(store->jobs().get_job(tenant, second)).code(), Code::kNotFound);
    EXPECT_TRUE(get(store->jobs().get_history(second)).empty());
}

TEST_P(StoreSuite, PinnedJobsStay) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    finish(claim(tenant).id);
    get(store->jobs().set_pinned(tenant, id, true));
    EXPECT_TRUE(job(id).pinned);
    EXPECT_TRUE(get(store->retention().list_records(clock.now() + 1s, 9)).empty());
    EXPECT_TRUE(get(store->retention().list_with_results(clock.now() + 1s, 9)).empty());
    get(store->jobs().set_pinned(tenant, id, false));
    EXPECT_EQ(get(store->retention().list_records(clock.now() + 1s, 9)).size(), 1U);
    EXPECT_EQ(refusal(store->jobs().set_pinned({"other"}, id, true)).code(), Code::kNotFound);
}

TEST_P(StoreSuite, ForgettingResultsFreesTheSpaceAndKeepsTheRecord) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    EXPECT_EQ(refusal(store->jobs().forget_results(tenant, id)).code(), Code::kConflict);
    Outcome done = outcome(attempt.id, Reason::kCompleted);
    done.verdict.files = {{.path = "a.xml", .size_bytes = 77, .sha256 = std::string(64, '0')}};
    done.verdict.figures.vehicles.loaded = 5;
    get(store->runs().record_outcome(done));
    EXPECT_EQ(get(store->jobs().get_usage(tenant)).storage_bytes, 77);

    get(store->jobs().forget_results(tenant, id));

    EXPECT_EQ(get(store->jobs().get_usage(tenant)).storage_bytes, 0);
    EXPECT_TRUE(job(id).files.empty());
    EXPECT_EQ(job(id).figures->vehicles.loaded, 5);
    get(store->jobs().forget_results(tenant, id));
    EXPECT_EQ(refusal(store->jobs().forget_results({{"other"}}, id)).code(), Code::kNotFound);
}

TEST_P(StoreSuite, AForgottenRecordGivesItsSpaceBackAndActiveJobsAreNeverForgotten) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    const JobId id = submit(tenant);
    Outcome done = outcome(claim(tenant).id, Reason::kCompleted);
    done.verdict.files = {{.path = "a.xml", .size_bytes = 77, .sha256 = std::string(64, '0')}};
    get(store->runs().record_outcome(done));
    const JobId active = submit(tenant);

    get(store->retention().forget_record(id));
    get(store->retention().forget_record(active));

    EXPECT_EQ(get(store->jobs().get_usage(tenant)).storage_bytes, 0);
    EXPECT_EQ(job(active).status, model::JobStatus::kPending);
}

TEST_P(StoreSuite, ExpiredIdempotencyKeysArePurgedOldestFirstAndCounted) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    for (const std::string key : {"first", "second", "third"}) {
        Submission keyed = submission(tenant);
        keyed.idempotency = IdempotencyKey{.key = key, .fingerprint = "f"};
        submit(keyed);
        advance(1s);
    }
    const auto is_known = [&](const std::string& key) {
        return get(store->jobs().find_replay(tenant, {key, "f"}, clock.now())).has_value();
    };
    EXPECT_EQ(get(store->retention().purge_expired(clock.now() - 1s, 1)), 1);
    EXPECT_FALSE(is_known("first"));
    EXPECT_TRUE(is_known("second"));
    EXPECT_EQ(get(store->retention().purge_expired(clock.now() - 1s, 5)), 1);
    EXPECT_TRUE(is_known("third"));
    EXPECT_EQ(get(store->retention().purge_expired(clock.now() - 1s, 5)), 0);
}

}  // namespace
}  // namespace signalbox::store
