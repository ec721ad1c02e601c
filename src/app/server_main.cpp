// signalboxd: reads its configuration and serves.
#include "app/config_loader.hpp"
#include "app/server.hpp"
#include "app/server_options.hpp"
#include "base/log.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace signalbox::app {
namespace {

void configure_log(const ServerSection& server) {
    const bool text = server.log_format == "text" ||
                      (server.log_format == "auto" && ::isatty(STDERR_FILENO) == 1);
    log::configure(
        text ? log::Format::kText : log::Format::kJson,
        log::parse_level(server.log_level).value_or(log::Level::kInfo)
    );
}

int main_of(int argc, char** argv) {
    const auto options = parse_server_options(argc, argv);
    if (!options) {
        return options.error();
    }
    ServerConfig config;
    const std::vector<std::string> problems = load_config(options->sources, config);
    for (const std::string& problem : problems) {
        fmt::print(stderr, "signalboxd: {}\n", problem);
    }
    if (!problems.empty()) {
        return kUsage;
    }
    if (options->print_config) {
        fmt::print("{}", print_config(config));
        return kOrderly;
    }
    if (options->check_config) {
        fmt::print("the configuration is fine\n");
        return kOrderly;
    }
    configure_log(config.server);
    // A log or a peer that is not read any more must not end the server.
    std::signal(SIGPIPE, SIG_IGN);
    return run_server(config);
}

}  // namespace
}  // namespace signalbox::app

int main(int argc, char** argv) {
    return signalbox::app::main_of(argc, argv);
}
