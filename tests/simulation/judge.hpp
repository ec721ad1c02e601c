// What must hold whatever happens: looked at after each write, and once more at the end.
//
// - an acknowledged job exists, once; one key never makes two
// - a job has at most one open attempt and at most one worker that runs
// - slots and the tenants' limits hold; at most twice as many attempts as slots are open
// - what is final stays as it is; an attempt that has ended stays as it ended
// - an attempt ends with what its worker reported, or as lost when there was no worker
// - what was accepted from a worker is what stands, and so is its manifest
// - a job whose cancel was acknowledged is never started again
// - at the end every job is over, for a reason its attempts explain
//
// Threads: one.  Suspends: never.  Errors: the first violation, as a sentence.
#pragma once

#include "model/tenant.hpp"
#include "tests/simulation/machine.hpp"
#include "tests/simulation/world.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace signalbox::simulation {

/// What clients were told, and what they asked for.
struct Told {
    std::map<std::string, JobId> submitted;   ///< by Idempotency-Key, once acknowledged
    std::map<JobId, std::int32_t> cancelled;  ///< acknowledged at this attempt
    std::set<JobId> cancels_sent;
};

class Judge {
public:
    /// All must outlive the judge.
    Judge(Arena& arena, const Machine& machine, const Told& told)
        : arena_(arena), machine_(machine), told_(told) {}

    void add_tenant(const TenantId& tenant, model::TenantLimits limits) {
        limits_.emplace(tenant.text, limits);
    }

    void look();
    void look_at_the_end();

    /// An attempt's directory goes: its outcome must be stored.
    void clean_up(const AttemptId& attempt);

    void find(std::string sentence) {
        if (!violation_) {
            violation_ = std::move(sentence);
        }
    }

    [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }

    /// Every job is over and nothing runs.
    [[nodiscard]] bool all_is_over() const {
        return open_jobs_ == 0 && machine_.directories.empty();
    }

private:
    struct JobState {
        std::string status;
        std::string reason;
        std::string key;
        bool attempt_open = false;
        std::int32_t attempt = 0;
    };

    struct AttemptState {
        std::string reason;
        std::string hash;
        bool lost = false;

        bool operator==(const AttemptState&) const = default;
    };

    /// What a tenant's active jobs take up.
    struct Use {
        std::int64_t jobs = 0;
        std::int64_t cpu = 0;
    };

    void look_at_jobs();
    void look_at_limits(const std::map<std::string, Use>& active);
    void look_at_attempts();
    void look_at_workers();
    void judge_end(const AttemptId& attempt, const AttemptState& state);
    void judge_outcome(const JobId& job, const JobState& state);

    Arena& arena_;
    const Machine& machine_;
    const Told& told_;
    std::map<std::string, model::TenantLimits> limits_;
    std::map<JobId, JobState> jobs_;
    std::map<AttemptId, AttemptState> ended_;
    std::int64_t open_jobs_ = 0;
    std::optional<std::string> violation_;
};

}  // namespace signalbox::simulation
