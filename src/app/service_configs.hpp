// What each service of the server is told of the configuration: from sections of the file to the
// structs the folders below define.
//
// Threads: any; find_configured_simulators blocks, for it asks the programs.  Suspends: never.
// Errors: none; the configuration has been checked.
#pragma once

#include "api/api_config.hpp"
#include "app/data_directory.hpp"
#include "app/server_config.hpp"
#include "files/log_files.hpp"
#include "jobs/local/local_runner.hpp"
#include "jobs/retention_sweeper.hpp"
#include "jobs/submission_service.hpp"
#include "model/retry_policy.hpp"
#include "net/http_server.hpp"
#include "scenario/simulators.hpp"
#include "tenancy/rate_limits.hpp"
#include "tenancy/tenant_service.hpp"

#include <span>
#include <vector>

namespace signalbox::app {

/// The configured ones and what else is on the machine; the log names each, and each configured one
/// that cannot be used.
[[nodiscard]] std::vector<scenario::Simulator> find_configured_simulators(
    std::span<const SimulatorConfig> configured, const DataDirectory& data
);

[[nodiscard]] model::RetryPolicy retry_policy_of(const RunnerSection& runner);

[[nodiscard]] jobs::LocalRunnerConfig runner_config_of(
    const ServerConfig& config,
    const DataDirectory& data,
    std::span<const scenario::Simulator> simulators
);

[[nodiscard]] jobs::SubmissionPolicy submission_policy_of(
    const ServerConfig& config, std::span<const scenario::Simulator> simulators
);

[[nodiscard]] files::LogLimits log_limits_of(const RunnerSection& runner);

[[nodiscard]] tenancy::RatesConfig rates_of(const TenancySection& section);

[[nodiscard]] tenancy::TenancyConfig tenancy_config_of(const TenancySection& section);

[[nodiscard]] jobs::RetentionPolicy retention_policy_of(const RetentionSection& section);

[[nodiscard]] api::ApiConfig api_config_of(
    const ServerConfig& config, const DataDirectory& data, Instant now
);

[[nodiscard]] net::ServerLimits server_limits_of(const LimitsSection& limits);

}  // namespace signalbox::app
