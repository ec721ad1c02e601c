#include "contract/job_contract.hpp"

#include "contract/job_fields.hpp"

#include <algorithm>
#include <cmath>

namespace signalbox::contract {

template <>
struct Fields<SubmitAnswer> {
    static void list(auto& f, auto& v) {
        f.required("job_id", v.job_id);
        f.required("status", v.status);
        f("config_file", v.config_file);
        f("warnings", v.warnings);
        f.if_any("retry_of", v.retry_of);
    }
};

template <>
struct Fields<JobsPage> {
    static void list(auto& f, auto& v) {
        list_jobs(f, "jobs", v.jobs);
        f("next_cursor", v.next_cursor);
        f.if_set("total", v.total);
    }
};

namespace {

AttemptView make_attempt_view(const model::Attempt& attempt) {
    return {
        .n = attempt.n,
        .reason = attempt.reason,
        .error = attempt.error,
        .started_at = attempt.started_at,
        .finished_at = attempt.finished_at,
        .where = attempt.where,
        .sumo_version = attempt.sumo_version,
        .memory_bytes = attempt.memory_bytes,
    };
}

}  // namespace

ProgressView make_progress_view(const model::Progress& progress, model::JobStatus status) {
    ProgressView view{
        .simulated_seconds = progress.simulated_seconds,
        .end_seconds = progress.end_seconds,
        .percent = std::nullopt,
        .running = progress.running,
        .halting = progress.halting,
        .real_time_factor = progress.real_time_factor,
        .eta_seconds = std::nullopt,
    };
    const double begin = progress.begin_seconds.value_or(0);
    if (!progress.simulated_seconds || !progress.end_seconds || *progress.end_seconds <= begin) {
        return view;
    }
    const double done = (*progress.simulated_seconds - begin) / (*progress.end_seconds - begin);
    // Two decimals: enough for a bar, and steady to look at.
    view.percent = std::round(std::clamp(done, 0.0, 1.0) * 10'000) / 100;
    if (status == model::JobStatus::kRunning && progress.real_time_factor.value_or(0) > 0) {
        const double left = std::max(*progress.end_seconds - *progress.simulated_seconds, 0.0);
        view.eta_seconds = std::round(left / *progress.real_time_factor * 10) / 10;
    }
    return view;
}

JobView make_job_view(const model::Job& job, std::string result_location) {
    JobView view{
        .job_id = job.id.text,
        .tenant_id = job.tenant.text,
        .scenario_id = job.spec.scenario_id,
        .status = job.status,
        .reason = job.reason,
        .error = job.error,
        .submitted_at = job.submitted_at,
        .started_at = job.started_at,
        .finished_at = job.finished_at,
        .cpu_request = job.spec.cpu_request,
        .memory_gi = job.spec.memory_gi,
        .priority = job.spec.priority,
        .progress = make_progress_view(job.progress, job.status),
        .kpis = job.figures,
        .attempt = job.attempt,
        .attempts = {},
        .config_file = job.spec.config_file,
        .sumo_version = job.spec.sumo_version,
        .seed = job.spec.seed,
        .end = job.spec.end,
        .args = job.spec.args,
        .timeout_seconds = job.spec.timeout.count(),
        .result_location = std::move(result_location),
        .result_files = {},
        .cancel_requested = job.cancel_requested,
        .pinned = job.pinned,
        .retry_of = job.spec.retry_of ? job.spec.retry_of->text : std::string(),
        .warnings = job.spec.warnings,
    };
    std::ranges::transform(job.attempts, std::back_inserter(view.attempts), make_attempt_view);
    for (const model::ResultFile& file : job.files) {
        view.result_files.emplace_back(file.path, file.size_bytes);
    }
    return view;
}

std::string encode(const SubmitAnswer& answer) {
    return encode_fields(answer);
}

Result<SubmitAnswer> decode_submit_answer(std::string_view text) {
    return decode_fields<SubmitAnswer>(text);
}

std::string encode(const JobView& job) {
    return encode_fields(job);
}

std::string encode_list_item(const JobView& job) {
    return encode_object([&job](Encoder& f) { list_job(f, job, kListItem); });
}

std::string encode_state(const JobView& job) {
    return encode_object([&job](Encoder& f) { list_job(f, job, kStateEvent); });
}

Result<JobView> decode_job_view(std::string_view text) {
    return decode_fields<JobView>(text);
}

std::string encode(const JobsPage& page) {
    return encode_fields(page);
}

Result<JobsPage> decode_jobs_page(std::string_view text) {
    return decode_fields<JobsPage>(text);
}

std::string encode(const ProgressView& progress) {
    return encode_fields(progress);
}

Result<ProgressView> decode_progress_view(std::string_view text) {
    return decode_fields<ProgressView>(text);
}

std::string encode(const model::Figures& figures) {
    return encode_fields(figures);
}

Result<model::Figures> decode_figures(std::string_view text) {
    return decode_fields<model::Figures>(text);
}

}  // namespace signalbox::contract
