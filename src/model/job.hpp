// A job: one scenario that a tenant wants simulated, and what became of it.
//
// QUEUED → PENDING → RUNNING → SUCCEEDED | FAILED | CANCELLED. A job is QUEUED while its tenant is
// over a limit, PENDING once it counts against the limits and waits for a slot, RUNNING while an
// attempt runs. An attempt that infrastructure lost sends the job back to PENDING. Final is final.
//
// Threads: any (values).  Suspends: never.  Errors: parse_* of an unknown word is nullopt.
#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "model/figures.hpp"
#include "model/finding.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::model {

enum class JobStatus : std::uint8_t {
    kQueued,
    kPending,
    kRunning,
    kSucceeded,
    kFailed,
    kCancelled
};

inline constexpr std::size_t kJobStatusCount = 6;

[[nodiscard]] std::string_view to_word(JobStatus status);
[[nodiscard]] std::optional<JobStatus> parse_job_status(std::string_view word);

[[nodiscard]] constexpr bool is_final(JobStatus status) {
    return status >= JobStatus::kSucceeded;
}

/// Why a run ended, or why a job waits. Only kCompleted is success.
enum class Reason : std::uint8_t {
    kNone,
    kCompleted,
    kEndedEarly,
    kCancelled,
    kTimedOut,
    kScenarioError,
    kOutOfMemory,
    kDiskFull,
    kInterrupted,
    kSumoCrashed,
    kWorkerLost,
    kNodeLost,
    kImageError,
    kQuota,
    kUnschedulable,
    kStartFailed,
    kInternal
};

/// `SCENARIO_ERROR`; empty for kNone.
[[nodiscard]] std::string_view to_word(Reason reason);
[[nodiscard]] std::optional<Reason> parse_reason(std::string_view word);

/// The fault is ours, not the scenario's: tried again on a budget of its own.
[[nodiscard]] bool is_infrastructure(Reason reason);

/// The state in which a job ends for this reason.
[[nodiscard]] JobStatus final_status(Reason reason);

enum class OnLimit : std::uint8_t { kReject, kQueue };

[[nodiscard]] std::string_view to_word(OnLimit on_limit);
[[nodiscard]] std::optional<OnLimit> parse_on_limit(std::string_view word);

/// The stored archive a job runs, named by its content.
struct ScenarioRef {
    std::string sha256;  ///< 64 lower-case hexadecimal digits
    std::uint64_t size_bytes = 0;

    bool operator==(const ScenarioRef&) const = default;
};

/// What was asked for; never changes after submission.
struct JobSpec {
    std::string scenario_id;  ///< the tenant's own name for it, 1-100 characters
    ScenarioRef scenario;
    std::int32_t cpu_request = 1;  ///< cores
    std::int32_t memory_gi = 1;    ///< GiB
    std::int32_t priority = 5;     ///< 0-9, higher first
    std::string config_file;       ///< path of the .sumocfg within the archive
    std::string sumo_version;
    std::optional<std::int64_t> seed;
    std::optional<double> end;      ///< simulated seconds
    std::vector<std::string> args;  ///< further SUMO options, already checked
    std::chrono::seconds timeout{std::chrono::hours(24)};
    std::vector<Finding> warnings;
    std::optional<JobId> retry_of;
    std::string callback_url;

    bool operator==(const JobSpec&) const = default;
};

struct Usage {
    double cpu_seconds = 0;
    std::int64_t rss_bytes = 0;
    std::int64_t peak_rss_bytes = 0;
    std::int64_t output_bytes = 0;

    bool operator==(const Usage&) const = default;
};

struct ResultFile {
    std::string path;  ///< relative, within the run's directory
    std::uint64_t size_bytes = 0;
    std::string sha256;

    bool operator==(const ResultFile&) const = default;
};

/// How the simulator process ended, as evidence beside the verdict.
struct SumoExit {
    std::string version;
    std::optional<std::int32_t> exit_code;
    std::optional<std::int32_t> signal;
    std::optional<double> end_time;  ///< simulated seconds
    std::string end_reason;          ///< SUMO's own words

    bool operator==(const SumoExit&) const = default;
};

/// The worker's last word on an attempt.
struct Verdict {
    Reason reason = Reason::kInternal;
    std::string error;  ///< one sentence; empty for kCompleted
    Figures figures;
    Usage usage;
    std::vector<ResultFile> files;
    SumoExit sumo;

    bool operator==(const Verdict&) const = default;
};

struct Attempt {
    std::int32_t n = 0;
    Reason reason = Reason::kNone;  ///< kNone while it runs
    std::string error;
    std::optional<Instant> started_at;  ///< when the runner was told
    std::optional<Instant> running_at;  ///< when sumo ran
    std::optional<Instant> finished_at;
    std::string where;  ///< node, or `local`
    std::string sumo_version;
    std::int64_t memory_bytes = 0;
};

struct Job {
    JobId id;
    TenantId tenant;
    JobSpec spec;
    JobStatus status = JobStatus::kPending;
    Reason reason = Reason::kNone;
    std::string error;
    Instant submitted_at;
    std::optional<Instant> started_at;
    std::optional<Instant> finished_at;
    Progress progress;
    std::optional<Figures> figures;
    std::int32_t attempt = 0;  ///< number of the newest attempt; 0: none yet
    bool cancel_requested = false;
    bool pinned = false;
    std::vector<ResultFile> files;
    std::vector<Attempt> attempts;  ///< only where asked for
};

/// One line of a job's history.
struct StateChange {
    JobStatus status = JobStatus::kPending;
    std::string reason;  ///< machine word, may be empty
    std::optional<std::int32_t> attempt;
    Instant at;
};

/// Jobs by status, in the order of JobStatus.
using StatusCounts = std::array<std::int64_t, kJobStatusCount>;

}  // namespace signalbox::model
