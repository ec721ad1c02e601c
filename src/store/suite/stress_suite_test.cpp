// Many at once: what must hold whatever the order in which they come.
#include "async/task_group.hpp"
#include "base/hash.hpp"
#include "store/suite/store_suite.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;
using model::JobStatus;
using model::OnLimit;
using model::Reason;

// What the tasks of a test share; they all run on its one loop.
struct Shared {
    StoreUnderTest& store;
    TenantId tenant;
    Epoch epoch;
    Instant now;
    std::vector<JobId> accepted;
    std::map<std::string, int> answers;
    int submitters = 0;
    std::vector<std::string> broken;
};

Task<void> submit_all(Shared* shared, std::vector<Submission> submissions) {
    for (Submission& submission : submissions) {
        const JobId id = submission.id;
        const auto admission = co_await shared->store.jobs().submit(std::move(submission));
        if (admission) {
            shared->accepted.push_back(id);
        }
        ++shared->answers[admission ? "accepted" : admission.error().word()];
    }
    --shared->submitters;
}

Outcome outcome_of(const AttemptId& attempt, Reason reason, Instant now) {
    Outcome outcome;
    outcome.attempt = attempt;
    outcome.verdict.reason = reason;
    outcome.verdict_hash = std::string(to_word(reason));
    outcome.now = now;
    return outcome;
}

// Starts and ends what there is until all is submitted and nothing waits.
Task<void> run_all(Shared* shared) {
    RunStore& runs = shared->store.runs();
    for (int n = 0;; ++n) {
        const bool last = shared->submitters == 0;
        const auto promoted = co_await runs.promote_queued(shared->epoch, 100, shared->now);
        Claim claim{.tenant = shared->tenant, .where = "local", .now = shared->now};
        claim.token_hash = sha256_hex(std::to_string(n));
        const auto claimed = co_await runs.claim_next(shared->epoch, std::move(claim));
        if (!promoted || !claimed) {
            shared->broken.push_back("dispatching failed");
            co_return;
        }
        if (*claimed) {
            const Reason reason = n % 7 == 0 ? Reason::kOutOfMemory : Reason::kCompleted;
            const auto receipt =
                co_await runs.record_outcome(outcome_of((*claimed)->id, reason, shared->now));
            shared->broken.insert(
                shared->broken.end(), receipt ? 0 : 1, "an outcome was not stored"
            );
        } else if (last && promoted->empty()) {
            co_return;
        }
    }
}

Task<void> watch_limits(Shared* shared, model::TenantLimits limits) {
    while (shared->submitters > 0) {
        const auto place = co_await shared->store.jobs().get_usage(shared->tenant);
        if (!place || place->active_jobs > limits.max_concurrent_jobs ||
            place->cpu > limits.max_cpu || place->queued_jobs > limits.max_queued_jobs) {
            shared->broken.push_back("over a limit");
        }
        // Lists run elsewhere than the writer: between any two transactions.
        const auto page = co_await shared->store.jobs().list_jobs(
            {.tenant = shared->tenant}, {.limit = 200}, true
        );
        const auto active = !page ? 0 : std::ranges::count_if(page->page.rows, [](const auto& job) {
            return job.status == JobStatus::kPending || job.status == JobStatus::kRunning;
        });
        if (!page || active > limits.max_concurrent_jobs) {
            shared->broken.push_back("a list shows more than the limit");
        }
    }
}

TEST_P(StoreSuite, SixtyFourSubmittersAreNeverOverTheLimitsAndNothingIsLost) {
    const model::TenantLimits limits{
        .max_cpu = 9, .max_memory_gi = 50, .max_concurrent_jobs = 6, .max_queued_jobs = 40
    };
    const TenantId tenant = add_tenant("city", limits);
    Shared shared{.store = *store, .tenant = tenant, .epoch = epoch(), .now = clock.now()};
    async::TaskGroup group(loop.executor());
    for (int i = 0; i < 64; ++i) {
        std::vector<Submission> submissions;
        for (int k = 0; k < 6; ++k) {
            Submission one = submission(tenant, i % 2 == 0 ? OnLimit::kReject : OnLimit::kQueue);
            one.spec.cpu_request = 1 + (i + k) % 3;
            submissions.push_back(std::move(one));
        }
        ++shared.submitters;
        group.spawn("submit", submit_all(&shared, std::move(submissions)));
    }
    group.spawn("watch", watch_limits(&shared, limits));
    group.spawn("run", run_all(&shared));
    loop.run(group.join());

    EXPECT_THAT(shared.broken, ::testing::IsEmpty());
    int answered = 0;
    for (const auto& [word, count] : shared.answers) {
        answered += count;
    }
    EXPECT_EQ(answered, 64 * 6);
    EXPECT_GE(std::ssize(shared.accepted), limits.max_queued_jobs);
    const auto counts = get(store->jobs().count_by_status(tenant));
    EXPECT_EQ(
        counts[static_cast<std::size_t>(JobStatus::kSucceeded)] +
            counts[static_cast<std::size_t>(JobStatus::kFailed)],
        std::ssize(shared.accepted)
    ) << "every accepted job has come to its end, and no other is there";
    for (const JobId& id : shared.accepted) {
        EXPECT_TRUE(is_final(job(id).status));
    }
}

Task<void> cancel_one(Shared* shared, JobId id) {
    const auto job = co_await shared->store.jobs().request_cancel(shared->tenant, id, shared->now);
    ++shared->answers[job ? "cancel" : job.error().word()];
}

