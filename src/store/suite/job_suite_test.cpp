// Lists, counts, places in the queue, cancelling.
#include "store/suite/store_suite.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

namespace signalbox::store {
namespace {

using namespace std::chrono_literals;
using model::JobStatus;
using model::OnLimit;
using ::testing::ElementsAre;

std::vector<JobId> ids_of(const JobPage& page) {
    std::vector<JobId> ids;
    for (const model::Job& job : page.page.rows) {
        ids.push_back(job.id);
    }
    return ids;
}

TEST_P(StoreSuite, ListsNewestFirstPageByPageWithoutLossOrRepetition) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 50, .max_queued_jobs = 50});
    std::vector<JobId> submitted;
    for (int i = 0; i < 7; ++i) {
        submitted.insert(submitted.begin(), submit(tenant));
    }
    std::vector<JobId> seen;
    PageRequest request{.limit = 3};
    do {
        const JobPage page = get(store->jobs().list_jobs({.tenant = tenant}, request, false));
        std::ranges::copy(ids_of(page), std::back_inserter(seen));
        request.after = page.page.next;
        submit(tenant);  // newer than what was shown: the following pages do not move
    } while (request.after);

    EXPECT_EQ(seen, submitted);
}

TEST_P(StoreSuite, AFullLastPageHasNoNext) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 5});
    submit(tenant);
    submit(tenant);
    EXPECT_FALSE(get(store->jobs().list_jobs({.tenant = tenant}, {.limit = 2}, false)).page.next);
}

TEST_P(StoreSuite, FiltersCombine) {
    const TenantId city = add_tenant("city", {.max_concurrent_jobs = 5});
    const TenantId other = add_tenant("other", {.max_concurrent_jobs = 5});
    const JobId district = submit(city);
    Submission port = submission(city);
    port.spec.scenario_id = "port";
    const JobId cancelled = submit(port);
    get(store->jobs().request_cancel(city, cancelled, clock.now()));
    port.id.text = ids.next();
    const JobId pending = submit(port);
    const JobId foreign = submit(other);

    const auto list = [&](JobFilter filter) {
        const JobPage page = get(store->jobs().list_jobs(std::move(filter), {.limit = 10}, true));
        EXPECT_EQ(page.total, static_cast<std::int64_t>(page.page.rows.size()));
        return ids_of(page);
    };
    EXPECT_THAT(list({}), ElementsAre(foreign, pending, cancelled, district));
    EXPECT_THAT(list({.tenant = city}), ElementsAre(pending, cancelled, district));
    EXPECT_THAT(list({.status = JobStatus::kCancelled}), ElementsAre(cancelled));
    EXPECT_THAT(list({.tenant = city, .scenario_id = "port"}), ElementsAre(pending, cancelled));
    EXPECT_THAT(
        list({.tenant = city, .status = JobStatus::kPending, .scenario_id = "port"}),
        ElementsAre(pending)
    );
    EXPECT_THAT(
        list({.tenant = city, .status = JobStatus::kPending}), ElementsAre(pending, district)
    );
    EXPECT_THAT(list({.tenant = city, .status = JobStatus::kFailed}), ElementsAre());
}

TEST_P(StoreSuite, FindsIdsByBeginningAndByEnd) {
    const TenantId city = add_tenant("city", {.max_concurrent_jobs = 5});
    const TenantId other = add_tenant("other");
    const JobId id = submit(city);
    submit(other);
    const std::string end(short_form(id.text));

    EXPECT_THAT(get(store->jobs().find_ids(city, end, 5)), ElementsAre(id));
    EXPECT_THAT(get(store->jobs().find_ids(std::nullopt, end, 5)), ElementsAre(id));
    EXPECT_THAT(get(store->jobs().find_ids(other, end, 5)), ElementsAre());
    EXPECT_THAT(get(store->jobs().find_ids(city, id.text.substr(0, 13), 5)), ElementsAre(id));
    EXPECT_EQ(get(store->jobs().find_ids(std::nullopt, id.text.substr(0, 8), 5)).size(), 2U);
    EXPECT_EQ(get(store->jobs().find_ids(std::nullopt, id.text.substr(0, 8), 1)).size(), 1U);
    EXPECT_THAT(get(store->jobs().find_ids(city, "%", 5)), ElementsAre());
}

TEST_P(StoreSuite, CountsFollowEveryChange) {
    const TenantId city = add_tenant("city", {.max_concurrent_jobs = 1});
    const TenantId other = add_tenant("other");
    submit(city);
    submit(city, OnLimit::kQueue);
    submit(other);
    const auto attempt = claim(city);
    beat(attempt.id);

    EXPECT_EQ(get(store->jobs().count_by_status(city)), (model::StatusCounts{1, 0, 1, 0, 0, 0}));
    finish(attempt.id, model::Reason::kScenarioError);
    EXPECT_EQ(get(store->jobs().count_by_status(city)), (model::StatusCounts{1, 0, 0, 0, 1, 0}));
    EXPECT_EQ(
        get(store->jobs().count_by_status(std::nullopt)), (model::StatusCounts{1, 1, 0, 0, 1, 0})
    );
}

