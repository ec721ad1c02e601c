#include "jobs/explain.hpp"

#include "base/ids.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::jobs {

namespace {

using contract::ExplainReason;
using contract::Explanation;

std::string ordinal(std::int64_t n) {
    static constexpr std::array<std::string_view, 4> kEndings{"th", "st", "nd", "rd"};
    const bool teen = n % 100 >= 11 && n % 100 <= 13;
    const auto last = static_cast<std::size_t>(n % 10);
    return fmt::format("{}{}", n, teen || last > 3 ? kEndings[0] : kEndings[last]);
}

// `… and …` of at most three of `count` jobs, by their short form.
std::string name_jobs(const std::vector<model::Job>& jobs, std::int64_t count) {
    static constexpr std::size_t kMost = 3;
    const std::size_t shown = std::min(jobs.size(), kMost);
    const auto all = std::max(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)), shown);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        text += i == 0 ? "" : i + 1 == all ? " and " : ", ";
        text += fmt::format("{} ({})", short_form(jobs[i].id.text), jobs[i].spec.scenario_id);
    }
    if (all > shown) {
        text += fmt::format(" and {} more", all - shown);
    }
    return text;
}

void add(Explanation& answer, std::string code, std::string message) {
    answer.reasons.push_back(
        {.code = std::move(code),
         .message = std::move(message),
         .value = std::nullopt,
         .limit = std::nullopt}
    );
}

std::string how_many_slots(std::int64_t n) {
    return n == 1   ? "your only slot is"
           : n == 2 ? "both your slots are"
                    : fmt::format("all your {} slots are", n);
}

// A job that asks for more than its tenant may have, since the limit was lowered, waits for good.
void add_limit(
    Explanation& answer,
    std::string code,
    std::string_view what,
    double used,
    double asked,
    double limit
) {
    if (asked > limit) {
        answer.reasons.push_back(
            {.code = std::move(code),
             .message = fmt::format(
                 "{} of this job alone is {} of {}: it cannot start until the limit is raised",
                 what,
                 asked,
                 limit
             ),
             .value = asked,
             .limit = limit}
        );
    } else if (used + asked > limit) {
        answer.reasons.push_back(
            {.code = std::move(code),
             .message = fmt::format(
                 "{} of your active jobs with this one would be {} of {}", what, used + asked, limit
             ),
             .value = used + asked,
             .limit = limit}
        );
    }
}

void explain_queued(Explanation& answer, const model::Job& job, const store::QueuePlace& place) {
    answer.queue_position = place.position;
    answer.reasons.push_back(
        {.code = "QUEUE_POSITION",
         .message = fmt::format("{} in your queue", ordinal(place.position)),
         .value = static_cast<double>(place.position),
         .limit = std::nullopt}
    );
    const model::TenantLimits& limits = place.limits;
    if (place.usage.active_jobs >= limits.max_concurrent_jobs) {
        answer.reasons.push_back(
            {.code = "CONCURRENT_JOBS",
             .message = fmt::format(
                 "{} taken by {}",
                 how_many_slots(limits.max_concurrent_jobs),
                 name_jobs(place.active, place.usage.active_jobs)
             ),
             .value = place.usage.active_jobs,
             .limit = limits.max_concurrent_jobs}
        );
    }
    const model::TenantUsage& usage = place.usage;
    const model::JobSpec& spec = job.spec;
    add_limit(answer, "CPU", "CPU", usage.cpu, spec.cpu_request, limits.max_cpu);
    add_limit(
        answer, "MEMORY", "Memory (Gi)", usage.memory_gi, spec.memory_gi, limits.max_memory_gi
    );
}

