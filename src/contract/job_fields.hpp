// Field lists of a job and its parts, in the three forms it is written in; internal to contract/.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "contract/job_contract.hpp"
#include "contract/model_fields.hpp"

#include <array>
#include <string_view>

namespace signalbox::contract {

template <>
struct Fields<ProgressView> {
    static void list(auto& f, auto& v) {
        f("simulated_seconds", v.simulated_seconds);
        f("end_seconds", v.end_seconds);
        f("percent", v.percent);
        f("running", v.running);
        f("halting", v.halting);
        f("real_time_factor", v.real_time_factor);
        f("eta_seconds", v.eta_seconds);
    }
};

template <>
struct Fields<AttemptView> {
    static void list(auto& f, auto& v) {
        f("n", v.n);
        f("reason", v.reason);
        f.text_or_null("error", v.error);
        f("started_at", v.started_at);
        f("finished_at", v.finished_at);
        f.text_or_null("where", v.where);
        f.text_or_null("sumo_version", v.sumo_version);
        f("memory_bytes", v.memory_bytes);
    }
};

struct JobShape {
    bool progress = true;
    bool kpis = true;
    bool attempts = true;
};

inline constexpr JobShape kDetail{};
inline constexpr JobShape kListItem{.progress = true, .kpis = false, .attempts = false};
inline constexpr JobShape kStateEvent{.progress = false, .kpis = false, .attempts = true};

void list_job(auto& f, auto& v, JobShape shape) {
    f.required("job_id", v.job_id);
    f("tenant_id", v.tenant_id);
    f("scenario_id", v.scenario_id);
    f.required("status", v.status);
    f("reason", v.reason);
    f.text_or_null("error", v.error);
    f("submitted_at", v.submitted_at);
    f("started_at", v.started_at);
    f("finished_at", v.finished_at);
    f.derived("completed_at", v.finished_at);
    f("cpu_request", v.cpu_request);
    f("memory_gi", v.memory_gi);
    f("priority", v.priority);
    if (shape.progress) {
        f("progress", v.progress);
    }
    if (shape.kpis) {
        f.always("kpis", v.kpis);
    }
    f("attempt", v.attempt);
    if (shape.attempts) {
        f("attempts", v.attempts);
    }
    f("config_file", v.config_file);
    f("sumo_version", v.sumo_version);
    f("seed", v.seed);
    f("end", v.end);
    f("args", v.args);
    f("timeout_seconds", v.timeout_seconds);
    f.text_or_null("result_location", v.result_location);
    f("result_files", v.result_files);
    f("cancel_requested", v.cancel_requested);
    f("pinned", v.pinned);
    f.text_or_null("retry_of", v.retry_of);
    f("warnings", v.warnings);
}

template <>
struct Fields<JobView> {
    static void list(auto& f, auto& v) { list_job(f, v, kDetail); }
};

/// List items under `name`.
void list_jobs(auto& f, std::string_view name, auto& jobs) {
    f.items(name, jobs, [](auto& item, auto& job) { list_job(item, job, kListItem); });
}

/// The words of the states as keys, in the order of model::JobStatus.
inline constexpr std::array<std::string_view, model::kJobStatusCount> kCountNames{
    "queued", "pending", "running", "succeeded", "failed", "cancelled"
};

void list_counts(auto& f, std::string_view name, auto& counts) {
    f.object(name, [&counts](auto& inner) {
        for (std::size_t i = 0; i < kCountNames.size(); ++i) {
            inner(kCountNames[i], counts[i]);
        }
    });
}

}  // namespace signalbox::contract