TEST_P(StoreSuite, SubmissionsPerMinuteHaveTheirZeros) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 10});
    submit(tenant);
    advance(2min);
    submit(tenant);
    submit(tenant);
    advance(10s);

    const auto series = get(store->jobs().submissions_per_minute(4, clock.now()));

    std::vector<std::int64_t> counts;
    for (const auto& [minute, count] : series) {
        EXPECT_EQ(minute.time_since_epoch() % 1min, 0ms);
        counts.push_back(count);
    }
    EXPECT_THAT(counts, ElementsAre(0, 1, 0, 2));
}

TEST_P(StoreSuite, TheOldestQueuedJobSaysSinceWhenThereIsAQueue) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    submit(tenant);
    EXPECT_EQ(get(store->jobs().oldest_queued()), std::nullopt);
    advance(1s);
    const Instant first = clock.now();
    submit(tenant, OnLimit::kQueue);
    advance(1s);
    submit(tenant, OnLimit::kQueue);
    EXPECT_EQ(get(store->jobs().oldest_queued()), first);
}

TEST_P(StoreSuite, AQueuePlaceHasItsPositionAndWhatIsInTheWay) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    const JobId runs = submit(tenant);
    claim(tenant);
    const JobId second = submit(tenant, OnLimit::kQueue);
    Submission urgent = submission(tenant, OnLimit::kQueue);
    urgent.spec.priority = 9;
    const JobId first = submit(urgent);

    EXPECT_EQ(get(store->jobs().get_queue_place(first)).position, 1);
    const QueuePlace place = get(store->jobs().get_queue_place(second));
    EXPECT_EQ(place.position, 2);
    EXPECT_EQ(place.usage.active_jobs, 1);
    EXPECT_EQ(place.usage.queued_jobs, 2);
    EXPECT_EQ(place.limits.max_concurrent_jobs, 1);
    EXPECT_EQ(place.everywhere.running, 1);
    ASSERT_EQ(place.active.size(), 1U);
    EXPECT_EQ(place.active.front().id, runs);
    EXPECT_EQ(get(store->jobs().get_queue_place(runs)).position, 0);
}

TEST_P(StoreSuite, CancellingEndsWhatHasNotStartedAtOnce) {
    const TenantId tenant = add_tenant("city", {.max_concurrent_jobs = 1});
    const JobId pending = submit(tenant);
    const JobId queued = submit(tenant, OnLimit::kQueue);
    for (const JobId& id : {pending, queued}) {
        const model::Job cancelled = get(store->jobs().request_cancel(tenant, id, clock.now()));
        EXPECT_EQ(cancelled.status, JobStatus::kCancelled);
        EXPECT_EQ(cancelled.reason, model::Reason::kCancelled);
        EXPECT_EQ(cancelled.finished_at, clock.now());
        EXPECT_FALSE(cancelled.cancel_requested);
        EXPECT_EQ(
            get(store->jobs().request_cancel(tenant, id, clock.now())).status, JobStatus::kCancelled
        );
    }
    EXPECT_THAT(history_words(queued), ElementsAre("QUEUED", "CANCELLED:CANCELLED"));
    EXPECT_FALSE(try_claim(tenant));
}

TEST_P(StoreSuite, CancellingARunningJobMarksItAndTheVerdictEndsIt) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    EXPECT_FALSE(beat(attempt.id));

    const model::Job marked = get(store->jobs().request_cancel(tenant, id, clock.now()));
    EXPECT_EQ(marked.status, JobStatus::kRunning);
    EXPECT_TRUE(marked.cancel_requested);
    EXPECT_TRUE(get(store->jobs().request_cancel(tenant, id, clock.now())).cancel_requested);
    EXPECT_TRUE(beat(attempt.id)) << "this is how the worker learns of it";

    finish(attempt.id, model::Reason::kCancelled);
    const model::Job ended = job(id);
    EXPECT_EQ(ended.status, JobStatus::kCancelled);
    EXPECT_FALSE(ended.cancel_requested);
}

TEST_P(StoreSuite, ARunThatEndsBeforeTheStopReachesItKeepsItsOutcome) {
    const TenantId tenant = add_tenant("city");
    const JobId id = submit(tenant);
    const auto attempt = claim(tenant);
    get(store->jobs().request_cancel(tenant, id, clock.now()));
    finish(attempt.id);

    EXPECT_EQ(job(id).status, JobStatus::kSucceeded);
    const Error error = refusal(store->jobs().request_cancel(tenant, id, clock.now()));
    EXPECT_EQ(error.code(), Code::kConflict);
    EXPECT_THAT(error.message(), ::testing::HasSubstr("SUCCEEDED"));
}

TEST_P(StoreSuite, OthersCannotCancel) {
    const TenantId tenant = add_tenant("city");
    const TenantId other = add_tenant("other");
    const JobId id = submit(tenant);
    EXPECT_EQ(
        refusal(store->jobs().request_cancel(other, id, clock.now())).code(), Code::kNotFound
    );
    EXPECT_EQ(
        get(store->jobs().request_cancel(std::nullopt, id, clock.now())).status,
        JobStatus::kCancelled
    );
}

}  // namespace
}  // namespace signalbox::store
