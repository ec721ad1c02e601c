// Admission, the queue's order behind it, and idempotency.
#include "async/task_group.hpp"
#include "store/suite/store_suite.hpp"

#include <gmock/gmock.h>

#include <map>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;
using model::JobStatus;
using model::OnLimit;
using ::testing::ElementsAre;

TEST_P(StoreSuite, SubmissionIsPendingAndComesBackAsItWasGiven) {
    const TenantId tenant = add_tenant("city");
    Submission given = submission(tenant);
    given.spec.cpu_request = 2;
    given.spec.memory_gi = 3;
    given.spec.priority = 9;
    given.spec.seed = -42;
    given.spec.end = 3600.5;
    given.spec.args = {"--step-length", "0.5"};
    given.spec.timeout = 90s;
    given.spec.warnings = {
        {.file = "a \"b\".xml",
         .line = 7,
         .severity = model::Severity::kWarning,
         .code = "ODD",
         .message = "m\xff",
         .hint = "h"}
    };
    given.spec.retry_of = JobId{"earlier"};
    given.spec.callback_url = "https://example.org/hook";
    const model::JobSpec spec = given.spec;

    const Admission admission = get(store->jobs().submit(given));

    EXPECT_EQ(admission.status, JobStatus::kPending);
    EXPECT_EQ(admission.config_file, "district.sumocfg");
    EXPECT_EQ(admission.warnings, spec.warnings);
    EXPECT_FALSE(admission.replayed);
    const model::Job stored = job(admission.id);
    EXPECT_EQ(stored.spec, spec);
    EXPECT_EQ(stored.tenant, tenant);
    EXPECT_EQ(stored.status, JobStatus::kPending);
    EXPECT_EQ(stored.submitted_at, clock.now());
    EXPECT_FALSE(stored.figures);
    EXPECT_EQ(stored.attempt, 0);
    EXPECT_THAT(history_words(admission.id), ElementsAre("PENDING"));
}

TEST_P(StoreSuite, JobsOfOthersAreNotFound) {
    const TenantId tenant = add_tenant("city");
    const TenantId other = add_tenant("other");
    const JobId id = submit(tenant);

    const Error error = refusal(store->jobs().get_job(other, id));

    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_EQ(error.message(), "Job not found");
    EXPECT_EQ(refusal(store->jobs().get_job(tenant, {"nonsense"})).code(), Code::kNotFound);
}

TEST_P(StoreSuite, UnknownTenantsSubmitNothing) {
    const Error error = refusal(store->jobs().submit(submission({"nobody"})));
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_EQ(error.message(), "Tenant nobody not found");
}

TEST_P(StoreSuite, LimitsCountActiveJobsTheirCoresAndTheirMemory) {
    const TenantId tenant =
        add_tenant("city", {.max_cpu = 4, .max_memory_gi = 4, .max_concurrent_jobs = 3});
    Submission large = submission(tenant);
    large.spec.cpu_request = 3;
    large.spec.memory_gi = 2;
    submit(large);
    Submission second = submission(tenant);
    second.spec.cpu_request = 2;
    EXPECT_EQ(refusal(store->jobs().submit(second)).message(), "CPU limit reached (3 + 2 > 4)");
    second.spec.cpu_request = 1;
    second.spec.memory_gi = 3;
    EXPECT_EQ(
        refusal(store->jobs().submit(second)).message(), "Memory limit reached (2Gi + 3Gi > 4Gi)"
    );
    second.spec.cpu_request = 5;
    EXPECT_EQ(refusal(store->jobs().submit(second)).code(), Code::kInvalid);

    const model::TenantUsage usage = get(store->jobs().get_usage(tenant));
    EXPECT_EQ(usage.active_jobs, 1);
    EXPECT_EQ(usage.cpu, 3);
    EXPECT_EQ(usage.memory_gi, 2);
}

TEST_P(StoreSuite, RunningJobsCountUntilTheyEnd) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    submit(tenant);
    const auto attempt = claim(tenant);
    beat(attempt.id);
    const Error error = refusal(store->jobs().submit(submission(tenant)));
    EXPECT_EQ(error.code(), Code::kExhausted);
    EXPECT_EQ(error.message(), "Too many concurrent jobs (1/1)");
    EXPECT_EQ(error.retry_after(), 5s);

    finish(attempt.id);
    submit(tenant);
}

