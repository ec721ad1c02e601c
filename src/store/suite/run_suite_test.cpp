// Claims, beats, outcomes, retries and fences.
#include "store/suite/store_suite.hpp"

#include "base/hash.hpp"

#include <gmock/gmock.h>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;
using model::JobStatus;
using model::Reason;
using ::testing::ElementsAre;

constexpr std::int64_t kGib = std::int64_t{1} << 30;

TEST_P(StoreSuite, ClaimsByPriorityThenByAge) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    const JobId first = submit(tenant);
    const JobId second = submit(tenant);
    Submission urgent = submission(tenant);
    urgent.spec.priority = 6;
    const JobId high = submit(urgent);

    EXPECT_EQ(claim(tenant).id, (AttemptId{high, 1}));
    EXPECT_EQ(claim(tenant).id, (AttemptId{first, 1}));
    EXPECT_EQ(claim(tenant).id, (AttemptId{second, 1}));
    EXPECT_EQ(job(second).attempts.at(0).memory_bytes, kGib);
    EXPECT_FALSE(try_claim(tenant));
}

TEST_P(StoreSuite, ABackOffFromBeforeTheClockWasSetBackIsOver) {
    const TenantId tenant = add_tenant("city");
    submit(tenant);
    finish(claim(tenant).id, Reason::kWorkerLost);
    EXPECT_FALSE(try_claim(tenant));
    EXPECT_EQ(get(store->runs().list_ready(clock.now())).size(), 0U);

    clock.step_calendar(-24h);

    EXPECT_EQ(get(store->runs().list_ready(clock.now())).size(), 1U);
    EXPECT_TRUE(try_claim(tenant));
}

TEST_P(StoreSuite, OnlyTenantsWithAJobThatCouldStartAreReady) {
    const TenantId city = add_tenant("city", {.max_concurrent_jobs = 5, .priority_weight = 3});
    const TenantId other = add_tenant("other", {.max_concurrent_jobs = 1});
    add_tenant("idle");
    submit(city);
    submit(city);
    submit(city);
    submit(other);
    claim(city);
    claim(other);

    const auto ready = get(store->runs().list_ready(clock.now()));

    ASSERT_EQ(ready.size(), 1U);
    EXPECT_EQ(ready[0].tenant, city);
    EXPECT_EQ(ready[0].weight, 3);
}

TEST_P(StoreSuite, AnAttemptOpensWithItsTokenAndStaysKnownWhenItHasEnded) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const Claim request{
        .tenant = tenant, .token_hash = sha256_hex("secret"), .where = "local", .now = clock.now()
    };
    const auto claimed = get(store->runs().claim_next(epoch(), request));
    ASSERT_TRUE(claimed);

    AttemptView view = get(store->runs().find_attempt(sha256_hex("secret")));
    EXPECT_EQ(view.id, claimed->id);
    EXPECT_EQ(view.tenant, tenant);
    EXPECT_EQ(view.spec, job(id).spec);
    EXPECT_EQ(view.memory_bytes, kGib);
    EXPECT_FALSE(view.ended);
    EXPECT_EQ(
        refusal(store->runs().find_attempt(sha256_hex("guess"))).code(), Code::kUnauthenticated
    );

    finish(claimed->id);
    EXPECT_TRUE(get(store->runs().find_attempt(sha256_hex("secret"))).ended);
}

TEST_P(StoreSuite, TheFirstBeatOfARunMakesTheJobRunning) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    EXPECT_EQ(job(id).status, JobStatus::kPending);
    beat(attempt.id, RunPhase::kFetching);
    EXPECT_EQ(job(id).status, JobStatus::kPending);
    advance(3s);
    const Instant began = clock.now();
    beat(attempt.id, RunPhase::kRunning);
    advance(5s);
    beat(attempt.id, RunPhase::kUploading);

    const model::Job running = job(id);
    EXPECT_EQ(running.status, JobStatus::kRunning);
    EXPECT_EQ(running.started_at, began);
    EXPECT_EQ(running.progress.simulated_seconds, 12.5);
    ASSERT_TRUE(running.figures);
    EXPECT_EQ(running.figures->vehicles.loaded, 7);
    ASSERT_EQ(running.attempts.size(), 1U);
    EXPECT_EQ(running.attempts[0].started_at, began - 3s);
    EXPECT_EQ(running.attempts[0].running_at, began);
    EXPECT_EQ(running.attempts[0].where, "local");
    const auto open = get(store->runs().list_open_attempts());
    ASSERT_EQ(open.size(), 1U);
    EXPECT_EQ(open[0].id, attempt.id);
    EXPECT_EQ(open[0].phase, RunPhase::kUploading);
    EXPECT_THAT(history_words(id), ElementsAre("PENDING", "RUNNING/1"));
}

