#include "app/server.hpp"

#include "api/api_server.hpp"
#include "app/data_directory.hpp"
#include "app/shutdown.hpp"
#include "async/event_loop.hpp"
#include "async/task_group.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "files/directory/directory_log_files.hpp"
#include "files/directory/directory_result_files.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "jobs/dispatcher.hpp"
#include "jobs/job_service.hpp"
#include "jobs/local/local_runner.hpp"
#include "jobs/reconciler.hpp"
#include "jobs/retention_sweeper.hpp"
#include "jobs/submission_service.hpp"
#include "jobs/worker_service.hpp"
#include "net/http_server.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tenancy/admin_key.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace signalbox::app {

namespace fs = std::filesystem;

namespace {

// Pool threads mostly wait for the disk or inflate; more than this gains nothing on one machine.
constexpr std::size_t kPoolThreads = 4;
// How a worker, whose directory is DATA/runs/<attempt>, finds the server whatever DATA is called.
constexpr const char* kWorkerUrl = "unix:../../worker.sock";

// What stands before the event loop and outlives it.
struct Foundation {
    const ServerConfig& config;
    const DataDirectory& data;
    Executor executor;
    async::BlockingPool& pool;
    store::SqliteStore& store;
};

struct ListenAddress {
    std::string host;
    std::uint16_t port = 0;
};

Result<ListenAddress> parse_listen(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : parse_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
    if (!port || colon == 0) {
        return fail(
            Code::kInvalid, "BAD_SETTING", "server.listen: \"" + text + "\" is not address:port"
        );
    }
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    return ListenAddress{.host = std::move(host), .port = *port};
}

std::int64_t slots_of(const RunnerSection& runner) {
    return runner.slots > 0
               ? runner.slots
               : static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency()));
}

model::RetryPolicy retry_policy_of(const RunnerSection& runner) {
    return {
        .infrastructure_retries = static_cast<std::int32_t>(runner.retries),
        .first_delay = std::chrono::ceil<std::chrono::seconds>(runner.retry_delay)
    };
}

std::vector<scenario::Simulator> find_configured_simulators(const ServerConfig& config) {
    scenario::SimulatorSearch search;
    for (const SimulatorConfig& simulator : config.simulators) {
        search.homes.emplace_back(simulator.home);
    }
    auto simulators = scenario::find_simulators(search);
    for (const scenario::Simulator& simulator : simulators) {
        log::info(
            "found sumo", {{"version", simulator.version}, {"home", simulator.home.string()}}
        );
    }
    if (simulators.empty()) {
        log::warning("no usable sumo was found: submissions are refused until there is one");
    }
    return simulators;
}

// The configured default by its home, else none: the newest.
std::string default_version_of(
    const ServerConfig& config, const std::vector<scenario::Simulator>& simulators
) {
    for (const SimulatorConfig& wanted : config.simulators) {
        const auto found =
            std::ranges::find(simulators, fs::path(wanted.home), &scenario::Simulator::home);
        if (wanted.is_default && found != simulators.end()) {
            return found->version;
        }
    }
    return "";
}

fs::path worker_program_of(const RunnerSection& runner) {
    std::error_code ignored;
    if (!runner.worker.empty()) {
        return fs::absolute(runner.worker, ignored);
    }
    return fs::read_symlink("/proc/self/exe", ignored).parent_path() / "signalbox-worker";
}

jobs::LocalRunnerConfig runner_config_of(
    const Foundation& base, const std::vector<scenario::Simulator>& simulators
) {
    std::string homes;
    for (const scenario::Simulator& simulator : simulators) {
        homes += (homes.empty() ? "" : ":") + simulator.home.string();
    }
    return {
        .runs_directory = base.data.runs(),
        .worker_program = worker_program_of(base.config.runner),
        .server_url = kWorkerUrl,
        .slots = slots_of(base.config.runner),
        .environment =
            {"PATH=/usr/local/bin:/usr/bin:/bin",
             "LANG=C.UTF-8",
             "SIGNALBOX_SUMO_HOMES=" + homes,
             "SIGNALBOX_CACHE_DIR=" + base.data.path().string()}
    };
}

