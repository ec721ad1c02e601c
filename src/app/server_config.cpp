#include "app/server_config.hpp"

namespace signalbox::app {

namespace {

constexpr std::int64_t kKiB = std::int64_t{1} << 10U;
constexpr std::int64_t kMiB = std::int64_t{1} << 20U;
constexpr std::int64_t kGiB = std::int64_t{1} << 30U;
constexpr std::int64_t kDay = 86'400;

void append(std::vector<Setting>& table, std::vector<Setting> more) {
    for (Setting& setting : more) {
        table.push_back(std::move(setting));
    }
}

std::vector<Setting> server_settings(ServerSection& s) {
    return {
        text_setting(
            {"server.listen", "SIGNALBOX_LISTEN", "address:port; port 0 takes a free one"}, s.listen
        ),
        text_setting(
            {"server.data", "SIGNALBOX_DATA", "directory of everything the server keeps"}, s.data
        ),
        text_setting(
            {"server.tls_cert", "", "PEM file of the certificate chain; empty: no TLS"}, s.tls_cert
        ),
        text_setting({"server.tls_key", "", "PEM file of its key"}, s.tls_key),
        word_setting(
            {"server.log_format", "", "text, json, or auto (text on a terminal)"},
            s.log_format,
            {"auto", "text", "json"}
        ),
        word_setting(
            {"server.log_level", "LOG_LEVEL", "debug, info, warning or error"},
            s.log_level,
            {"debug", "info", "warning", "warn", "error"}
        ),
        duration_setting(
            {"server.grace", "", "time for an orderly stop"}, s.grace, {.min = 0, .max = 3600}
        ),
        flag_setting(
            {"server.stop_runs", "", "end runs at SIGTERM too, their jobs go back to the queue"},
            s.stop_runs
        ),
    };
}

std::vector<Setting> limit_settings(LimitsSection& s) {
    return {
        integer_setting(
            {"limits.upload_mb", "MAX_FILE_SIZE_MB", "largest uploaded zip, MB"},
            s.upload_mb,
            {.min = 1, .max = 100'000}
        ),
        bytes_setting(
            {"limits.json_body", "", "largest JSON body"}, s.json_body, {.min = kKiB, .max = kGiB}
        ),
        bytes_setting(
            {"limits.request_head", "", "largest request head"},
            s.request_head,
            {.min = kKiB, .max = kMiB}
        ),
        integer_setting(
            {"limits.connections", "", "open connections"},
            s.connections,
            {.min = 10, .max = 1'000'000}
        ),
        integer_setting(
            {"limits.streams", "", "live event streams"}, s.streams, {.min = 1, .max = 1'000'000}
        ),
        integer_setting(
            {"limits.streams_per_key", "", "live event streams of one key"},
            s.streams_per_key,
            {.min = 1, .max = 1'000'000}
        ),
        duration_setting(
            {"limits.idle_connection", "", "kept open without a request"},
            s.idle_connection,
            {.min = 1, .max = 3600}
        ),
        duration_setting(
            {"limits.slow_request", "", "of a head or body without a byte"},
            s.slow_request,
            {.min = 1, .max = 3600}
        ),
        integer_setting(
            {"limits.archive_entries", "", "entries of a zip, folders too"},
            s.archive_entries,
            {.min = 1, .max = 1'000'000}
        ),
        bytes_setting(
            {"limits.archive_unpacked", "", "unpacked size of a zip"},
            s.archive_unpacked,
            {.min = kMiB, .max = 1024 * kGiB}
        ),
        integer_setting(
            {"limits.archive_ratio", "", "unpacked to packed, beyond 10 MiB"},
            s.archive_ratio,
            {.min = 2, .max = 100'000}
        ),
    };
}

std::vector<Setting> tenancy_settings(TenancySection& s) {
    return {
        secret_setting(
            {"tenancy.admin_key", "ADMIN_KEY", "the admin key; empty: generated into a file"},
            s.admin_key
        ),
        text_setting(
            {"tenancy.admin_key_file", "", "file that holds the admin key"}, s.admin_key_file
        ),
        flag_setting(
            {"tenancy.open_registration",
             "SIGNALBOX_OPEN_REGISTRATION",
             "register without a key: only for local trials"},
            s.open_registration
        ),
        secret_setting(
            {"tenancy.api_keys", "API_KEYS", "static keys: name:key, name:key"}, s.api_keys
        ),
        text_setting(
            {"tenancy.key_prefix", "API_KEY_PREFIX", "start of generated keys"}, s.key_prefix
        ),
        integer_setting(
            {"tenancy.key_length", "API_KEY_LENGTH", "random characters of a key"},
            s.key_length,
            {.min = 16, .max = 256}
        ),
        duration_setting(
            {"tenancy.key_overlap", "", "how long a rotated key stays valid"},
            s.key_overlap,
            {.min = 0, .max = 30 * kDay}
        ),
        list_setting({"tenancy.reserved", "", "further names no tenant may take"}, s.reserved),
        integer_setting(
            {"tenancy.rates.requests_per_second", "", "requests of one key"},
            s.requests_per_second,
            {.min = 1, .max = 10'000'000}
        ),
        integer_setting(
            {"tenancy.rates.wrong_keys_per_minute", "", "wrong keys of one address"},
            s.wrong_keys_per_minute,
            {.min = 1, .max = 1'000'000}
        ),
    };
}

std::vector<Setting> runner_settings(RunnerSection& s) {
    return {
        word_setting({"runner.kind", "SIGNALBOX_RUNNER", "local"}, s.kind, {"local", "kubernetes"}),
        integer_setting(
            {"runner.slots", "", "simulations at a time; 0: one per CPU"},
            s.slots,
            {.min = 0, .max = 10'000}
        ),
        duration_setting(
            {"runner.run_limit", "", "longest run unless the job says less"},
            s.run_limit,
            {.min = 1, .max = 365 * kDay}
        ),
        bytes_setting(
            {"runner.output", "", "output of one run"},
            s.output,
            {.min = kMiB, .max = 1024 * 1024 * kGiB}
        ),
        bytes_setting(
            {"runner.log", "", "log of one attempt"}, s.log, {.min = kMiB, .max = 1024 * kGiB}
        ),
        bytes_setting(
            {"runner.log_head", "", "of it always kept from the start"},
            s.log_head,
            {.min = 0, .max = 1024 * kGiB}
        ),
        integer_setting(
            {"runner.retries", "", "tries again after a fault of the infrastructure"},
            s.retries,
            {.min = 0, .max = 100}
        ),
        duration_setting(
            {"runner.retry_delay", "", "before the first of them, then doubled"},
            s.retry_delay,
            {.min = 0, .max = kDay}
        ),
        duration_setting(
            {"runner.lost_after", "", "a run whose worker is gone is lost after"},
            s.lost_after,
            {.min = 1, .max = kDay}
        ),
        text_setting(
            {"runner.local.worker", "", "signalbox-worker; empty: beside signalboxd"}, s.worker
        ),
        text_setting(
            {"runner.kubernetes.kube_config", "KUBE_CONFIG_PATH", "kubeconfig file"}, s.kube_config
        ),
    };
}

std::vector<Setting> other_settings(ServerConfig& c) {
    return {
        secret_setting(
            {"storage.database", "DATABASE_URL", "empty: SQLite in the data directory"},
            c.storage.database
        ),
        secret_setting({"storage.redis", "REDIS_URL", "empty: in this process"}, c.storage.redis),
        integer_setting(
            {"retention.results_days", "", "result files are kept, days"},
            c.retention.results_days,
            {.min = 1, .max = 36'500}
        ),
        integer_setting(
            {"retention.logs_days", "", "logs are kept, days"},
            c.retention.logs_days,
            {.min = 1, .max = 36'500}
        ),
        integer_setting(
            {"retention.records_days", "", "records are kept, days"},
            c.retention.records_days,
            {.min = 1, .max = 36'500}
        ),
        bytes_setting(
            {"retention.storage_per_tenant", "", "results of one tenant"},
            c.retention.storage_per_tenant,
            {.min = kMiB, .max = 1024 * 1024 * kGiB}
        ),
        integer_setting(
            {"retention.min_free_percent", "", "of the disk, else no submissions and no starts"},
            c.retention.min_free_percent,
            {.min = 0, .max = 90}
        ),
        secret_setting(
            {"telemetry.metrics_key", "", "Bearer key for /metrics; empty: open"},
            c.telemetry.metrics_key
        ),
    };
}

}  // namespace

std::vector<Setting> settings_of(ServerConfig& config) {
    std::vector<Setting> table;
    append(table, server_settings(config.server));
    append(table, limit_settings(config.limits));
    append(table, tenancy_settings(config.tenancy));
    append(table, runner_settings(config.runner));
    append(table, other_settings(config));
    return table;
}

std::vector<Setting> settings_of(SimulatorConfig& simulator) {
    return {
        text_setting({"simulators.version", "", "a note for the reader"}, simulator.version),
        text_setting({"simulators.home", "", "its SUMO_HOME"}, simulator.home),
        flag_setting({"simulators.default", "", "taken unless asked for"}, simulator.is_default)
    };
}

}  // namespace signalbox::app