model::Verdict a_full_verdict() {
    model::Verdict verdict;
    verdict.reason = Reason::kCompleted;
    verdict.figures.vehicles.arrived = 100;
    verdict.figures.trips.time_loss = 156.6;
    verdict.figures.persons = model::PersonCounts{.loaded = 3};
    verdict.figures.emissions = model::Emissions{.co2 = 1e9};
    verdict.figures.cost.peak_memory_bytes = 60'000'000;
    verdict.figures.cost.real_time_factor = 632.0 / 7;  // comes back to its last bit
    verdict.files = {
        {.path = "tripinfo.xml", .size_bytes = 1000, .sha256 = std::string(64, '1')},
        {.path = "out/e.xml.gz", .size_bytes = 24, .sha256 = std::string(64, '2')}
    };
    verdict.sumo.version = "1.28.0";
    verdict.sumo.end_time = 5703.0;
    return verdict;
}

TEST_P(StoreSuite, AnOutcomeIsStoredOnceWithAllItBrings) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    beat(attempt.id);
    advance(1min);
    Outcome good = outcome(attempt.id, Reason::kCompleted);
    good.verdict = a_full_verdict();

    const OutcomeReceipt receipt = get(store->runs().record_outcome(good));

    EXPECT_FALSE(receipt.repeated);
    EXPECT_EQ(receipt.status, JobStatus::kSucceeded);
    const model::Job ended = job(id);
    EXPECT_EQ(ended.status, JobStatus::kSucceeded);
    EXPECT_EQ(ended.reason, Reason::kCompleted);
    EXPECT_EQ(ended.finished_at, clock.now());
    EXPECT_EQ(ended.figures, good.verdict.figures);
    EXPECT_EQ(ended.progress.simulated_seconds, 5703.0);
    EXPECT_THAT(ended.files, ::testing::UnorderedElementsAreArray(good.verdict.files));
    ASSERT_EQ(ended.attempts.size(), 1U);
    EXPECT_EQ(ended.attempts[0].reason, Reason::kCompleted);
    EXPECT_EQ(ended.attempts[0].sumo_version, "1.28.0");
    EXPECT_EQ(get(store->jobs().get_usage(tenant)).storage_bytes, 1024);
    EXPECT_TRUE(get(store->runs().list_open_attempts()).empty());
    const JobPage page = get(store->jobs().list_jobs({.tenant = tenant}, {}, false));
    EXPECT_EQ(page.page.rows.at(0).files.size(), 2U);
}

TEST_P(StoreSuite, ARepeatedVerdictIsFineAContradictingOneIsNot) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    finish(attempt.id);

    EXPECT_TRUE(finish(attempt.id).repeated);
    const Error error =
        refusal(store->runs().record_outcome(outcome(attempt.id, Reason::kScenarioError)));
    EXPECT_EQ(error.code(), Code::kConflict);
    EXPECT_EQ(job(id).status, JobStatus::kSucceeded);
    EXPECT_THAT(history_words(id), ElementsAre("PENDING", "SUCCEEDED:COMPLETED/1"));
}