void explain_wait_for_slot(Explanation& answer, const Surroundings& around, bool tried_before) {
    const store::SlotUse& use = around.place.everywhere;
    if (around.slots == 0) {
        add(answer, "NO_SLOT", "this server starts no runs now");
    } else if (!around.obstacle.empty()) {
        add(answer, "HELD", "no run is started: " + around.obstacle);
    } else if (use.running >= around.slots) {
        answer.reasons.push_back(
            {.code = "SLOTS",
             .message =
                 fmt::format("admitted; all {} slots of the server are in use", around.slots),
             .value = static_cast<double>(use.running),
             .limit = static_cast<double>(around.slots)}
        );
    } else if (use.left_of(around.slots) <= 0) {
        answer.reasons.push_back(
            {.code = "DELIVERING",
             .message = fmt::format(
                 "admitted; {} runs deliver their results, and the next start waits for one of "
                 "them",
                 use.delivering
             ),
             .value = static_cast<double>(use.delivering),
             .limit = static_cast<double>(use.most_delivering(around.slots))}
        );
    } else if (tried_before) {
        add(answer,
            "NEXT",
            "a slot is free; it starts again once its back-off is over and its memory fits beside "
            "your running jobs");
    } else {
        add(answer, "NEXT", "admitted; a slot is free and the start is due");
    }
}

void explain_pending(Explanation& answer, const model::Job& job, const Surroundings& around) {
    const model::Attempt* const last = job.attempts.empty() ? nullptr : &job.attempts.back();
    if (last != nullptr && last->reason == model::Reason::kNone) {
        add(answer,
            job.cancel_requested ? "CANCELLING" : "STARTING",
            fmt::format(
                "attempt {} is {}",
                job.attempt,
                job.cancel_requested ? "being cancelled before it runs" : "starting"
            ));
        return;
    }
    if (last != nullptr) {
        add(answer,
            std::string(model::to_word(last->reason)),
            fmt::format(
                "attempt {} ended with {} and is tried again: {}",
                last->n,
                model::to_word(last->reason),
                last->error
            ));
    }
    if (!around.has_simulator) {
        add(answer,
            "NO_SIMULATOR",
            fmt::format(
                "SUMO {} is not installed on this server any more: the run will fail",
                job.spec.sumo_version
            ));
    }
    explain_wait_for_slot(answer, around, last != nullptr);
}

void explain_running(Explanation& answer, const model::Job& job, Instant now) {
    // A clock that was set back would have it run for less than nothing.
    const double seconds =
        job.started_at ? std::max(std::chrono::duration<double>(now - *job.started_at).count(), 0.0)
                       : 0;
    answer.reasons.push_back(
        {.code = job.cancel_requested ? "CANCELLING" : "RUNNING",
         .message = fmt::format(
             "{} for {}; limit {}",
             job.cancel_requested ? "being cancelled, running" : "running",
             format_duration(seconds),
             format_duration(static_cast<double>(job.spec.timeout.count()))
         ),
         .value = seconds,
         .limit = static_cast<double>(job.spec.timeout.count())}
    );
}

void explain_end(Explanation& answer, const model::Job& job) {
    const std::string_view by_itself =
        job.status == model::JobStatus::kSucceeded   ? "the simulation ran to its end"
        : job.status == model::JobStatus::kCancelled ? "cancelled on request"
                                                     : "the run failed without a word of why";
    add(answer,
        std::string(model::to_word(job.reason)),
        job.error.empty() ? std::string(by_itself) : job.error);
    if (job.attempt > 1) {
        answer.reasons.push_back(
            {.code = "ATTEMPTS",
             .message = fmt::format("it took {} attempts", job.attempt),
             .value = job.attempt,
             .limit = std::nullopt}
        );
    }
}

}  // namespace

Explanation explain(const model::Job& job, const Surroundings& surroundings) {
    Explanation answer{
        .job_id = job.id.text, .status = job.status, .queue_position = std::nullopt, .reasons = {}
    };
    switch (job.status) {
        case model::JobStatus::kQueued:
            explain_queued(answer, job, surroundings.place);
            break;
        case model::JobStatus::kPending:
            explain_pending(answer, job, surroundings);
            break;
        case model::JobStatus::kRunning:
            explain_running(answer, job, surroundings.now);
            break;
        default:
            explain_end(answer, job);
    }
    return answer;
}

}  // namespace signalbox::jobs
