#include "app/service_configs.hpp"

#include "base/log.hpp"
#include "scenario/simulator_cache.hpp"

#include <algorithm>
#include <thread>

namespace signalbox::app {

namespace fs = std::filesystem;

namespace {

// How a worker, whose directory is DATA/runs/<attempt>, finds the server whatever DATA is called.
constexpr const char* kWorkerUrl = "unix:../../worker.sock";

std::int64_t slots_of(const RunnerSection& runner) {
    return runner.slots > 0
               ? runner.slots
               : static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency()));
}

double min_free_disk_of(const RetentionSection& retention) {
    return static_cast<double>(retention.min_free_percent) / 100;
}

fs::path worker_program_of(const RunnerSection& runner) {
    std::error_code ignored;
    if (!runner.worker.empty()) {
        return fs::absolute(runner.worker, ignored);
    }
    return fs::read_symlink("/proc/self/exe", ignored).parent_path() / "signalbox-worker";
}

// The same directory, however either is written.
bool is_at(const scenario::Simulator& simulator, const SimulatorConfig& configured) {
    std::error_code ignored;
    return fs::equivalent(simulator.home, configured.home, ignored);
}

// That of the configured default, else none: the newest.
std::string default_version_of(
    std::span<const SimulatorConfig> configured, std::span<const scenario::Simulator> simulators
) {
    const auto wanted = std::ranges::find(configured, true, &SimulatorConfig::is_default);
    if (wanted == configured.end()) {
        return "";
    }
    const auto found = std::ranges::find_if(simulators, [&wanted](const auto& simulator) {
        return is_at(simulator, *wanted);
    });
    return found == simulators.end() ? "" : found->version;
}

}  // namespace

std::vector<scenario::Simulator> find_configured_simulators(
    std::span<const SimulatorConfig> configured, const DataDirectory& data
) {
    scenario::SimulatorSearch search;
    for (const SimulatorConfig& simulator : configured) {
        search.homes.emplace_back(simulator.home);
    }
    auto simulators = scenario::SimulatorCache(data.path(), std::move(search)).ask_all();
    for (const scenario::Simulator& simulator : simulators) {
        log::info(
            "found sumo", {{"version", simulator.version}, {"home", simulator.home.string()}}
        );
    }
    for (const SimulatorConfig& wanted : configured) {
        const auto here = [&wanted](const auto& simulator) { return is_at(simulator, wanted); };
        if (std::ranges::none_of(simulators, here)) {
            log::warning(
                "a configured sumo is not used: there is none, or its version was found before",
                {{"home", wanted.home}}
            );
        }
    }
    if (simulators.empty()) {
        log::warning("no usable sumo was found: submissions are refused until there is one");
    }
    return simulators;
}

model::RetryPolicy retry_policy_of(const RunnerSection& runner) {
    return {
        .infrastructure_retries = static_cast<std::int32_t>(runner.retries),
        .first_delay = std::chrono::ceil<std::chrono::seconds>(runner.retry_delay)
    };
}

jobs::LocalRunnerConfig runner_config_of(
    const ServerConfig& config,
    const DataDirectory& data,
    std::span<const scenario::Simulator> simulators
) {
    std::string homes;
    for (const scenario::Simulator& simulator : simulators) {
        homes += (homes.empty() ? "" : ":") + simulator.home.string();
    }
    return {
        .runs_directory = data.runs(),
        .worker_program = worker_program_of(config.runner),
        .server_url = kWorkerUrl,
        .slots = slots_of(config.runner),
        .min_free_disk = min_free_disk_of(config.retention),
        .environment =
            {"PATH=/usr/local/bin:/usr/bin:/bin",
             "LANG=C.UTF-8",
             "SIGNALBOX_SUMO_HOMES=" + homes,
             "SIGNALBOX_CACHE_DIR=" + data.path().string()}
    };
}

jobs::SubmissionPolicy submission_policy_of(
    const ServerConfig& config, std::span<const scenario::Simulator> simulators
) {
    jobs::SubmissionPolicy policy;
    policy.archive.max_entries = static_cast<std::uint64_t>(config.limits.archive_entries);
    policy.archive.max_unpacked_bytes = static_cast<std::uint64_t>(config.limits.archive_unpacked);
    policy.archive.max_ratio = static_cast<std::uint64_t>(config.limits.archive_ratio);
    policy.default_timeout = std::chrono::ceil<std::chrono::seconds>(config.runner.run_limit);
    policy.default_sumo_version = default_version_of(config.simulators, simulators);
    policy.storage_per_tenant = config.retention.storage_per_tenant;
    return policy;
}

files::LogLimits log_limits_of(const RunnerSection& runner) {
    return {
        .max_bytes = static_cast<std::uint64_t>(runner.log),
        .head_bytes = static_cast<std::uint64_t>(runner.log_head)
    };
}

tenancy::RatesConfig rates_of(const TenancySection& section) {
    return {
        .requests_per_second = static_cast<std::uint32_t>(section.requests_per_second),
        .wrong_keys_per_minute = static_cast<std::uint32_t>(section.wrong_keys_per_minute)
    };
}

tenancy::TenancyConfig tenancy_config_of(const TenancySection& section) {
    return {
        .key_form =
            {.prefix = section.key_prefix, .length = static_cast<std::size_t>(section.key_length)},
        .reserved_ids = section.reserved,
        .key_overlap = std::chrono::ceil<std::chrono::seconds>(section.key_overlap)
    };
}

jobs::RetentionPolicy retention_policy_of(const RetentionSection& section) {
    return {
        .results = std::chrono::days(section.results_days),
        .logs = std::chrono::days(section.logs_days),
        .records = std::chrono::days(section.records_days)
    };
}

api::ApiConfig api_config_of(const ServerConfig& config, const DataDirectory& data, Instant now) {
    return {
        .started_at = now,
        .spool_directory = data.spool(),
        .max_upload_bytes = static_cast<std::uint64_t>(config.limits.upload_mb) << 20U,
        .max_json_bytes = static_cast<std::uint64_t>(config.limits.json_body),
        .min_free_disk = min_free_disk_of(config.retention),
        .storage_limit_bytes = config.retention.storage_per_tenant,
        .open_registration = config.tenancy.open_registration,
        .metrics_key = config.telemetry.metrics_key,
        .streams =
            {.total = static_cast<std::size_t>(config.limits.streams),
             .per_key = static_cast<std::size_t>(config.limits.streams_per_key)},
        .runs = {.output_bytes = config.runner.output, .log_bytes = config.runner.log}
    };
}

net::ServerLimits server_limits_of(const LimitsSection& limits) {
    return {
        .connections = static_cast<std::size_t>(limits.connections),
        .head_bytes = static_cast<std::size_t>(limits.request_head),
        .idle = limits.idle_connection,
        .slow = limits.slow_request
    };
}

}  // namespace signalbox::app
