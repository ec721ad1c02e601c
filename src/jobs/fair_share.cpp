#include "jobs/fair_share.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace signalbox::jobs {

namespace {

// Weight of the newest run in the moving mean of run times.
constexpr double kNewestShare = 0.2;

double seconds_between(SteadyTime from, SteadyTime to) {
    return std::chrono::duration<double>(to - from).count();
}

}  // namespace

// Of all who have used something or run something.
FairShare::Times FairShare::virtual_times(SteadyTime now) const {
    Times times = used_;
    for (const auto& [attempt, run] : running_) {
        times[run.tenant] +=
            std::max(expected_seconds_, seconds_between(run.since, now)) / run.weight;
    }
    return times;
}

// Lets newcomers in at the present time, and forgets those who have left and would come back to
// nothing but that.
void FairShare::admit(std::span<const Contender> contenders, Times& times) {
    std::set<TenantId> present;
    for (const auto& [attempt, run] : running_) {
        present.insert(run.tenant);
    }
    for (const Contender& contender : contenders) {
        present.insert(contender.tenant);
    }
    double lowest = std::numeric_limits<double>::max();
    for (const TenantId& tenant : present) {
        if (const auto known = times.find(tenant); known != times.end()) {
            lowest = std::min(lowest, known->second);
        }
    }
    if (lowest != std::numeric_limits<double>::max()) {
        present_time_ = std::max(present_time_, lowest);
    }
    std::erase_if(used_, [&](const auto& entry) {
        return !present.contains(entry.first) && entry.second <= present_time_;
    });
    for (const TenantId& tenant : present) {
        if (times.try_emplace(tenant, present_time_).second) {
            used_[tenant] = present_time_;
        }
    }
}

std::optional<TenantId> FairShare::choose(std::span<const Contender> contenders, SteadyTime now) {
    Times times = virtual_times(now);
    admit(contenders, times);
    std::optional<TenantId> best;
    for (const Contender& contender : contenders) {
        const double time = times.at(contender.tenant);
        if (!best || time < times.at(*best) ||
            (time == times.at(*best) && contender.tenant < *best)) {
            best = contender.tenant;
        }
    }
    return best;
}

void FairShare::started(const AttemptId& attempt, const Contender& contender, SteadyTime now) {
    used_.try_emplace(contender.tenant, present_time_);
    running_.insert_or_assign(
        attempt,
        Run{.tenant = contender.tenant, .weight = std::max(contender.weight, 1), .since = now}
    );
}

void FairShare::ended(const AttemptId& attempt, SteadyTime now) {
    const auto found = running_.find(attempt);
    if (found == running_.end()) {
        return;
    }
    const Run run = found->second;
    running_.erase(found);
    const double seconds = seconds_between(run.since, now);
    used_[run.tenant] += seconds / run.weight;
    expected_seconds_ += kNewestShare * (seconds - expected_seconds_);
}

}  // namespace signalbox::jobs