TEST_P(StoreSuite, ALostAttemptIsFencedAndItsJobTriedAgainAfterAWhile) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto first = claim(tenant);
    beat(first.id);

    const Outcome lost = outcome(first.id, Reason::kWorkerLost);
    EXPECT_EQ(get(store->runs().record_lost(epoch(), lost)).status, JobStatus::kPending);
    EXPECT_TRUE(get(store->runs().record_lost(epoch(), lost)).repeated);

    const model::Job waits = job(id);
    EXPECT_EQ(waits.status, JobStatus::kPending);
    EXPECT_EQ(waits.reason, Reason::kWorkerLost);
    EXPECT_EQ(waits.error, "it went wrong");
    EXPECT_FALSE(waits.started_at);
    EXPECT_FALSE(waits.figures);
    EXPECT_EQ(
        refusal(store->runs().record_outcome(outcome(first.id, Reason::kCompleted))).code(),
        Code::kGone
    );
    Beat late;
    late.attempt = first.id;
    late.now = clock.now();
    EXPECT_EQ(refusal(store->runs().record_beat(late)).code(), Code::kGone);

    EXPECT_FALSE(try_claim(tenant));
    EXPECT_EQ(get(store->runs().next_ready_at(clock.now())), clock.now() + 5s);
    EXPECT_TRUE(get(store->runs().list_ready(clock.now())).empty());
    advance(5s);
    EXPECT_EQ(get(store->runs().next_ready_at(clock.now())), std::nullopt);
    const auto second = claim(tenant);
    EXPECT_EQ(second.id, (AttemptId{id, 2}));
    beat(second.id);
    finish(second.id);
    EXPECT_EQ(job(id).attempts.size(), 2U);
    EXPECT_THAT(
        history_words(id),
        ElementsAre(
            "PENDING", "RUNNING/1", "PENDING:WORKER_LOST/1", "RUNNING/2", "SUCCEEDED:COMPLETED/2"
        )
    );
}

TEST_P(StoreSuite, InfrastructureHasABudgetAndThenTheJobFails) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    for (int i = 0; i < 3; ++i) {
        advance(1h);
        finish(claim(tenant).id, Reason::kStartFailed);
    }
    EXPECT_EQ(job(id).status, JobStatus::kFailed);
    EXPECT_EQ(job(id).reason, Reason::kStartFailed);
}

TEST_P(StoreSuite, AnOrderlyShutdownCostsNothing) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    for (int i = 0; i < 5; ++i) {
        Outcome stopped = outcome(claim(tenant).id, Reason::kInterrupted);
        stopped.shutdown = true;
        EXPECT_EQ(get(store->runs().record_outcome(stopped)).status, JobStatus::kPending);
    }
    EXPECT_EQ(job(id).attempt, 5);
}

TEST_P(StoreSuite, AVerdictMayComeWithoutTheJobEverRunning) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    finish(claim(tenant).id, Reason::kScenarioError);
    EXPECT_EQ(job(id).status, JobStatus::kFailed);
    EXPECT_EQ(job(id).error, "it went wrong");
    EXPECT_FALSE(job(id).started_at);
}

TEST_P(StoreSuite, AVerdictNeedsAReasonAndAnAttempt) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    EXPECT_EQ(
        refusal(store->runs().record_outcome(outcome(attempt.id, Reason::kNone))).code(),
        Code::kInvalid
    );
    EXPECT_EQ(
        refusal(store->runs().record_outcome(outcome({id, 2}, Reason::kCompleted))).code(),
        Code::kGone
    );
    EXPECT_EQ(
        refusal(store->runs().record_outcome(outcome({{"none"}, 1}, Reason::kCompleted))).code(),
        Code::kGone
    );
}

TEST_P(StoreSuite, ACancelledJobThatIsLostIsCancelled) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    get(store->jobs().request_cancel(tenant, id, clock.now()));
    get(store->runs().record_lost(epoch(), outcome(attempt.id, Reason::kWorkerLost)));

    EXPECT_EQ(job(id).status, JobStatus::kCancelled);
    EXPECT_EQ(job(id).reason, Reason::kCancelled);
    EXPECT_EQ(job(id).attempts.at(0).reason, Reason::kWorkerLost);
}

