#include "contract/job_answers.hpp"

#include "base/url.hpp"
#include "contract/job_fields.hpp"

namespace signalbox::contract {

template <>
struct Fields<model::StateChange> {
    static void list(auto& f, auto& v) {
        f("status", v.status);
        f.text_or_null("reason", v.reason);
        f("attempt", v.attempt);
        f("at", v.at);
    }
};

template <>
struct Fields<History> {
    static void list(auto& f, auto& v) {
        f("job_id", v.job_id);
        f("history", v.changes);
    }
};

template <>
struct Fields<ExplainReason> {
    static void list(auto& f, auto& v) {
        f("code", v.code);
        f("message", v.message);
        f("value", v.value);
        f("limit", v.limit);
    }
};

template <>
struct Fields<Explanation> {
    static void list(auto& f, auto& v) {
        f("job_id", v.job_id);
        f("status", v.status);
        f("queue_position", v.queue_position);
        f("reasons", v.reasons);
    }
};

template <>
struct Fields<LogText> {
    static void list(auto& f, auto& v) {
        f("job_id", v.job_id);
        f.text_or_null("pod_name", v.pod_name);
        f("logs", v.logs);
    }
};

template <>
struct Fields<ResultFileView> {
    static void list(auto& f, auto& v) {
        f("name", v.name);
        f("size", v.size_bytes);
        f("sha256", v.sha256);
        f("url", v.url);
    }
};

template <>
struct Fields<ResultsView> {
    static void list(auto& f, auto& v) {
        f("job_id", v.job_id);
        f("status", v.status);
        f("storage_type", v.storage_type);
        f.text_or_null("result_location", v.result_location);
        std::vector<FileSize> sizes;
        for (const ResultFileView& file : v.files) {
            sizes.emplace_back(file.name, file.size_bytes);
        }
        f.derived("result_files", sizes);
        f("files", v.files);
        if (v.status != model::JobStatus::kSucceeded) {
            f.derived("results", std::optional<std::string>());
        }
        f.if_any("message", v.message);
    }
};

template <>
struct Fields<SimulatorView> {
    static void list(auto& f, auto& v) {
        f("version", v.version);
        f("default", v.is_default);
        f.if_any("home", v.home);
    }
};

template <>
struct Fields<Simulators> {
    static void list(auto& f, auto& v) { f("simulators", v.simulators); }
};

namespace {

void list_quota(auto& f, std::string_view name, auto& used, auto& limit) {
    f.object(name, [&](auto& inner) {
        inner("used", used);
        inner("limit", limit);
    });
}

}  // namespace

template <>
struct Fields<Dashboard> {
    static void list(auto& f, auto& v) {
        f("tenant_id", v.tenant_id);
        f.object("plan_limits", [&v](auto& plan) {
            plan("max_cpu", v.limits.max_cpu);
            plan("max_memory_gi", v.limits.max_memory_gi);
            plan("max_concurrent_jobs", v.limits.max_concurrent_jobs);
            plan("max_queued_jobs", v.limits.max_queued_jobs);
            plan("priority_weight", v.limits.priority_weight);
            plan("on_limit", v.limits.on_limit);
        });
        const std::string cpu = std::to_string(v.usage.cpu);
        const std::string memory = std::to_string(v.usage.memory_gi) + "Gi";
        f.object("current_usage", [&](auto& usage) {
            usage.derived("requests.cpu", cpu);
            usage.derived("requests.memory", memory);
            usage.derived("limits.cpu", cpu);
            usage.derived("limits.memory", memory);
        });
        f("running_pods", v.running_pods);
        list_jobs(f, "recent_jobs", v.recent_jobs);
        list_counts(f, "stats", v.stats);
        f.object("quota", [&v](auto& quota) {
            list_quota(quota, "cpu", v.usage.cpu, v.limits.max_cpu);
            list_quota(quota, "memory_gi", v.usage.memory_gi, v.limits.max_memory_gi);
            list_quota(quota, "jobs", v.usage.active_jobs, v.limits.max_concurrent_jobs);
            list_quota(quota, "queued_jobs", v.usage.queued_jobs, v.limits.max_queued_jobs);
            list_quota(quota, "storage_bytes", v.usage.storage_bytes, v.storage_limit_bytes);
        });
    }
};

ResultsView make_results_view(
    const model::Job& job, std::string storage_type, std::string result_location
) {
    ResultsView view{
        .job_id = job.id.text,
        .status = job.status,
        .storage_type = std::move(storage_type),
        .result_location = std::move(result_location),
        .files = {},
        .message = {},
    };
    for (const model::ResultFile& file : job.files) {
        view.files.push_back(
            {.name = file.path,
             .size_bytes = file.size_bytes,
             .sha256 = file.sha256,
             .url = "/jobs/" + job.id.text + "/results/" + percent_encode_path(file.path)}
        );
    }
    if (job.status != model::JobStatus::kSucceeded) {
        view.message = "The job is " + std::string(model::to_word(job.status)) +
                       "; results stand only once it is SUCCEEDED";
        if (!job.error.empty()) {
            view.message += ": " + job.error;
        }
    }
    return view;
}

std::string encode(const History& history) {
    return encode_fields(history);
}

std::string encode(const Explanation& explanation) {
    return encode_fields(explanation);
}

std::string encode(const LogText& log) {
    return encode_fields(log);
}

std::string encode(const ResultsView& results) {
    return encode_fields(results);
}

std::string encode(const Simulators& simulators) {
    return encode_fields(simulators);
}

std::string encode(const Dashboard& dashboard) {
    return encode_fields(dashboard);
}

Result<History> decode_history(std::string_view text) {
    return decode_fields<History>(text);
}

Result<Explanation> decode_explanation(std::string_view text) {
    return decode_fields<Explanation>(text);
}

Result<LogText> decode_log_text(std::string_view text) {
    return decode_fields<LogText>(text);
}

Result<ResultsView> decode_results_view(std::string_view text) {
    return decode_fields<ResultsView>(text);
}

Result<Simulators> decode_simulators(std::string_view text) {
    return decode_fields<Simulators>(text);
}

Result<Dashboard> decode_dashboard(std::string_view text) {
    return decode_fields<Dashboard>(text);
}

}  // namespace signalbox::contract