jobs::SubmissionPolicy submission_policy_of(
    const ServerConfig& config, const std::vector<scenario::Simulator>& simulators
) {
    jobs::SubmissionPolicy policy;
    policy.archive.max_entries = static_cast<std::uint64_t>(config.limits.archive_entries);
    policy.archive.max_unpacked_bytes = static_cast<std::uint64_t>(config.limits.archive_unpacked);
    policy.archive.max_ratio = static_cast<std::uint64_t>(config.limits.archive_ratio);
    policy.default_timeout = std::chrono::ceil<std::chrono::seconds>(config.runner.run_limit);
    policy.default_sumo_version = default_version_of(config, simulators);
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

api::ApiConfig api_config_of(const Foundation& base, Instant now) {
    const ServerConfig& config = base.config;
    return {
        .started_at = now,
        .spool_directory = base.data.spool(),
        .max_upload_bytes = static_cast<std::uint64_t>(config.limits.upload_mb) << 20U,
        .max_json_bytes = static_cast<std::uint64_t>(config.limits.json_body),
        .min_free_disk = static_cast<double>(config.retention.min_free_percent) / 100,
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

Result<std::uint16_t> listen(net::HttpServer& server, const ServerSection& section) {
    SB_TRY(const ListenAddress address, parse_listen(section.listen));
    std::optional<net::TlsFiles> tls;
    if (!section.tls_cert.empty()) {
        tls = net::TlsFiles{.certificate = section.tls_cert, .key = section.tls_key};
    }
    return server.listen_tcp(address.host, address.port, tls);
}

void announce(const ServerSection& section, std::uint16_t port) {
    const std::size_t colon = section.listen.rfind(':');
    fmt::print(
        "signalboxd ready on {}://{}:{}\n",
        section.tls_cert.empty() ? "http" : "https",
        section.listen.substr(0, colon),
        port
    );
    std::fflush(stdout);
}

Result<std::string> configured_admin_key(const TenancySection& section) {
    if (section.admin_key_file.empty()) {
        return section.admin_key;
    }
    SB_TRY(const std::string text, read_file(section.admin_key_file, 4096));
    return std::string(trim(text));
}

Task<Result<tenancy::AuthenticatorConfig>> prepare_keys(
    const Foundation& base, const Clock& clock, Random& random
) {
    const TenancySection& section = base.config.tenancy;
    SB_CO_TRY(std::string key, configured_admin_key(section));
    tenancy::AdminKeySource source{
        .data_directory = base.data.path(),
        .configured_key = std::move(key),
        .form = tenancy_config_of(section).key_form
    };
    SB_CO_TRY(
        const auto admin,
        co_await tenancy::ensure_admin_key(std::move(source), base.store.tenants(), clock, random)
    );
    if (!admin.file.empty()) {
        log::info(
            admin.generated ? "made an admin key" : "using the admin key made before",
            {{"file", admin.file.string()}}
        );
    }
    if (section.open_registration) {
        log::warning("ANYBODY MAY REGISTER A TENANT (open registration): only for local trials");
    }
    tenancy::AuthenticatorConfig config;
    if (!admin.hash.empty()) {
        config.admin_key_hashes.push_back(admin.hash);
    }
    SB_CO_TRY(config.static_keys, tenancy::parse_static_keys(section.api_keys));
    co_return config;
}

// Everything of the running server, in the order in which it is built; it ends in reverse.
struct Services {
    Services(
        const Foundation& base,
        const Clock& clock,
        Random& random,
        tenancy::AuthenticatorConfig keys,
        store::Epoch epoch
    );

    Services(const Services&) = delete;
    Services& operator=(const Services&) = delete;

    async::Signal changes;
    async::TaskGroup background;
    Metrics metrics;
    UuidGenerator ids;
    std::vector<scenario::Simulator> simulators;

    files::DirectoryScenarioFiles archives;
    files::DirectoryResultFiles results;
    files::DirectoryLogFiles logs;

    tenancy::RateLimits rates;
    tenancy::Authenticator authenticator;
    tenancy::TenantService tenants;

    jobs::LocalRunner runner;
    jobs::SubmissionService submissions;
    jobs::JobService job_service;
    jobs::RunProbe probe;
    jobs::WorkerService workers;
    jobs::Dispatcher dispatcher;
    jobs::Reconciler reconciler;
    jobs::RetentionSweeper sweeper;

    api::Api api;
    net::HttpServer worker_server;
    net::HttpServer server;
};

Services::Services(
    const Foundation& base,
    const Clock& clock,
    Random& random,
    tenancy::AuthenticatorConfig keys,
    store::Epoch epoch
)
    : changes(base.executor),
      background(base.executor),
      ids(clock, random),
      simulators(find_configured_simulators(base.config)),
      archives(base.pool, clock, base.data.path() / "scenarios"),
      results(base.pool, base.data.path() / "results"),
      logs(base.pool, base.data.path() / "logs", log_limits_of(base.config.runner)),
      rates(rates_of(base.config.tenancy), clock),
      authenticator(std::move(keys), base.store.tenants(), rates, clock),
      tenants(
          tenancy_config_of(base.config.tenancy),
          {base.store.tenants(), authenticator, clock, random}
      ),
      runner(base.executor, base.pool, changes, clock, runner_config_of(base, simulators)),
      submissions(
          {base.store.jobs(), base.store.scenarios(), archives, base.pool, changes, ids, clock},
          simulators,
          submission_policy_of(base.config, simulators)
      ),
      job_service({base.store.jobs(), results, logs, runner, submissions, changes, clock}),
      probe(metrics),
      workers({base.store.runs(), archives, results, logs, changes, clock, probe}),
      dispatcher({base.store.runs(), runner, changes, clock, random, probe}, epoch),
      reconciler(
          {base.store.runs(), runner, changes, clock, probe},
          epoch,
          {.lost_after = base.config.runner.lost_after}
      ),
      sweeper(
          {base.store.retention(),
           base.store.jobs(),
           base.store.scenarios(),
           archives,
           results,
           logs,
           clock},
          retention_policy_of(base.config.retention)
      ),
      api({tenants,
           authenticator,
           rates,
           base.store.jobs(),
           base.store.scenarios(),
           submissions,
           job_service,
           workers,
           runner,
           results,
           logs,
           changes,
           base.pool,
           clock,
           random,
           metrics},
          api_config_of(base, clock.now())),
      worker_server(
          base.executor,
          base.pool,
          api.server_options(server_limits_of(base.config.limits)),
          [this](net::Request& request) { return api.handle_worker(request); }
      ),
      server(
          base.executor,
          base.pool,
          api.server_options(server_limits_of(base.config.limits)),
          [this](net::Request& request) { return api.handle(request); }
      ) {}

Task<void> run_until_signal(const Foundation& base, Services& services) {
    services.background.spawn("dispatcher", services.dispatcher.run());
    services.background.spawn("reconciler", services.reconciler.run());
    services.background.spawn("retention", services.sweeper.run());
    Shutdown shutdown(
        {.group = services.background,
         .runs = base.store.runs(),
         .runner = services.runner,
         .dispatcher = services.dispatcher,
         .workers = services.workers,
         .changes = services.changes,
         .grace = base.config.server.grace,
         .always_stop_runs = base.config.server.stop_runs}
    );
    co_await shutdown.wait();
    services.api.set_not_ready("the server is stopping");
    co_await shutdown.settle_runs();
}

Task<Result<void>> serve(const Foundation& base) {
    const SystemClock clock;
    OsRandom random;
    SB_CO_TRY(auto keys, co_await prepare_keys(base, clock, random));
    SB_CO_TRY(const auto epoch, co_await base.store.runs().begin_epoch("signalboxd", clock.now()));
    Services services(base, clock, random, std::move(keys), epoch);

    SB_CO_OK(services.worker_server.listen_unix(base.data.worker_socket()));
    const auto port = listen(services.server, base.config.server);
    if (port) {
        announce(base.config.server, *port);
        co_await run_until_signal(base, services);
    }
    services.server.stop_accepting();
    co_await services.server.drain(base.config.server.grace);
    services.worker_server.stop_accepting();
    co_await services.worker_server.drain(std::chrono::seconds(2));
    services.background.cancel();
    co_await services.background.join();
    co_await services.runner.stop();
    if (!port) {
        co_return Failure(port.error());
    }
    co_return Result<void>();
}

Task<Result<void>> serve_and_close(const Foundation& base) {
    auto outcome = co_await serve(base);
    co_await base.store.stop();
    co_return outcome;
}

int report_failure(const Error& error, int exit_code) {
    log::error("signalboxd cannot go on", {{"error", error.message()}});
    return exit_code;
}

}  // namespace

int run_server(const ServerConfig& config) {
    const auto data = DataDirectory::open(config.server.data);
    if (!data) {
        const bool in_use = data.error().code() == Code::kConflict;
        return report_failure(data.error(), in_use ? kDataInUse : kFailure);
    }
    // Whatever the server writes is its own, but for what a run's user has to pass through.
    ::umask(077);
    async::EventLoop loop;
    async::BlockingPool pool(kPoolThreads);
    auto store = store::SqliteStore::open(
        loop.executor(), pool, data->database(), retry_policy_of(config.runner)
    );
    if (!store) {
        return report_failure(store.error(), kFailure);
    }
    const Foundation base{
        .config = config, .data = *data, .executor = loop.executor(), .pool = pool, .store = **store
    };
    const Result<void> outcome = loop.run(serve_and_close(base));
    if (!outcome) {
        return report_failure(outcome.error(), kFailure);
    }
    log::info("stopped");
    return kOrderly;
}

}  // namespace signalbox::app
