#include "tests/simulation/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::simulation {

namespace {

constexpr std::int32_t kInfrastructureRetries = model::RetryPolicy{}.infrastructure_retries;

bool is_over(const std::string& status) {
    return model::is_final(model::parse_job_status(status).value());
}

bool is_infrastructure(const std::string& reason) {
    return model::is_infrastructure(model::parse_reason(reason).value());
}

}  // namespace

void Judge::look() {
    look_at_jobs();
    look_at_attempts();
    look_at_workers();
}

void Judge::look_at_jobs() {
    std::map<std::string, Use> active;
    std::map<std::string, JobId> keys;
    std::size_t seen = 0;
    open_jobs_ = 0;
    auto rows = arena_.connection.query(
        "SELECT id, status, reason, coalesce('retry of ' || retry_of, scenario_id), attempt_open,"
        " attempt, tenant, cpu FROM jobs"
    );
    while (rows.next().value()) {
        ++seen;
        const JobId id{rows.text(0)};
        JobState state{
            .status = rows.text(1),
            .reason = rows.text(2),
            .key = rows.text(3),
            .attempt_open = rows.integer(4) != 0,
            .attempt = static_cast<std::int32_t>(rows.integer(5))
        };
        if (state.status == "PENDING" || state.status == "RUNNING") {
            Use& use = active[rows.text(6)];
            ++use.jobs;
            use.cpu += rows.integer(7);
        }
        open_jobs_ += is_over(state.status) ? 0 : 1;
        if (is_over(state.status) && state.attempt_open) {
            find(fmt::format("job {} is {} with an open attempt", id.text, state.status));
        }
        if (!keys.emplace(state.key, id).second) {
            find(fmt::format("two jobs were made of {}", state.key));
        }
        const auto cancelled = told_.cancelled.find(id);
        if (cancelled != told_.cancelled.end() && state.attempt > cancelled->second) {
            find(fmt::format("job {} was started again after its cancel", id.text));
        }
        const auto before = jobs_.find(id);
        if (before != jobs_.end() && is_over(before->second.status) &&
            (before->second.status != state.status || before->second.reason != state.reason)) {
            find(fmt::format(
                "job {} was {} {} and is {} {}",
                id.text,
                before->second.status,
                before->second.reason,
                state.status,
                state.reason
            ));
        }
        jobs_.insert_or_assign(id, std::move(state));
    }
    if (seen != jobs_.size()) {
        find("a job is gone");
    }
    look_at_limits(active);
    for (const auto& [key, id] : told_.submitted) {
        const auto found = keys.find(key);
        if (found == keys.end() || found->second != id) {
            find(fmt::format("{} was acknowledged as {} and is not that", key, id.text));
        }
    }
}

void Judge::look_at_limits(const std::map<std::string, Use>& active) {
    for (const auto& [tenant, use] : active) {
        const model::TenantLimits& limits = limits_.at(tenant);
        if (use.jobs > limits.max_concurrent_jobs || use.cpu > limits.max_cpu) {
            find(fmt::format(
                "{} has {} active jobs of {} and {} cores of {}",
                tenant,
                use.jobs,
                limits.max_concurrent_jobs,
                use.cpu,
                limits.max_cpu
            ));
        }
    }
}

