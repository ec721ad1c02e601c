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

double FairShare::charge(const Run& run, SteadyTime now) const {
    return std::max(expected_seconds_, seconds_between(run.since, now)) / run.weight;
}

double FairShare::virtual_time(const TenantId& tenant, SteadyTime now) const {
    const auto account = accounts_.find(tenant);
    double total = account == accounts_.end() ? 0 : account->second.virtual_seconds;
    for (const auto& [attempt, run] : running_) {
        if (run.tenant == tenant) {
            total += charge(run, now);
        }
    }
    return total;
}

// Lets newcomers in at the lowest virtual time of those present, and forgets who has left.
void FairShare::admit(std::span<const Contender> contenders, SteadyTime now) {
    std::set<TenantId> present;
    for (const auto& [attempt, run] : running_) {
        present.insert(run.tenant);
    }
    for (const Contender& contender : contenders) {
        present.insert(contender.tenant);
    }
    std::erase_if(accounts_, [&](const auto& entry) { return !present.contains(entry.first); });

    double lowest = std::numeric_limits<double>::max();
    for (const auto& [tenant, account] : accounts_) {
        lowest = std::min(lowest, virtual_time(tenant, now));
    }
    const double start = accounts_.empty() ? 0 : lowest;
    for (const TenantId& tenant : present) {
        accounts_.try_emplace(tenant, Account{.virtual_seconds = start});
    }
}

std::optional<TenantId> FairShare::choose(std::span<const Contender> contenders, SteadyTime now) {
    admit(contenders, now);
    std::optional<TenantId> best;
    double lowest = std::numeric_limits<double>::max();
    for (const Contender& contender : contenders) {
        const double time = virtual_time(contender.tenant, now);
        if (time < lowest || (time == lowest && contender.tenant < *best)) {
            lowest = time;
            best = contender.tenant;
        }
    }
    return best;
}

void FairShare::started(const AttemptId& attempt, const Contender& contender, SteadyTime now) {
    accounts_.try_emplace(contender.tenant);
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
    accounts_[run.tenant].virtual_seconds += seconds / run.weight;
    expected_seconds_ += kNewestShare * (seconds - expected_seconds_);
}

}  // namespace signalbox::jobs