TEST_P(StoreSuite, MoreMemoryCountsAndWaitsUntilTheSumsAllowIt) {
    const TenantId tenant = add_tenant("city", {.max_memory_gi = 4, .max_concurrent_jobs = 9});
    Submission large = submission(tenant);
    large.spec.memory_gi = 2;
    const JobId hungry = submit(large);
    large.id.text = ids.next();
    const JobId other = submit(large);
    const auto first = claim(tenant);
    const auto beside = claim(tenant);
    ASSERT_EQ(first.id.job, hungry);

    EXPECT_EQ(finish(first.id, Reason::kOutOfMemory).status, JobStatus::kPending);
    EXPECT_EQ(get(store->jobs().get_usage(tenant)).memory_gi, 5);
    EXPECT_EQ(job(hungry).spec.memory_gi, 2);
    EXPECT_FALSE(try_claim(tenant)) << "3 GiB do not fit beside 2 of 4";
    EXPECT_TRUE(get(store->runs().list_ready(clock.now())).empty());
    EXPECT_EQ(
        refusal(store->jobs().submit(submission(tenant))).message(),
        "Memory limit reached (5Gi + 1Gi > 4Gi)"
    );

    finish(beside.id);
    EXPECT_EQ(job(other).status, JobStatus::kSucceeded);
    EXPECT_EQ(get(store->runs().list_ready(clock.now())).size(), 1U);
    const auto again = claim(tenant);
    EXPECT_EQ(again.id, (AttemptId{hungry, 2}));
    EXPECT_EQ(job(hungry).attempts.at(1).memory_bytes, 3 * kGib);
    finish(again.id, Reason::kOutOfMemory);
    EXPECT_EQ(job(hungry).status, JobStatus::kFailed);
    EXPECT_EQ(job(hungry).reason, Reason::kOutOfMemory);
}

TEST_P(StoreSuite, TwoThatNeedMoreMemoryDoNotBlockEachOther) {
    const TenantId tenant = add_tenant("city", {.max_memory_gi = 4, .max_concurrent_jobs = 9});
    Submission large = submission(tenant);
    large.spec.memory_gi = 2;
    submit(large);
    large.id.text = ids.next();
    submit(large);
    const auto a = claim(tenant);
    const auto b = claim(tenant);
    finish(a.id, Reason::kOutOfMemory);
    finish(b.id, Reason::kOutOfMemory);

    const auto first = claim(tenant);
    EXPECT_FALSE(try_claim(tenant));
    finish(first.id);
    EXPECT_TRUE(try_claim(tenant));
}

TEST_P(StoreSuite, AnOlderEpochChangesNothing) {
    const TenantId tenant = add_tenant("city");
    submit(tenant);
    const Epoch old = epoch();
    const Epoch present = get(store->runs().begin_epoch("successor", clock.now()));
    EXPECT_GT(present.number, old.number);

    EXPECT_EQ(refusal(store->runs().promote_queued(old, 10, clock.now())).code(), Code::kGone);
    const Claim request{
        .tenant = tenant, .token_hash = sha256_hex("x"), .where = "local", .now = clock.now()
    };
    EXPECT_EQ(refusal(store->runs().claim_next(old, request)).code(), Code::kGone);
    const auto claimed = get(store->runs().claim_next(present, request));
    ASSERT_TRUE(claimed);
    EXPECT_EQ(
        refusal(store->runs().record_lost(old, outcome(claimed->id, Reason::kWorkerLost))).code(),
        Code::kGone
    );
    EXPECT_EQ(get(store->runs().list_open_attempts()).size(), 1U);
}

TEST_P(StoreSuite, WhatWasAcknowledgedIsThereAfterReopening) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    const JobId done = submit(tenant);
    const auto attempt = claim(tenant);
    const JobId pending = submit(tenant);
    finish(attempt.id);
    const Epoch before = epoch();

    store->reopen();

    EXPECT_EQ(job(done).status, JobStatus::kSucceeded);
    EXPECT_EQ(job(pending).status, JobStatus::kPending);
    EXPECT_EQ(get(store->tenants().get_tenant(tenant)).limits.max_concurrent_jobs, 5);
    EXPECT_GT(get(store->runs().begin_epoch("next", clock.now())).number, before.number);
}

}  // namespace
}  // namespace signalbox::store