void Judge::look_at_attempts() {
    store::SlotUse use;
    std::size_t ended = 0;
    std::set<JobId> with_open;
    auto rows = arena_.connection.query(
        "SELECT j.id, a.n, a.finished_at IS NOT NULL, a.reason, a.verdict_hash, a.lost,"
        " a.phase"
        " FROM attempts a JOIN jobs j ON j.seq = a.job"
    );
    while (rows.next().value()) {
        const AttemptId id{.job = {rows.text(0)}, .n = static_cast<std::int32_t>(rows.integer(1))};
        if (rows.integer(2) == 0) {
            use.add(static_cast<store::RunPhase>(rows.integer(6)));
            const JobState& job = jobs_.at(id.job);
            if (!with_open.insert(id.job).second || !job.attempt_open || job.attempt != id.n) {
                find(fmt::format("attempt {} is open beside another", id.name()));
            }
            continue;
        }
        ++ended;
        const AttemptState state{
            .reason = rows.text(3), .hash = rows.text(4), .lost = rows.integer(5) != 0
        };
        const auto [place, first] = ended_.emplace(id, state);
        if (first) {
            judge_end(id, state);
        } else if (place->second != state) {
            find(fmt::format(
                "attempt {} ended with {} and now says {}",
                id.name(),
                place->second.reason,
                state.reason
            ));
        }
    }
    if (use.running > machine_.slots || use.open() > 2 * machine_.slots) {
        find(fmt::format(
            "{} attempts run and {} deliver on {} slots",
            use.running,
            use.delivering,
            machine_.slots
        ));
    }
    if (ended != ended_.size()) {
        find("an attempt that had ended is open or gone");
    }
    for (const auto& [id, hash] : machine_.accepted) {
        const auto found = ended_.find(id);
        if (found == ended_.end() || found->second.hash != hash) {
            find(fmt::format("the verdict {} of {} was accepted and is not kept", hash, id.name()));
        }
    }
}

// Just now.
void Judge::judge_end(const AttemptId& attempt, const AttemptState& state) {
    if (!state.lost) {
        const auto said = machine_.reported.find(attempt);
        if (said == machine_.reported.end() || !said->second.contains(state.hash) ||
            to_word(said->second.at(state.hash).reason) != state.reason) {
            find(fmt::format("{} ended with {}, which nobody said", attempt.name(), state.reason));
        }
        return;
    }
    const auto there = machine_.directories.find(attempt);
    if (there != machine_.directories.end() && (there->second.alive || there->second.verdict)) {
        find(fmt::format(
            "{} was given up as {} though its worker {}",
            attempt.name(),
            state.reason,
            there->second.alive ? "lives" : "has left a verdict"
        ));
    }
}

void Judge::look_at_workers() {
    std::set<JobId> running;
    for (const auto& [attempt, worker] : machine_.directories) {
        if (worker.alive && !worker.verdict && !running.insert(attempt.job).second) {
            find(fmt::format("two workers run job {}", attempt.job.text));
        }
    }
}

void Judge::clean_up(const AttemptId& attempt) {
    look();
    if (!ended_.contains(attempt)) {
        find(fmt::format("{} is cleaned up before its end", attempt.name()));
    }
}

void Judge::look_at_the_end() {
    look();
    for (const auto& [id, state] : jobs_) {
        if (is_over(state.status)) {
            judge_outcome(id, state);
        } else {
            find(fmt::format("job {} is stuck in {} {}", id.text, state.status, state.reason));
        }
    }
    for (const auto& [id, state] : ended_) {
        if (!state.lost && !machine_.contested.contains(id) &&
            machine_.manifests.at(id) != machine_.reported.at(id).at(state.hash).files) {
            find(fmt::format("the manifest of {} is not that of its verdict", id.name()));
        }
    }
}

void Judge::judge_outcome(const JobId& job, const JobState& state) {
    const auto last = ended_.find({.job = job, .n = state.attempt});
    const bool cancelled = state.status == "CANCELLED";
    if (last == ended_.end()) {
        if (!cancelled || !told_.cancels_sent.contains(job)) {
            find(fmt::format("job {} is {} without an attempt", job.text, state.status));
        }
        return;
    }
    const std::string& reason = last->second.reason;
    const bool explained = reason == state.reason ||
                           (cancelled && told_.cancels_sent.contains(job) && reason != "COMPLETED");
    if (!explained || (reason == "COMPLETED") != (state.status == "SUCCEEDED")) {
        find(fmt::format(
            "job {} is {} {} but its last attempt ended with {}",
            job.text,
            state.status,
            state.reason,
            reason
        ));
    }
    const auto faults = std::ranges::count_if(ended_, [&](const auto& entry) {
        return entry.first.job == job && is_infrastructure(entry.second.reason);
    });
    if (state.status == "FAILED" && is_infrastructure(reason) && faults <= kInfrastructureRetries) {
        find(fmt::format("job {} failed with {} before its retries were used", job.text, reason));
    }
}

}  // namespace signalbox::simulation