TEST_P(StoreSuite, WhoMayQueueIsQueuedUpToTheQueuesLimit) {
    const TenantId tenant = add_tenant(
        "city", {.max_concurrent_jobs = 1, .max_queued_jobs = 2, .on_limit = OnLimit::kQueue}
    );
    Submission by_tenants_default = submission(tenant);
    by_tenants_default.on_limit.reset();
    submit(tenant);
    const JobId queued = submit(by_tenants_default);
    EXPECT_EQ(job(queued).status, JobStatus::kQueued);
    submit(tenant, OnLimit::kQueue);

    const Error full = refusal(store->jobs().submit(submission(tenant, OnLimit::kQueue)));

    EXPECT_EQ(full.message(), "Job queue full (2 queued)");
    EXPECT_EQ(get(store->jobs().get_usage(tenant)).queued_jobs, 2);
}

TEST_P(StoreSuite, ANewcomerThatMayQueueDoesNotOvertakeTheQueueARejectingOneIsJudgedByLimits) {
    const TenantId tenant = add_tenant("city", {.max_cpu = 4, .max_concurrent_jobs = 3});
    Submission large = submission(tenant, OnLimit::kQueue);
    large.spec.cpu_request = 3;
    submit(large);
    large.id.text = ids.next();
    const JobId waits = submit(large);
    ASSERT_EQ(job(waits).status, JobStatus::kQueued);

    EXPECT_EQ(job(submit(tenant, OnLimit::kQueue)).status, JobStatus::kQueued);
    EXPECT_EQ(job(submit(tenant, OnLimit::kReject)).status, JobStatus::kPending);
}

Task<void> submit_and_count(
    JobStore* jobs, Submission submission, std::map<std::string, int>* seen
) {
    const auto admission = co_await jobs->submit(std::move(submission));
    ++(*seen)[admission ? std::string(to_word(admission->status)) : admission.error().word()];
}

TEST_P(StoreSuite, LimitsAreExactUnderHundredsOfSubmissionsAtOnce) {
    const TenantId one = add_tenant("one", {.max_cpu = 1000, .max_concurrent_jobs = 17});
    const TenantId two = add_tenant("two", {.max_cpu = 23, .max_concurrent_jobs = 200});
    std::map<std::string, int> of_one;
    std::map<std::string, int> of_two;
    async::TaskGroup group(loop.executor());
    for (int i = 0; i < 300; ++i) {
        Submission small = submission(one);
        small.spec.memory_gi = 1;
        group.spawn("one", submit_and_count(&store->jobs(), std::move(small), &of_one));
        Submission queueing = submission(two, OnLimit::kQueue);
        group.spawn("two", submit_and_count(&store->jobs(), std::move(queueing), &of_two));
    }
    loop.run(group.join());

    EXPECT_EQ(of_one["PENDING"], 17);
    EXPECT_EQ(of_one["TOO_MANY_CONCURRENT_JOBS"], 283);
    EXPECT_EQ(of_two["PENDING"], 20);  // 20 GiB are the limit that is reached first
    EXPECT_EQ(of_two["QUEUED"], 280);
    const auto counts = get(store->jobs().count_by_status(std::nullopt));
    EXPECT_EQ(counts.at(static_cast<std::size_t>(JobStatus::kPending)), 37);
    EXPECT_EQ(counts.at(static_cast<std::size_t>(JobStatus::kQueued)), 280);
}

TEST_P(StoreSuite, TheSameKeyAndContentGiveTheFirstAnswerAgain) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    Submission first = submission(tenant);
    first.idempotency = IdempotencyKey{.key = "k1", .fingerprint = "f1"};
    const JobId id = submit(first);
    Submission again = first;
    again.id.text = ids.next();

    const Admission replay = get(store->jobs().submit(again));

    EXPECT_TRUE(replay.replayed);
    EXPECT_EQ(replay.id, id);
    EXPECT_EQ(replay.status, JobStatus::kPending);
    EXPECT_EQ(replay.config_file, "district.sumocfg");
    const auto found =
        get(store->jobs().find_replay(tenant, {.key = "k1", .fingerprint = "f1"}, clock.now()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, id);
    EXPECT_FALSE(
        get(store->jobs().find_replay(tenant, {.key = "k2", .fingerprint = "f1"}, clock.now()))
    );
}

