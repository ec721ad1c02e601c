#include "app/server_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <map>

namespace signalbox::app {

namespace {

struct Flag {
    const char* name;
    const char* key;
    const char* help;
};

constexpr Flag kValueFlags[] = {
    {"--listen", "server.listen", "Address and port (default 127.0.0.1:8000); port 0: a free one"},
    {"--data", "server.data", "Directory of everything the server keeps (./signalbox-data)"},
    {"--admin-key-file", "tenancy.admin_key_file", "File that holds the admin key"},
    {"--log-format", "server.log_format", "text or json (default: text on a terminal)"},
    {"--log-level", "server.log_level", "debug, info, warning or error (default info)"},
    {"--tls-cert", "server.tls_cert", "PEM file of the certificate chain"},
    {"--tls-key", "server.tls_key", "PEM file of the certificate's key"},
    {"--grace", "server.grace", "Time for an orderly stop (default 30 s)"},
    {"--slots", "runner.slots", "Simulations at a time (default: one per CPU)"},
};

constexpr Flag kSwitches[] = {
    {"--open-registration",
     "tenancy.open_registration",
     "Let anybody register a tenant: only for local trials"},
    {"--stop-runs",
     "server.stop_runs",
     "At SIGTERM end the runs too; their jobs go back to the queue"},
};

constexpr const char* kFooter =
    "Every other key of the configuration can be set in the file or, where --print-config names\n"
    "one, by an environment variable. Flags beat the environment, which beats the file.\n\n"
    "Signals: SIGTERM stops the server and leaves runs going (the next start adopts them),\n"
    "SIGINT ends runs as well, a second one stops at once.\n"
    "Exit codes: 0 orderly stop, 1 failure, 2 configuration or usage, 3 data directory in use.";

}  // namespace

std::expected<ServerOptions, int> parse_server_options(int argc, char** argv) {
    CLI::App cli("Signalbox server: runs SUMO scenarios of many tenants.", "signalboxd");
    cli.footer(kFooter);
    cli.set_version_flag("--version", "signalboxd " SIGNALBOX_VERSION);
    ServerOptions options;
    cli.add_option("--config", options.sources.file, "YAML file (environment: SIGNALBOX_CONFIG)");
    std::map<std::string, std::string> values;
    for (const Flag& flag : kValueFlags) {
        cli.add_option(flag.name, values[flag.key], flag.help);
    }
    std::map<std::string, bool> switches;
    for (const Flag& flag : kSwitches) {
        cli.add_flag(flag.name, switches[flag.key], flag.help);
    }
    cli.add_flag("--check-config", options.check_config, "Check the configuration and exit");
    cli.add_flag("--print-config", options.print_config, "Print the effective one and exit");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(cli.exit(error) == 0 ? 0 : 2);
    }
    for (const Flag& flag : kValueFlags) {
        if (cli.count(flag.name) > 0) {
            options.sources.flags.emplace_back(flag.key, values[flag.key]);
        }
    }
    for (const Flag& flag : kSwitches) {
        if (cli.count(flag.name) > 0) {
            options.sources.flags.emplace_back(flag.key, switches[flag.key] ? "true" : "false");
        }
    }
    options.sources.environment = process_environment;
    if (options.sources.file.empty()) {
        options.sources.file = process_environment("SIGNALBOX_CONFIG").value_or("");
    }
    return options;
}

}  // namespace signalbox::app
