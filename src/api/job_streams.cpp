#include "api/job_streams.hpp"

#include "api/request_reading.hpp"
#include "base/hash.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "contract/job_contract.hpp"
#include "jobs/changes.hpp"
#include "wire/sse_writer.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::api {

namespace {

// Enough to tell two snapshots of one job apart.
constexpr std::size_t kHashCharacters = 12;
constexpr std::string_view kEnd = "-end";

std::string short_hash(std::string_view data) {
    return sha256_hex(data).substr(0, kHashCharacters);
}

std::string_view closing_word(model::JobStatus status) {
    switch (status) {
        case model::JobStatus::kSucceeded:
            return "Succeeded";
        case model::JobStatus::kCancelled:
            return "Cancelled";
        default:
            return "Failed";
    }
}

std::string encode_log_event(const jobs::LogEvent& event, const JobId& job) {
    JsonWriter json;
    json.begin_object();
    switch (event.kind) {
        case jobs::LogEvent::Kind::kOpening:
            json.key("pod").text(pod_name(job)).key("phase").text(pod_phase(event.status));
            json.key("message").text("Starting log stream...");
            break;
        case jobs::LogEvent::Kind::kLine:
            json.key("message").text(event.text);
            break;
        case jobs::LogEvent::Kind::kClosing:
            json.key("status").text(closing_word(event.status)).key("message").text(event.text);
            break;
    }
    return json.end_object().take();
}

}  // namespace

Task<Result<void>> LogEvents::next(std::string& out, std::chrono::steady_clock::duration patience) {
    SB_CO_TRY(const auto events, co_await follower_.next(patience));
    for (const jobs::LogEvent& event : events) {
        wire::append_event(
            out,
            {.id = jobs::to_text(event.position),
             .event = {},
             .data = encode_log_event(event, follower_.job())}
        );
    }
    co_return Result<void>();
}

std::string to_text(const SeenSnapshots& seen) {
    return seen.state + "-" + seen.progress + "-" + seen.figures;
}

SeenSnapshots parse_seen_snapshots(std::string_view text) {
    const auto parts = split(text, '-');
    if (parts.size() != 3) {
        return {};
    }
    return {
        .state = std::string(parts[0]),
        .progress = std::string(parts[1]),
        .figures = std::string(parts[2])
    };
}

JobEvents::JobEvents(const Parts& with, JobId job, SeenSnapshots seen)
    : with_(with),
      hints_(with.changes.subscribe(jobs::job_hint(job))),
      job_(std::move(job)),
      seen_(std::move(seen)) {}

Task<Result<void>> JobEvents::next(std::string& out, std::chrono::steady_clock::duration patience) {
    if (looked_at_) {
        const bool hinted = co_await hints_.wait(patience);
        if (!hinted && std::chrono::steady_clock::now() - *looked_at_ < jobs::kLookWithoutHint) {
            co_return Result<void>();
        }
    }
    looked_at_ = std::chrono::steady_clock::now();
    co_return co_await look(out);
}

// Apart from the waiting, whose frame lives as long as the stream: this one has a job in it.
Task<Result<void>> JobEvents::look(std::string& out) {
    SB_CO_TRY(const auto job, co_await with_.jobs.get_job(std::nullopt, job_));
    append_changes(job, out);
    co_return Result<void>();
}

// A final state closes the stream, behind everything else; who has seen nothing yet gets it first
// as well, as the present one.
void JobEvents::append_changes(const model::Job& job, std::string& out) {
    const bool over = model::is_final(job.status);
    const contract::JobView view = contract::make_job_view(job, result_location(with_, job));
    const std::string state = contract::encode_state(view);
    if (!over || seen_.state.empty()) {
        append_if_new(out, "state", state);
    }
    if (view.progress != contract::ProgressView{} || !seen_.progress.empty()) {
        append_if_new(out, "progress", contract::encode(view.progress));
    }
    if (view.kpis) {
        append_if_new(out, "figures", contract::encode(*view.kpis));
    }
    if (over) {
        const std::string id = std::to_string(job.attempt) + std::string(kEnd);
        wire::append_event(out, {.id = id, .event = "state", .data = state});
        done_ = true;
    }
}

void JobEvents::append_if_new(std::string& out, std::string_view event, const std::string& data) {
    std::string& seen = event == "state"      ? seen_.state
                        : event == "progress" ? seen_.progress
                                              : seen_.figures;
    std::string hash = short_hash(data);
    if (hash == seen) {
        return;
    }
    seen = std::move(hash);
    wire::append_event(out, {.id = to_text(seen_), .event = std::string(event), .data = data});
}

bool resumes_behind_end(std::string_view last_event_id) {
    return last_event_id.ends_with(kEnd);
}

std::string_view pod_phase(model::JobStatus status) {
    switch (status) {
        case model::JobStatus::kQueued:
        case model::JobStatus::kPending:
            return "Pending";
        case model::JobStatus::kRunning:
            return "Running";
        case model::JobStatus::kSucceeded:
            return "Succeeded";
        default:
            return "Failed";
    }
}

std::string pod_name(const JobId& job) {
    return "local-" + std::string(short_form(job.text));
}

}  // namespace signalbox::api
