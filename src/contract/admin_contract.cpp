#include "contract/admin_contract.hpp"

#include "contract/job_fields.hpp"

namespace signalbox::contract {

template <>
struct Fields<Resources> {
    static void list(auto& f, auto& v) {
        f("cpu", v.cpu);
        f("memory", v.memory);
    }
};

template <>
struct Fields<NodeView> {
    static void list(auto& f, auto& v) {
        f("name", v.name);
        f("status", v.status);
        f("capacity", v.capacity);
        f("allocatable", v.allocatable);
        f("allocated", v.allocated);
        f("pods_running", v.pods_running);
        f("created", v.created);
    }
};

template <>
struct Fields<ClusterView> {
    static void list(auto& f, auto& v) {
        f("nodes", v.nodes);
        f.derived("total_nodes", v.nodes.size());
    }
};

template <>
struct Fields<KubernetesStatus> {
    static void list(auto& f, auto& v) {
        f("active", v.active);
        f("succeeded", v.succeeded);
        f("failed", v.failed);
    }
};

template <>
struct Fields<AdminJobView> {
    static void list(auto& f, auto& v) {
        list_job(f, v.job, kListItem);
        f.derived("namespace", v.job.tenant_id);
        f("k8s_status", v.k8s_status);
    }
};

template <>
struct Fields<AdminJobsPage> {
    static void list(auto& f, auto& v) {
        f("jobs", v.jobs);
        f("total", v.total);
        f("next_cursor", v.next_cursor);
    }
};

template <>
struct Fields<Activity> {
    static void list(auto& f, auto& v) {
        f("timestamp", v.timestamp);
        f("nodes", v.nodes);
        f.derived("total_nodes", v.nodes.size());
        f("pods", v.pods);
        f.object("k8s_jobs", [&v](auto& jobs) {
            jobs.derived("total", v.k8s_jobs.active + v.k8s_jobs.succeeded + v.k8s_jobs.failed);
            Fields<KubernetesStatus>::list(jobs, v.k8s_jobs);
        });
        f.object("db_jobs", [&v](auto& jobs) {
            for (std::size_t i = 0; i < v.db_jobs.size(); ++i) {
                jobs(model::to_word(static_cast<model::JobStatus>(i)), v.db_jobs[i]);
            }
        });
    }
};

template <>
struct Fields<QueueStats> {
    static void list(auto& f, auto& v) {
        list_counts(f, "counts", v.counts);
        f("queue_start_at", v.queue_start_at);
    }
};

template <>
struct Fields<TimeSeries> {
    static void list(auto& f, auto& v) {
        f.derived("minutes", v.series.size());
        f.items("series", v.series, [](auto& item, auto& entry) {
            item("minute", entry.first);
            item("submitted", entry.second);
        });
    }
};

template <>
struct Fields<RecentJobs> {
    static void list(auto& f, auto& v) {
        f("limit", v.limit);
        f("jobs", v.jobs);
    }
};

template <>
struct Fields<Health> {
    static void list(auto& f, auto& v) {
        f.one_of("status", v.healthy, "healthy", "unhealthy");
        f("timestamp", v.timestamp);
        f("k8s_available", v.k8s_available);
        f("db_available", v.db_available);
        f("redis", v.redis);
        f("version", v.version);
        f("uptime_seconds", v.uptime_seconds);
        f("active_sessions", v.active_sessions);
    }
};

template <>
struct Fields<Readiness> {
    static void list(auto& f, auto& v) {
        f.derived("status", std::string(v.not_ready_reason.empty() ? "ready" : "not_ready"));
        f.if_any("reason", v.not_ready_reason);
        f.if_any("degraded", v.degraded);
    }
};

KubernetesStatus kubernetes_status_of(model::JobStatus status) {
    return {
        .active = status == model::JobStatus::kRunning ? 1 : 0,
        .succeeded = status == model::JobStatus::kSucceeded ? 1 : 0,
        .failed = status == model::JobStatus::kFailed ? 1 : 0,
    };
}

AdminJobView make_admin_job_view(const model::Job& job, std::string result_location) {
    return {
        .job = make_job_view(job, std::move(result_location)),
        .k8s_status = kubernetes_status_of(job.status),
    };
}

std::string encode(const ClusterView& cluster) {
    return encode_fields(cluster);
}

std::string encode(const AdminJobsPage& page) {
    return encode_fields(page);
}

std::string encode(const Activity& activity) {
    return encode_fields(activity);
}

std::string encode(const QueueStats& stats) {
    return encode_fields(stats);
}

std::string encode(const TimeSeries& series) {
    return encode_fields(series);
}

std::string encode(const RecentJobs& recent) {
    return encode_fields(recent);
}

std::string encode(const Health& health) {
    return encode_fields(health);
}

std::string encode(const Readiness& readiness) {
    return encode_fields(readiness);
}

Result<ClusterView> decode_cluster_view(std::string_view text) {
    return decode_fields<ClusterView>(text);
}

Result<AdminJobsPage> decode_admin_jobs_page(std::string_view text) {
    return decode_fields<AdminJobsPage>(text);
}

Result<Activity> decode_activity(std::string_view text) {
    return decode_fields<Activity>(text);
}

Result<QueueStats> decode_queue_stats(std::string_view text) {
    return decode_fields<QueueStats>(text);
}

Result<TimeSeries> decode_time_series(std::string_view text) {
    return decode_fields<TimeSeries>(text);
}

Result<RecentJobs> decode_recent_jobs(std::string_view text) {
    return decode_fields<RecentJobs>(text);
}

Result<Health> decode_health(std::string_view text) {
    return decode_fields<Health>(text);
}

Result<Readiness> decode_readiness(std::string_view text) {
    return decode_fields<Readiness>(text);
}

}  // namespace signalbox::contract
