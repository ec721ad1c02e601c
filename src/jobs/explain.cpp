#include "jobs/explain.hpp"

#include "base/ids.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

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

// `… and …` of at most three jobs, by their short form.
std::string name_jobs(const std::vector<model::Job>& jobs) {
    static constexpr std::size_t kMost = 3;
    std::string text;
    for (std::size_t i = 0; i < jobs.size() && i < kMost; ++i) {
        const bool last = i + 1 == jobs.size();
        text += i == 0 ? "" : last ? " and " : ", ";
        text += fmt::format("{} ({})", short_form(jobs[i].id.text), jobs[i].spec.scenario_id);
    }
    if (jobs.size() > kMost) {
        text += fmt::format(" and {} more", jobs.size() - kMost);
    }
    return text;
}

std::string how_many_slots(std::int64_t n) {
    return n == 1   ? "your only slot is"
           : n == 2 ? "both your slots are"
                    : fmt::format("all your {} slots are", n);
}

void add_limit(
    Explanation& answer, std::string code, std::string what, double used_and_asked, double limit
) {
    if (used_and_asked > limit) {
        answer.reasons.push_back(
            {.code = std::move(code),
             .message = fmt::format("{} would be {} of {}", what, used_and_asked, limit),
             .value = used_and_asked,
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
                 name_jobs(place.active)
             ),
             .value = place.usage.active_jobs,
             .limit = limits.max_concurrent_jobs}
        );
    }
    const auto& spec = job.spec;
    add_limit(
        answer,
        "CPU",
        "CPU of your active jobs with this one",
        place.usage.cpu + spec.cpu_request,
        limits.max_cpu
    );
    add_limit(
        answer,
        "MEMORY",
        "Memory (Gi) of your active jobs with this one",
        place.usage.memory_gi + spec.memory_gi,
        limits.max_memory_gi
    );
}

void explain_pending(Explanation& answer, const model::Job& job, const Surroundings& around) {
    if (!job.attempts.empty() && job.attempts.back().reason == model::Reason::kNone) {
        answer.reasons.push_back(
            {.code = "STARTING",
             .message = fmt::format("attempt {} is starting", job.attempt),
             .value = std::nullopt,
             .limit = std::nullopt}
        );
        return;
    }
    if (!job.attempts.empty()) {
        const model::Attempt& last = job.attempts.back();
        answer.reasons.push_back(
            {.code = std::string(model::to_word(last.reason)),
             .message = fmt::format(
                 "attempt {} ended with {} and is tried again: {}",
                 last.n,
                 model::to_word(last.reason),
                 last.error
             ),
             .value = std::nullopt,
             .limit = std::nullopt}
        );
    }
    if (around.slots == 0) {
        answer.reasons.push_back(
            {.code = "NO_SLOT",
             .message = "this server starts no runs now",
             .value = std::nullopt,
             .limit = std::nullopt}
        );
    } else if (around.place.active_everywhere >= around.slots) {
        answer.reasons.push_back(
            {.code = "SLOTS",
             .message =
                 fmt::format("admitted; all {} slots of the server are in use", around.slots),
             .value = static_cast<double>(around.place.active_everywhere),
             .limit = static_cast<double>(around.slots)}
        );
    } else {
        answer.reasons.push_back(
            {.code = "NEXT",
             .message = "admitted; a slot is free and the start is due",
             .value = std::nullopt,
             .limit = std::nullopt}
        );
    }
}

void explain_running(Explanation& answer, const model::Job& job, Instant now) {
    const double seconds =
        job.started_at ? std::chrono::duration<double>(now - *job.started_at).count() : 0;
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
    answer.reasons.push_back(
        {.code = std::string(model::to_word(job.reason)),
         .message = !job.error.empty()                           ? job.error
                    : job.status == model::JobStatus::kSucceeded ? "the simulation ran to its end"
                                                                 : "cancelled on request",
         .value = std::nullopt,
         .limit = std::nullopt}
    );
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
