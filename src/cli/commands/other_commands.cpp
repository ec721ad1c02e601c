// signalbox simulators, usage, version, completion, help.
#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"
#include "contract/job_answers.hpp"

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

Task<Result<int>> list_simulators(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(
        const auto simulators, co_await client->fetch("/simulators", &contract::decode_simulators)
    );
    Table table({{.heading = "SUMO"}, {.heading = ""}, {.heading = "HOME"}});
    Shown shown{.json = simulators.text, .names = {}, .table = {}};
    for (const contract::SimulatorView& simulator : simulators.value.simulators) {
        table.add({simulator.version, simulator.is_default ? "default" : "", simulator.home});
        shown.names.push_back(simulator.version);
    }
    shown.table =
        table.empty() ? "The server has no simulator.\n" : table.render(session.terminal());
    show(session, shown);
    co_return kExitSuccess;
}

std::string render_dashboard(const contract::Dashboard& own, const Terminal& terminal) {
    Table table({
        {.heading = own.tenant_id},
        {.heading = "USED", .align = Align::kRight},
        {.heading = "OF", .align = Align::kRight},
    });
    const auto number = [](std::int64_t value) { return grouped(value); };
    table.add({"cores", number(own.usage.cpu), number(own.limits.max_cpu)});
    table.add({"memory (GiB)", number(own.usage.memory_gi), number(own.limits.max_memory_gi)});
    table.add({"active jobs", number(own.usage.active_jobs), number(own.limits.max_concurrent_jobs)}
    );
    table.add({"queued jobs", number(own.usage.queued_jobs), number(own.limits.max_queued_jobs)});
    const auto bytes = [](std::int64_t value) {
        return format_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
    };
    table.add(
        {"storage",
         bytes(own.usage.storage_bytes),
         own.storage_limit_bytes > 0 ? bytes(own.storage_limit_bytes) : ""}
    );
    return table.render(terminal);
}

Task<Result<int>> show_usage(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.client());
    SB_CO_TRY(
        const auto own, co_await client->fetch("/tenants/me/dashboard", &contract::decode_dashboard)
    );
    show(
        session,
        {.json = own.text,
         .names = {own.value.tenant_id},
         .table = render_dashboard(own.value, session.terminal())}
    );
    co_return kExitSuccess;
}

Task<Result<int>> show_version(Session& session) {
    show(
        session,
        {.json = R"({"version":")" SIGNALBOX_VERSION R"("})",
         .names = {SIGNALBOX_VERSION},
         .table = "signalbox " SIGNALBOX_VERSION "\n"}
    );
    co_return kExitSuccess;
}

Task<Result<int>> print_completion(Session& session, std::string shell) {
    const CommandSpec program = make_program(std::make_shared<Settings>());
    SB_CO_TRY(const std::string script, completion_script(program, shell));
    session.terminal().print(script);
    co_return kExitSuccess;
}

Task<Result<int>> print_help(Session& session, std::vector<std::string> path) {
    const CommandSpec program = make_program(std::make_shared<Settings>());
    SB_CO_TRY(const std::string text, help_of(program, path));
    session.terminal().print(text);
    co_return kExitSuccess;
}

}  // namespace

CommandSpec simulators_command() {
    return {
        .name = "simulators",
        .summary = "List the SUMO versions the server has",
        .examples = {"signalbox simulators"},
        .action = [](Session& session) { return list_simulators(session); },
    };
}

CommandSpec usage_command() {
    return {
        .name = "usage",
        .summary = "Show your limits and what of them is used",
        .examples = {"signalbox usage"},
        .action = [](Session& session) { return show_usage(session); },
    };
}

CommandSpec version_command() {
    return {
        .name = "version",
        .summary = "Print the version of this program",
        .examples = {"signalbox version"},
        .action = [](Session& session) { return show_version(session); },
    };
}

CommandSpec completion_command() {
    const auto shell = std::make_shared<std::string>();
    return {
        .name = "completion",
        .summary = "Print a script that completes commands in a shell",
        .examples =
            {
                "source <(signalbox completion bash)",
                "signalbox completion zsh > \"${fpath[1]}/_signalbox\"",
                "signalbox completion fish | source",
            },
        .options = {{"SHELL", shell.get(), "Which shell", "", true, {"bash", "zsh", "fish"}}},
        .action = [shell](Session& session) { return print_completion(session, *shell); },
    };
}

CommandSpec help_command() {
    const auto path = std::make_shared<std::vector<std::string>>();
    return {
        .name = "help",
        .summary = "Print help about a command",
        .examples = {"signalbox help run", "signalbox help tenant create"},
        .options = {{"COMMAND", path.get(), "The command, word by word"}},
        .action = [path](Session& session) { return print_help(session, *path); },
    };
}

}  // namespace signalbox::cli
