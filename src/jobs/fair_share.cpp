#include "jobs/fair_share.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

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
void FairShare::admit(std::span<const store::ReadyTenant> ready, Times& times) {
    std::set<TenantId> present;
    for (const auto& [attempt, run] : running_) {
        present.insert(run.tenant);
    }
    for (const store::ReadyTenant& candidate : ready) {
        present.insert(candidate.tenant);
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

std::optional<TenantId> FairShare::choose(
    std::span<const store::ReadyTenant> ready, SteadyTime now
) {
    Times times = virtual_times(now);
    admit(ready, times);
    std::optional<TenantId> best;
    for (const store::ReadyTenant& candidate : ready) {
        const double time = times.at(candidate.tenant);
        if (!best || time < times.at(*best) ||
            (time == times.at(*best) && candidate.tenant < *best)) {
            best = candidate.tenant;
        }
    }
    return best;
}

void FairShare::follow(std::span<const store::OpenAttempt> open, SteadyTime now) {
    std::set<AttemptId> present;
    for (const store::OpenAttempt& attempt : open) {
        if (store::holds_slot(attempt.phase)) {
            present.insert(attempt.id);
            started(attempt.id, {.tenant = attempt.tenant, .weight = attempt.weight}, now);
        }
    }
    std::vector<AttemptId> over;
    for (const auto& [attempt, run] : running_) {
        if (!present.contains(attempt)) {
            over.push_back(attempt);
        }
    }
    for (const AttemptId& attempt : over) {
        ended(attempt, now);
    }
}

void FairShare::started(
    const AttemptId& attempt, const store::ReadyTenant& tenant, SteadyTime now
) {
    used_.try_emplace(tenant.tenant, present_time_);
    running_.try_emplace(
        attempt, Run{.tenant = tenant.tenant, .weight = std::max(tenant.weight, 1), .since = now}
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