TEST_P(StoreSuite, AKeyIsOfItsTenantAndOfItsContentForADay) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    const TenantId other = add_tenant("other");
    Submission first = submission(tenant);
    first.idempotency = IdempotencyKey{.key = "k1", .fingerprint = "f1"};
    submit(first);
    Submission differs = first;
    differs.id.text = ids.next();
    differs.idempotency->fingerprint = "f2";
    EXPECT_EQ(refusal(store->jobs().submit(differs)).code(), Code::kConflict);
    EXPECT_EQ(
        refusal(store->jobs().find_replay(tenant, *differs.idempotency, clock.now())).code(),
        Code::kConflict
    );
    Submission of_other = differs;
    of_other.tenant = other;
    of_other.id.text = ids.next();
    EXPECT_FALSE(get(store->jobs().submit(of_other)).replayed);

    advance(24h);
    differs.now = clock.now();
    EXPECT_FALSE(get(store->jobs().submit(differs)).replayed);
}

TEST_P(StoreSuite, ARefusalIsNotRemembered) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    const JobId first = submit(tenant);
    Submission second = submission(tenant);
    second.idempotency = IdempotencyKey{.key = "k1", .fingerprint = "f1"};
    EXPECT_EQ(refusal(store->jobs().submit(second)).code(), Code::kExhausted);
    get(store->jobs().request_cancel(tenant, first, clock.now()));

    EXPECT_FALSE(get(store->jobs().submit(second)).replayed);
}

TEST_P(StoreSuite, PromotesByPriorityThenByAgeAsFarAsTheLimitsReach) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 2});
    const JobId first = submit(tenant, OnLimit::kQueue);
    const JobId second = submit(tenant, OnLimit::kQueue);
    const JobId low = submit(tenant, OnLimit::kQueue);
    Submission urgent = submission(tenant, OnLimit::kQueue);
    urgent.spec.priority = 8;
    const JobId high = submit(urgent);
    EXPECT_THAT(promote(), ElementsAre());

    get(store->jobs().request_cancel(tenant, first, clock.now()));
    EXPECT_THAT(promote(), ElementsAre(high));
    get(store->jobs().request_cancel(tenant, second, clock.now()));
    EXPECT_THAT(promote(), ElementsAre(low));
    EXPECT_THAT(history_words(low), ElementsAre("QUEUED", "PENDING"));
}

TEST_P(StoreSuite, ALargeJobAtTheHeadIsNotStarvedButAnImpossibleOneIsPassedOver) {
    const TenantId tenant = add_tenant("city", {.max_cpu = 4, .max_concurrent_jobs = 3});
    Submission three = submission(tenant, OnLimit::kQueue);
    three.spec.cpu_request = 3;
    const JobId runs = submit(three);
    three.id.text = ids.next();
    const JobId head = submit(three);
    const JobId small = submit(tenant, OnLimit::kQueue);
    EXPECT_THAT(promote(), ElementsAre()) << "the head needs 3 cores, 1 is free";

    store::TenantChange lower;
    lower.max_cpu = 2;
    get(store->tenants().change_tenant(tenant, lower));
    get(store->jobs().request_cancel(tenant, runs, clock.now()));
    EXPECT_THAT(promote(), ElementsAre(small));
    EXPECT_EQ(job(head).status, JobStatus::kQueued);
}

TEST_P(StoreSuite, PromotesOfAllTenantsAtMostAsManyAsAsked) {
    std::vector<JobId> queued;
    for (const std::string name : {"a", "b", "c"}) {
        const TenantId tenant = add_tenant(name, {.max_concurrent_jobs = 1});
        const JobId blocker = submit(tenant);
        queued.push_back(submit(tenant, OnLimit::kQueue));
        get(store->jobs().request_cancel(tenant, blocker, clock.now()));
    }
    EXPECT_EQ(promote(2).size(), 2U);
    EXPECT_EQ(promote(2).size(), 1U);
    EXPECT_EQ(promote(2).size(), 0U);
}

}  // namespace
}  // namespace signalbox::store
