// What an admin sees of the installation, and what probes ask.
//
// Threads: any.  Suspends: never.
// Errors: decoding: kInvalid for malformed JSON, kUnprocessable naming the field of a wrong type.
#pragma once

#include "contract/job_contract.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::contract {

/// Quantities as Kubernetes writes them: `"8"`, `"500m"`, `"16Gi"`.
struct Resources {
    std::string cpu;
    std::string memory;

    bool operator==(const Resources&) const = default;
};

struct NodeView {
    std::string name;
    std::vector<std::string> status;  ///< conditions that are true: `Ready`
    Resources capacity;
    Resources allocatable;
    Resources allocated;
    std::int64_t pods_running = 0;
    std::optional<Instant> created;

    bool operator==(const NodeView&) const = default;
};

/// `total_nodes` is the number of nodes.
struct ClusterView {
    std::vector<NodeView> nodes;

    bool operator==(const ClusterView&) const = default;
};

struct KubernetesStatus {
    std::int64_t active = 0;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;

    bool operator==(const KubernetesStatus&) const = default;
};

/// The list item of a job with `namespace` (the tenant's id) and `k8s_status`.
struct AdminJobView {
    JobView job;
    KubernetesStatus k8s_status;

    bool operator==(const AdminJobView&) const = default;
};

struct AdminJobsPage {
    std::vector<AdminJobView> jobs;
    std::int64_t total = 0;
    std::optional<std::string> next_cursor;

    bool operator==(const AdminJobsPage&) const = default;
};

struct Activity {
    Instant timestamp;
    std::vector<NodeView> nodes;
    std::map<std::string, std::int64_t> pods;  ///< by phase
    KubernetesStatus k8s_jobs;                 ///< `total` is their sum
    model::StatusCounts db_jobs{};

    bool operator==(const Activity&) const = default;
};

struct QueueStats {
    model::StatusCounts counts{};
    std::optional<Instant> queue_start_at;  ///< when the oldest queued job was submitted

    bool operator==(const QueueStats&) const = default;
};

/// Exactly one entry per minute, oldest first.
struct TimeSeries {
    std::vector<std::pair<Instant, std::int64_t>> series;

    bool operator==(const TimeSeries&) const = default;
};

struct RecentJobs {
    std::int64_t limit = 50;
    std::vector<AdminJobView> jobs;

    bool operator==(const RecentJobs&) const = default;
};

struct Health {
    bool healthy = true;
    Instant timestamp;
    bool k8s_available = false;
    bool db_available = false;
    std::string redis = "not_configured";  ///< `connected`, `disconnected`, `not_configured`
    std::string version;
    std::int64_t uptime_seconds = 0;
    std::int64_t active_sessions = 0;

    bool operator==(const Health&) const = default;
};

struct Readiness {
    std::string not_ready_reason;       ///< empty: ready
    std::vector<std::string> degraded;  ///< sentences about what does not work

    bool operator==(const Readiness&) const = default;
};

/// What the Kubernetes Job of this job would count as.
[[nodiscard]] KubernetesStatus kubernetes_status_of(model::JobStatus status);

[[nodiscard]] AdminJobView make_admin_job_view(const model::Job& job, std::string result_location);

[[nodiscard]] std::string encode(const ClusterView& cluster);
[[nodiscard]] std::string encode(const AdminJobsPage& page);
[[nodiscard]] std::string encode(const Activity& activity);
[[nodiscard]] std::string encode(const QueueStats& stats);
[[nodiscard]] std::string encode(const TimeSeries& series);
[[nodiscard]] std::string encode(const RecentJobs& recent);
[[nodiscard]] std::string encode(const Health& health);
[[nodiscard]] std::string encode(const Readiness& readiness);

[[nodiscard]] Result<ClusterView> decode_cluster_view(std::string_view text);
[[nodiscard]] Result<AdminJobsPage> decode_admin_jobs_page(std::string_view text);
[[nodiscard]] Result<Activity> decode_activity(std::string_view text);
[[nodiscard]] Result<QueueStats> decode_queue_stats(std::string_view text);
[[nodiscard]] Result<TimeSeries> decode_time_series(std::string_view text);
[[nodiscard]] Result<RecentJobs> decode_recent_jobs(std::string_view text);
[[nodiscard]] Result<Health> decode_health(std::string_view text);
[[nodiscard]] Result<Readiness> decode_readiness(std::string_view text);

}  // namespace signalbox::contract