Task<void> end_one(Shared* shared, AttemptId attempt, bool lost) {
    RunStore& runs = shared->store.runs();
    const Reason reason = lost ? Reason::kWorkerLost : Reason::kCompleted;
    auto outcome = outcome_of(attempt, reason, shared->now);
    const auto receipt = lost ? co_await runs.record_lost(shared->epoch, std::move(outcome))
                              : co_await runs.record_outcome(std::move(outcome));
    ++shared
          ->answers[receipt ? (receipt->repeated ? "repeated" : "stored") : receipt.error().word()];
}

TEST_P(StoreSuite, CancelVerdictAndLossAtOnceLeaveOneEndOfWhichAllTellTheSame) {
    constexpr int kJobs = 60;
    const TenantId tenant =
        add_tenant("city", {.max_cpu = 100, .max_memory_gi = 100, .max_concurrent_jobs = kJobs});
    Shared shared{.store = *store, .tenant = tenant, .epoch = epoch(), .now = clock.now()};
    std::vector<JobId> submitted;
    for (int i = 0; i < kJobs; ++i) {
        submitted.push_back(submit(tenant));
    }
    async::TaskGroup group(loop.executor());
    for (int i = 0; i < kJobs; ++i) {
        const AttemptId attempt = claim(tenant).id;
        beat(attempt);
        // In all orders: three things that come at the same time.
        std::vector<int> order{0, 1, 2};
        for (int k = 0; k < i % 6; ++k) {
            std::ranges::next_permutation(order);
        }
        for (const int what : order) {
            group.spawn(
                "end",
                what == 0 ? cancel_one(&shared, attempt.job) : end_one(&shared, attempt, what == 1)
            );
        }
    }
    loop.run(group.join());

    EXPECT_EQ(shared.answers["stored"], kJobs) << "one of verdict and loss for each";
    for (const JobId& id : submitted) {
        const model::Job ended = job(id);
        const auto words = history_words(id);
        const auto finals = std::ranges::count_if(words, [](const std::string& word) {
            return word.starts_with("SUCCEEDED") || word.starts_with("FAILED") ||
                   word.starts_with("CANCELLED");
        });
        EXPECT_EQ(finals, is_final(ended.status) ? 1 : 0);
        EXPECT_NE(ended.status, JobStatus::kRunning);
        EXPECT_NE(ended.status, JobStatus::kFailed);
        EXPECT_FALSE(is_final(ended.status) && ended.cancel_requested);
    }
    EXPECT_TRUE(get(store->runs().list_open_attempts()).empty());
}

Task<void> delete_one(Shared* shared, TenantId tenant) {
    const auto deleted = co_await shared->store.tenants().delete_tenant(tenant, shared->now);
    ++shared->answers[deleted ? "deleted" : deleted.error().word()];
}

TEST_P(StoreSuite, ATenantIsDeletedOrHasAJobNeverBoth) {
    Shared shared{.store = *store, .tenant = {}, .epoch = {}, .now = clock.now()};
    async::TaskGroup group(loop.executor());
    for (int i = 0; i < 60; ++i) {
        const TenantId tenant = add_tenant("t" + std::to_string(i));
        // As a retry of a job that has ended, every second time.
        Submission one = submission(tenant);
        if (i % 2 == 0) {
            const JobId first = submit(tenant);
            get(store->jobs().request_cancel(tenant, first, clock.now()));
            one.spec.retry_of = first;
        }
        ++shared.submitters;
        if (i % 4 < 2) {
            group.spawn("delete", delete_one(&shared, tenant));
            group.spawn("submit", submit_all(&shared, {std::move(one)}));
        } else {
            group.spawn("submit", submit_all(&shared, {std::move(one)}));
            group.spawn("delete", delete_one(&shared, tenant));
        }
    }
    loop.run(group.join());

    EXPECT_EQ(shared.answers["deleted"] + shared.answers["TENANT_HAS_JOBS"], 60);
    EXPECT_EQ(shared.answers["accepted"], shared.answers["TENANT_HAS_JOBS"]);
    EXPECT_EQ(shared.answers["TENANT_NOT_FOUND"], shared.answers["deleted"]);
    for (const JobId& id : shared.accepted) {
        EXPECT_EQ(get(store->tenants().get_tenant(job(id).tenant)).id, job(id).tenant);
    }
}

Task<void> submit_keyed(Shared* shared, Submission submission, std::set<std::string>* ids) {
    const auto admission = co_await shared->store.jobs().submit(std::move(submission));
    if (admission) {
        ids->insert(admission->id.text);
    }
    ++shared->answers
          [!admission            ? admission.error().word()
           : admission->replayed ? "replayed"
                                 : "accepted"];
}

TEST_P(StoreSuite, DuplicatesUnderOneKeyAreOneJobHoweverManyComeAtOnce) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    Shared shared{.store = *store, .tenant = tenant, .epoch = {}, .now = clock.now()};
    std::set<std::string> ids_seen;
    async::TaskGroup group(loop.executor());
    for (int i = 0; i < 64; ++i) {
        Submission one = submission(tenant);
        one.idempotency = IdempotencyKey{.key = "k", .fingerprint = i % 8 == 7 ? "other" : "same"};
        group.spawn("submit", submit_keyed(&shared, std::move(one), &ids_seen));
    }
    loop.run(group.join());

    EXPECT_EQ(shared.answers["accepted"], 1);
    EXPECT_EQ(shared.answers["replayed"], 55);
    EXPECT_EQ(shared.answers["IDEMPOTENCY_KEY_REUSED"], 8);
    EXPECT_EQ(ids_seen.size(), 1U);
    EXPECT_EQ(get(store->jobs().list_jobs({.tenant = tenant}, {}, true)).total, 1);
}

}  // namespace
}  // namespace signalbox::store
