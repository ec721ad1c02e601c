#include "jobs/job_service.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/uuid.hpp"
#include "jobs/changes.hpp"
#include "jobs/explain.hpp"
#include "jobs/log_feed.hpp"
#include "store/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::jobs {

namespace {

constexpr std::int64_t kShownCandidates = 5;
constexpr std::size_t kUuidCharacters = 36;
// Shorter parts of an id name nothing.
constexpr std::size_t kMinIdPart = 4;
// One answer's text; ten thousand lines of ordinary length are a tenth of it.
constexpr std::size_t kMaxLogText = std::size_t{8} << 20U;
constexpr std::size_t kChunkBytes = std::size_t{256} << 10U;

Failure not_found() {
    return fail(Code::kNotFound, "JOB_NOT_FOUND", "Job not found");
}

bool may_be_part_of_id(std::string_view text) {
    return text.size() >= kMinIdPart && text.size() < kUuidCharacters &&
           std::ranges::all_of(text, [](char c) { return is_hex_digit(c) || c == '-'; });
}

Error ambiguous(const std::string& text, const std::vector<JobId>& candidates) {
    std::vector<std::string> shown;
    for (const JobId& id : candidates) {
        if (std::cmp_less(shown.size(), kShownCandidates)) {
            shown.push_back(id.text);
        }
    }
    const bool more = candidates.size() > shown.size();
    return {
        Code::kConflict,
        "AMBIGUOUS_JOB_ID",
        fmt::format(
            "Job id {} is ambiguous: {}{}", text, join(shown, ", "), more ? ", and more" : ""
        )
    };
}

std::string dropped_note(const files::LogChunk& chunk) {
    return chunk.dropped_bytes == 0 ? "" : dropped_mark(chunk.dropped_bytes) + "\n";
}

bool waits(model::JobStatus status) {
    return status == model::JobStatus::kQueued || status == model::JobStatus::kPending;
}

}  // namespace

Task<Result<JobId>> JobService::find_id(std::optional<TenantId> tenant, std::string text) {
    text = to_lower(text);
    if (is_uuid(text)) {
        co_return JobId{std::move(text)};
    }
    if (!may_be_part_of_id(text)) {
        co_return not_found();
    }
    SB_CO_TRY(
        auto candidates, co_await with_.jobs.find_ids(std::move(tenant), text, kShownCandidates + 1)
    );
    if (candidates.empty()) {
        co_return not_found();
    }
    if (candidates.size() > 1) {
        co_return fail(ambiguous(text, candidates));
    }
    co_return std::move(candidates.front());
}

Task<Result<model::Job>> JobService::get_job(std::optional<TenantId> tenant, std::string text) {
    SB_CO_TRY(JobId id, co_await find_id(tenant, std::move(text)));
    co_return co_await with_.jobs.get_job(std::move(tenant), std::move(id));
}

Task<Result<model::Job>> JobService::cancel(std::optional<TenantId> tenant, JobId id) {
    SB_CO_TRY(auto job, co_await with_.jobs.request_cancel(tenant, id, with_.clock.now()));
    if (!model::is_final(job.status) && job.attempt > 0) {
        // Only for speed: the worker learns of it at its next beat in any case.
        const auto nudged = co_await with_.runner.nudge({.job = id, .n = job.attempt});
        if (!nudged) {
            log::warning(
                "worker was not told of the cancel",
                {{"job_id", id.text}, {"error", nudged.error().message()}}
            );
        }
    }
    notify_end(with_.changes, id);
    co_return std::move(job);
}

Task<Result<contract::Explanation>> JobService::explain(model::Job job) {
    Surroundings around{
        .place = {},
        .slots = with_.runner.slots(),
        .obstacle = {},
        .has_simulator = with_.submissions.choose_simulator(job.spec.sumo_version).has_value(),
        .now = with_.clock.now()
    };
    if (waits(job.status)) {
        SB_CO_TRY(around.place, co_await with_.jobs.get_queue_place(job.id));
        around.obstacle = co_await with_.runner.find_obstacle();
    }
    co_return jobs::explain(job, around);
}

Task<Result<std::string>> JobService::read_log_end(
    model::Job job, std::int32_t attempt, std::int64_t lines
) {
    const files::ResultPlace place{.tenant = job.tenant, .attempt = {.job = job.id, .n = attempt}};
    SB_CO_TRY(const std::uint64_t tail, co_await with_.logs.find_tail(place, lines));
    SB_CO_TRY(auto chunk, co_await with_.logs.read(place, tail, kChunkBytes));
    // What is logged from now on is not waited for, and what is too much is skipped at the start.
    const std::uint64_t end = chunk.size;
    std::string text = dropped_note(chunk);
    if (end > kMaxLogText && chunk.offset < end - kMaxLogText) {
        text += fmt::format(
            "[signalbox: {} left out here; logs/stream has all of it]\n",
            format_bytes(end - kMaxLogText - chunk.offset)
        );
        SB_CO_TRY(chunk, co_await with_.logs.read(place, end - kMaxLogText, kChunkBytes));
    }
    while (!chunk.bytes.empty()) {
        text += chunk.bytes;
        const std::uint64_t next = chunk.offset + chunk.bytes.size();
        if (next >= end) {
            break;
        }
        SB_CO_TRY(chunk, co_await with_.logs.read(place, next, kChunkBytes));
        text += dropped_note(chunk);
    }
    co_return std::move(text);
}

Task<Result<void>> JobService::delete_results(TenantId tenant, JobId id) {
    SB_CO_TRY(const auto job, co_await with_.jobs.get_job(tenant, id));
    if (!model::is_final(job.status)) {
        co_return fail(store::job_not_final("Results can be deleted", job.status));
    }
    SB_CO_OK(co_await with_.results.remove_all(tenant, id));
    co_return co_await with_.jobs.forget_results(tenant, id);
}

}  // namespace signalbox::jobs
