#include "app/server.hpp"

#include "api/api_server.hpp"
#include "app/config_check.hpp"
#include "app/data_directory.hpp"
#include "app/listen_address.hpp"
#include "app/service_configs.hpp"
#include "app/shutdown.hpp"
#include "async/event_loop.hpp"
#include "async/task_group.hpp"
#include "base/log.hpp"
#include "files/directory/directory_log_files.hpp"
#include "files/directory/directory_result_files.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "jobs/dispatcher.hpp"
#include "jobs/job_service.hpp"
#include "jobs/local/local_runner.hpp"
#include "jobs/reconciler.hpp"
#include "jobs/retention_sweeper.hpp"
#include "jobs/run_drain.hpp"
#include "jobs/submission_service.hpp"
#include "jobs/worker_service.hpp"
#include "net/http_server.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tenancy/admin_key.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cstdio>
#include <optional>

namespace signalbox::app {

namespace {

// Pool threads mostly wait for the disk or inflate; more than this gains nothing on one machine.
constexpr std::size_t kPoolThreads = 4;

// What stands before the event loop and outlives it.
struct Foundation {
    const ServerConfig& config;
    const DataDirectory& data;
    Executor executor;
    async::BlockingPool& pool;
    store::SqliteStore& store;
};

Result<ListenAddress> listen(net::HttpServer& server, const ServerSection& section) {
    SB_TRY(ListenAddress address, parse_listen_address(section.listen));
    std::optional<net::TlsFiles> tls;
    if (!section.tls_cert.empty()) {
        tls = net::TlsFiles{.certificate = section.tls_cert, .key = section.tls_key};
    }
    SB_TRY(address.port, server.listen_tcp(address.host, address.port, tls));
    return address;
}

void announce(const ServerSection& section, const ListenAddress& address) {
    fmt::print("signalboxd ready on {}\n", to_url(address, !section.tls_cert.empty()));
    std::fflush(stdout);
}

Task<Result<tenancy::AuthenticatorConfig>> prepare_keys(
    const Foundation& base, const Clock& clock, Random& random
) {
    const TenancySection& section = base.config.tenancy;
    SB_CO_TRY(std::string key, read_admin_key(section));
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
    jobs::LogFeeds log_feeds;
    jobs::RunProbe probe;
    jobs::WorkerService workers;
    jobs::Dispatcher dispatcher;
    jobs::Reconciler reconciler;
    jobs::RunDrain drain;
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
      simulators(find_configured_simulators(base.config.simulators, base.data)),
      archives(base.pool, clock, base.data.path() / "scenarios"),
      results(base.pool, base.data.path() / "results"),
      logs(base.pool, base.data.path() / "logs", log_limits_of(base.config.runner)),
      rates(rates_of(base.config.tenancy), clock),
      authenticator(std::move(keys), base.store.tenants(), rates, clock),
      tenants(
          tenancy_config_of(base.config.tenancy),
          {base.store.tenants(), authenticator, clock, random}
      ),
      runner(
          base.executor,
          base.pool,
          changes,
          clock,
          runner_config_of(base.config, base.data, simulators)
      ),
      submissions(
          {base.store.jobs(), base.store.scenarios(), archives, base.pool, changes, ids, clock},
          simulators,
          submission_policy_of(base.config, simulators)
      ),
      job_service({base.store.jobs(), results, logs, runner, submissions, changes, clock}),
      log_feeds({.jobs = base.store.jobs(), .logs = logs, .changes = changes, .clock = clock}),
      probe(metrics),
      workers({base.store.runs(), archives, results, logs, changes, clock, probe}),
      dispatcher(
          {base.store.runs(), runner, changes, clock, random, probe},
          epoch,
          {.start_within = base.config.runner.lost_after / 2}
      ),
      reconciler(
          {base.store.runs(), runner, changes, clock, probe},
          epoch,
          {.lost_after = base.config.runner.lost_after}
      ),
      drain({base.store.runs(), runner, workers, changes, clock}, epoch),
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
           results,
           log_feeds,
           changes,
           base.pool,
           clock,
           metrics},
          api_config_of(base.config, base.data, clock.now())),
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

Shutdown::Parts shutdown_parts_of(const Foundation& base, Services& services) {
    return {
        .group = services.background,
        .dispatcher = services.dispatcher,
        .drain = services.drain,
        .grace = base.config.server.grace,
        .always_stop_runs = base.config.server.stop_runs
    };
}

Task<void> run_until_signal(Services& services, Shutdown& shutdown) {
    services.background.spawn("dispatcher", services.dispatcher.run());
    services.background.spawn("reconciler", services.reconciler.run());
    services.background.spawn("retention", services.sweeper.run());
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
    // Whoever reads that the server is ready may stop it at once, in order.
    Shutdown shutdown(shutdown_parts_of(base, services));
    const auto address = listen(services.server, base.config.server);
    if (address) {
        announce(base.config.server, *address);
        co_await run_until_signal(services, shutdown);
    }
    services.server.stop_accepting();
    co_await services.server.drain(base.config.server.grace);
    services.worker_server.stop_accepting();
    co_await services.worker_server.drain(std::chrono::seconds(2));
    services.background.cancel();
    co_await services.background.join();
    co_await services.runner.stop();
    if (!address) {
        co_return Failure(address.error());
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
