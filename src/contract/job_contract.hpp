// A job as its tenant sees it: the detail, the item of a list, and the events of its stream.
//
// One field list per type serves both directions; a list item is the detail without `kpis` and
// `attempts`, the `state` event the detail without `progress` and `kpis`. Clients decode what is
// there and leave the rest at its default.
//
// Threads: any.  Suspends: never.
// Errors: decoding: kInvalid for malformed JSON, kUnprocessable naming the field of a wrong type.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::contract {

/// The answer to a submission.
struct SubmitAnswer {
    std::string job_id;
    model::JobStatus status = model::JobStatus::kPending;
    std::string config_file;
    std::vector<model::Finding> warnings;
    std::string retry_of;  ///< only in the answer to a retry

    bool operator==(const SubmitAnswer&) const = default;
};

struct ProgressView {
    model::Figure simulated_seconds;
    model::Figure end_seconds;
    model::Figure percent;  ///< 0-100; absent without a known end
    model::Count running;
    model::Count halting;
    model::Figure real_time_factor;
    model::Figure eta_seconds;  ///< wall time; absent without a known end or speed, and when over

    bool operator==(const ProgressView&) const = default;
};

struct AttemptView {
    std::int32_t n = 0;
    model::Reason reason = model::Reason::kNone;
    std::string error;
    std::optional<Instant> started_at;
    std::optional<Instant> finished_at;
    std::string where;
    std::string sumo_version;
    std::int64_t memory_bytes = 0;

    bool operator==(const AttemptView&) const = default;
};

/// File name and size in bytes.
using FileSize = std::pair<std::string, std::uint64_t>;

struct JobView {
    std::string job_id;
    std::string tenant_id;
    std::string scenario_id;
    model::JobStatus status = model::JobStatus::kPending;
    model::Reason reason = model::Reason::kNone;
    std::string error;
    Instant submitted_at;
    std::optional<Instant> started_at;
    std::optional<Instant> finished_at;
    std::int32_t cpu_request = 1;
    std::int32_t memory_gi = 1;
    std::int32_t priority = 5;
    ProgressView progress;
    std::optional<model::Figures> kpis;  ///< absent: all unknown
    std::int32_t attempt = 0;            ///< number of the newest, 0 before the first
    std::vector<AttemptView> attempts;
    std::string config_file;
    std::string sumo_version;
    std::optional<std::int64_t> seed;
    std::optional<double> end;
    std::vector<std::string> args;
    std::int64_t timeout_seconds = 0;
    std::string result_location;
    std::vector<FileSize> result_files;
    bool cancel_requested = false;
    bool pinned = false;
    std::string retry_of;
    std::vector<model::Finding> warnings;

    bool operator==(const JobView&) const = default;
};

struct JobsPage {
    std::vector<JobView> jobs;  ///< list items
    std::optional<std::string> next_cursor;
    std::optional<std::int64_t> total;  ///< of all matching rows, where counted

    bool operator==(const JobsPage&) const = default;
};

[[nodiscard]] ProgressView make_progress_view(
    const model::Progress& progress, model::JobStatus status
);

/// `result_location` is empty while there is nothing to find.
[[nodiscard]] JobView make_job_view(const model::Job& job, std::string result_location);

[[nodiscard]] std::string encode(const SubmitAnswer& answer);
[[nodiscard]] Result<SubmitAnswer> decode_submit_answer(std::string_view text);

[[nodiscard]] std::string encode(const JobView& job);
[[nodiscard]] std::string encode_list_item(const JobView& job);
/// Takes the detail, a list item and a `state` event.
[[nodiscard]] Result<JobView> decode_job_view(std::string_view text);

[[nodiscard]] std::string encode(const JobsPage& page);
[[nodiscard]] Result<JobsPage> decode_jobs_page(std::string_view text);

/// Data of the event `state`.
[[nodiscard]] std::string encode_state(const JobView& job);
/// Data of the event `progress`.
[[nodiscard]] std::string encode(const ProgressView& progress);
[[nodiscard]] Result<ProgressView> decode_progress_view(std::string_view text);
/// `kpis`, and data of the event `figures`.
[[nodiscard]] std::string encode(const model::Figures& figures);
[[nodiscard]] Result<model::Figures> decode_figures(std::string_view text);

}  // namespace signalbox::contract
