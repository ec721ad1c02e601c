// Everything that can be configured about signalboxd, with its default.
//
// Flags beat the environment, which beats the file, which beats the default. `settings_of` is the
// table that binds each key to its field; docs/operations.md explains each.
//
// Threads: any (values).  Suspends: never.  Errors: see config_loader.hpp.
#pragma once

#include "app/setting.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::app {

struct SimulatorConfig {
    std::string version;  ///< only for the reader of the file; the truth is asked from sumo
    std::string home;     ///< SUMO_HOME
    bool is_default = false;
};

using std::chrono::milliseconds;

struct ServerSection {
    std::string listen = "127.0.0.1:8000";
    std::string data = "./signalbox-data";
    std::string tls_cert;
    std::string tls_key;
    std::string log_format = "auto";
    std::string log_level = "info";
    milliseconds grace = std::chrono::seconds(30);
    bool stop_runs = false;
};

struct LimitsSection {
    std::int64_t upload_mb = 100;
    std::int64_t json_body = std::int64_t{1} << 20U;
    std::int64_t request_head = std::int64_t{16} << 10U;
    std::int64_t connections = 12'000;
    std::int64_t streams = 10'000;
    std::int64_t streams_per_key = 200;
    milliseconds idle_connection = std::chrono::seconds(75);
    milliseconds slow_request = std::chrono::seconds(30);
    std::int64_t archive_entries = 10'000;
    std::int64_t archive_unpacked = std::int64_t{2} << 30U;
    std::int64_t archive_ratio = 200;
};

struct TenancySection {
    std::string admin_key;
    std::string admin_key_file;
    bool open_registration = false;
    std::string api_keys;
    std::string key_prefix = "sk-";
    std::int64_t key_length = 32;
    milliseconds key_overlap{0};
    std::vector<std::string> reserved;
    std::int64_t requests_per_second = 10'000;
    std::int64_t wrong_keys_per_minute = 10;
};

struct StorageSection {
    std::string database;
    std::string redis;
};

struct RunnerSection {
    std::string kind = "local";
    std::int64_t slots = 0;  ///< 0: one per CPU
    milliseconds run_limit = std::chrono::hours(24);
    std::int64_t output = std::int64_t{20} << 30U;
    std::int64_t log = std::int64_t{64} << 20U;
    std::int64_t log_head = std::int64_t{8} << 20U;
    std::int64_t retries = 2;
    milliseconds retry_delay = std::chrono::seconds(5);
    milliseconds lost_after = std::chrono::seconds(60);
    std::string worker;
    std::string kube_config;
};

struct RetentionSection {
    std::int64_t results_days = 30;
    std::int64_t logs_days = 90;
    std::int64_t records_days = 400;
    std::int64_t storage_per_tenant = std::int64_t{100} << 30U;
    std::int64_t min_free_percent = 5;
};

struct TelemetrySection {
    std::string metrics_key;
};

struct ServerConfig {
    ServerSection server;
    LimitsSection limits;
    TenancySection tenancy;
    StorageSection storage;
    RunnerSection runner;
    std::vector<SimulatorConfig> simulators;
    RetentionSection retention;
    TelemetrySection telemetry;
};

/// Bound to the fields of `config`, which must outlive the table and stay where it is.
[[nodiscard]] std::vector<Setting> settings_of(ServerConfig& config);

/// The same of one entry of `simulators`.
[[nodiscard]] std::vector<Setting> settings_of(SimulatorConfig& simulator);

}  // namespace signalbox::app
