#include "jobs/fair_share.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{1h};

// Keeps `slots` runs going for a while and counts each tenant's starts; every run takes its
// tenant's duration.
std::map<std::string, int> starts_within(
    std::vector<store::ReadyTenant> ready,
    std::map<std::string, std::chrono::seconds> durations,
    std::size_t slots,
    int total
) {
    FairShare share;
    std::multimap<SteadyTime, AttemptId> ends;
    std::map<std::string, int> starts;
    SteadyTime now = kStart;
    for (int n = 0; n < total; ++n) {
        if (ends.size() == slots) {
            now = ends.begin()->first;
            share.ended(ends.begin()->second, now);
            ends.erase(ends.begin());
        }
        const TenantId tenant = *share.choose(ready, now);
        const auto chosen = std::ranges::find(ready, tenant, &store::ReadyTenant::tenant);
        const AttemptId attempt{.job = {std::to_string(n)}, .n = 1};
        share.started(attempt, *chosen, now);
        ends.emplace(now + durations[tenant.text], attempt);
        ++starts[tenant.text];
    }
    return starts;
}

TEST(FairShare, SharesStartsByWeightWhenRunsAreAlike) {
    const auto starts = starts_within(
        {{{"a"}, 1}, {{"b"}, 2}, {{"c"}, 4}}, {{"a", 7s}, {"b", 7s}, {"c", 7s}}, 7, 700
    );
    EXPECT_NEAR(starts.at("a"), 100, 4);
    EXPECT_NEAR(starts.at("b"), 200, 4);
    EXPECT_NEAR(starts.at("c"), 400, 4);
}

TEST(FairShare, SharesSlotTimeNotStartsWhenRunsDiffer) {
    const auto starts =
        starts_within({{{"long"}, 1}, {{"short"}, 1}}, {{"long", 90s}, {"short", 10s}}, 2, 400);
    EXPECT_NEAR(starts.at("short") / static_cast<double>(starts.at("long")), 9, 1.5);
}

TEST(FairShare, IdlingEarnsNothing) {
    FairShare share;
    const store::ReadyTenant busy{{"busy"}, 1};
    const store::ReadyTenant late{{"late"}, 1};
    SteadyTime now = kStart;
    for (int n = 0; n < 100; ++n, now += 10s) {
        share.started({{std::to_string(n)}, 1}, busy, now);
        share.ended({{std::to_string(n)}, 1}, now + 10s);
        static_cast<void>(share.choose(std::vector{busy}, now + 10s));
    }
    int late_in_a_row = 0;
    const std::vector both{busy, late};
    for (int n = 1000; share.choose(both, now)->text == "late" && n < 1100; ++n) {
        share.started({{std::to_string(n)}, 1}, late, now);
        share.ended({{std::to_string(n)}, 1}, now + 10s);
        now += 10s;
        ++late_in_a_row;
    }
    EXPECT_LE(late_in_a_row, 2);
}

// One slot; `patient` always has more to do, `sly` hands in its next long run only when the last
// one has ended and somebody else was chosen.
TEST(FairShare, LeavingForgivesNothing) {
    FairShare share;
    const store::ReadyTenant patient{{"patient"}, 1};
    const store::ReadyTenant sly{{"sly"}, 1};
    std::map<std::string, std::chrono::seconds> used;
    SteadyTime now = kStart;
    bool sly_is_there = true;
    for (int n = 0; n < 2000; ++n) {
        const auto present = sly_is_there ? std::vector{patient, sly} : std::vector{patient};
        const TenantId tenant = *share.choose(present, now);
        const bool is_sly = tenant == sly.tenant;
        const auto duration = is_sly ? 3600s : 10s;
        const AttemptId attempt{.job = {std::to_string(n)}, .n = 1};
        share.started(attempt, is_sly ? sly : patient, now);
        now += duration;
        share.ended(attempt, now);
        used[tenant.text] += duration;
        sly_is_there = !is_sly;
    }
    EXPECT_LE(used["sly"], used["patient"] + 3600s);
    EXPECT_GE(used["sly"], 3600s);
}

TEST(FairShare, StartsInTheSameInstantAlternate) {
    FairShare share;
    const std::vector<store::ReadyTenant> both{{{"a"}, 1}, {{"b"}, 1}};
    std::string order;
    for (int n = 0; n < 4; ++n) {
        const TenantId tenant = *share.choose(both, kStart);
        share.started({{std::to_string(n)}, 1}, {tenant, 1}, kStart);
        order += tenant.text;
    }
    EXPECT_EQ(order, "abab");
}

TEST(FairShare, ChargesForAsLongAsASlotIsHeld) {
    FairShare share;
    const std::vector<store::ReadyTenant> both{{{"a"}, 1}, {{"b"}, 1}};
    std::vector<store::OpenAttempt> open{
        {.id = {{"1"}, 1}, .tenant = {"a"}, .phase = store::RunPhase::kRunning},
        {.id = {{"2"}, 1}, .tenant = {"b"}, .phase = store::RunPhase::kRunning}
    };
    share.follow(open, kStart);
    open[1].phase = store::RunPhase::kUploading;
    share.follow(open, kStart + 100s);
    share.follow(open, kStart + 200s);
    // `a` has used 200 s so far, `b` 100 s, however long it delivers; a tie would be `a`'s.
    EXPECT_EQ(share.choose(both, kStart + 200s)->text, "b");
    share.follow({}, kStart + 200s);
    EXPECT_EQ(share.choose(both, kStart + 900s)->text, "b");
}

TEST(FairShare, NobodyWantsAnything) {
    FairShare share;
    EXPECT_EQ(share.choose({}, kStart), std::nullopt);
}

}  // namespace
}  // namespace signalbox::jobs
