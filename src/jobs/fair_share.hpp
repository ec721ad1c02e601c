// Which tenant's turn it is: slots are shared by weight over the tenants that want them.
//
// Each tenant has a virtual time: the slot time it has used, divided by its weight. The tenant with
// the lowest goes next. A start is charged with an expected duration at once, so that starts in the
// same instant alternate, and corrected when the run leaves its slot; a run that takes longer is
// charged as it goes on. Who comes back after a pause starts at the lowest virtual time of those
// present, or at its own when that is higher: idling earns nothing, and leaving forgives nothing.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/run_store.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace signalbox::jobs {

class FairShare {
public:
    /// The tenant whose turn it is; ties go to the smaller name. None for an empty span.
    [[nodiscard]] std::optional<TenantId> choose(
        std::span<const store::ReadyTenant> ready, SteadyTime now
    );

    /// What holds a slot and is not known has begun now, what is known and holds none has ended.
    void follow(std::span<const store::OpenAttempt> open, SteadyTime now);

    /// A run of the tenant began; known attempts are ignored.
    void started(const AttemptId& attempt, const store::ReadyTenant& tenant, SteadyTime now);

    /// It ended; unknown attempts are ignored.
    void ended(const AttemptId& attempt, SteadyTime now);

private:
    struct Run {
        TenantId tenant;
        std::int32_t weight = 1;
        SteadyTime since;
    };

    using Times = std::map<TenantId, double>;

    [[nodiscard]] Times virtual_times(SteadyTime now) const;
    void admit(std::span<const store::ReadyTenant> ready, Times& times);

    std::map<TenantId, double> used_;  ///< virtual seconds of runs that hold no slot any more
    std::map<AttemptId, Run> running_;
    double present_time_ = 0;       ///< lowest virtual time of those present; never goes back
    double expected_seconds_ = 10;  ///< moving mean of run times
};

}  // namespace signalbox::jobs
