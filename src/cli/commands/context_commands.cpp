// signalbox login, context: servers and keys kept for later.
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/table.hpp"
#include "contract/job_answers.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace signalbox::cli {

namespace {

struct LoginOptions {
    std::string name;
    bool no_check = false;
};

/// `host` or `host:port` of an address.
std::string name_from(const std::string& url) {
    const std::size_t start = url.find("://");
    std::string name = start == std::string::npos ? url : url.substr(start + 3);
    name.erase(std::min(name.find('/'), name.size()));
    return name;
}

/// Whose key it is, as the server sees it.
Task<Result<std::string>> ask_server(Session& session, Connection connection) {
    Surroundings& parts = session.parts();
    const Executor executor = parts.interrupts.executor();
    SB_CO_TRY(const auto client, ApiClient::make(executor, parts.pool, connection));
    const auto own = co_await client->fetch("/tenants/me/dashboard", &contract::decode_dashboard);
    if (own) {
        co_return "tenant " + own->value.tenant_id;
    }
    if (own.error().code() != Code::kForbidden && own.error().code() != Code::kUnauthenticated) {
        co_return fail(own.error());
    }
    connection.purpose = Purpose::kAdmin;
    SB_CO_TRY(const auto admin, ApiClient::make(executor, parts.pool, connection));
    if (co_await admin->call(ApiCall{.target = "/admin/stats"})) {
        co_return std::string("an admin");
    }
    co_return fail(own.error());
}

Task<Result<std::string>> read_key(Session& session, std::string url) {
    if (!session.settings().key.empty()) {
        co_return session.settings().key;
    }
    Terminal& terminal = session.terminal();
    std::optional<std::string> line;
    if (terminal.can_ask()) {
        // Ctrl-C must not leave the terminal without its echo.
        Interrupts& interrupts = session.parts().interrupts;
        SB_CO_OK(interrupts.catch_signals());
        const auto typed = co_await run_until_interrupted(
            interrupts, terminal.ask_secret("API key for " + url + ":")
        );
        terminal.complain("");  // ends the line of the question
        line = typed.value_or(std::nullopt);
    } else {
        line = terminal.read_piped_line();
    }
    std::string key(trim(line.value_or("")));
    if (key.empty()) {
        co_return usage_error("no key was given; it is asked for on a terminal, or read from a pipe"
        );
    }
    co_return key;
}

/// A path that means the same from wherever the next command is given.
std::string absolute(const std::string& path) {
    std::error_code problem;
    const auto whole = std::filesystem::absolute(path, problem);
    return path.empty() || problem ? path : whole.lexically_normal().string();
}

Task<Result<int>> log_in(Session& session, LoginOptions options) {
    SB_CO_TRY(Connection connection, session.connection(Purpose::kTenant));
    connection.ca_file = absolute(connection.ca_file);
    SB_CO_TRY(connection.key, co_await read_key(session, connection.url));
    std::string who = "not checked";
    if (!options.no_check) {
        SB_CO_TRY(who, co_await ask_server(session, connection));
    }
    ContextStore& store = session.parts().contexts;
    SB_CO_TRY(Contexts contexts, store.load());
    const std::string name = options.name.empty() ? name_from(connection.url) : options.name;
    std::erase_if(contexts.all, [&name](const Context& old) { return old.name == name; });
    contexts.all.push_back(
        {.name = name, .url = connection.url, .key = connection.key, .ca_file = connection.ca_file}
    );
    contexts.current = name;
    SB_CO_OK(store.save(contexts));
    session.terminal().note(
        "logged in at " + connection.url + " (" + who + "); context " + name + " in " + store.path()
    );
    co_return kExitSuccess;
}

Task<Result<int>> list_contexts(Session& session) {
    SB_CO_TRY(const Contexts contexts, session.parts().contexts.load());
    Table table({{.heading = ""}, {.heading = "CONTEXT"}, {.heading = "SERVER"}});
    Shown shown{.json = "[", .names = {}, .table = {}};
    for (const Context& context : contexts.all) {
        const bool current = context.name == contexts.current;
        table.add({current ? "*" : "", context.name, context.url});
        shown.json += shown.names.empty() ? "" : ",";
        shown.json += R"({"name":)" + quote_json(context.name) + R"(,"url":)" +
                      quote_json(context.url) + R"(,"current":)" + (current ? "true}" : "false}");
        shown.names.push_back(context.name);
    }
    shown.json += "]";
    shown.table = table.empty() ? "No contexts; `signalbox login` makes one.\n"
                                : table.render(session.terminal());
    show(session, shown);
    co_return kExitSuccess;
}

Result<Contexts> load_with(Session& session, const std::string& name) {
    SB_TRY(Contexts contexts, session.parts().contexts.load());
    if (contexts.find(name) == nullptr) {
        return fail(
            Code::kNotFound,
            "NO_CONTEXT",
            "there is no context " + name + " in " + session.parts().contexts.path()
        );
    }
    return contexts;
}

Task<Result<int>> use_context(Session& session, std::string name) {
    SB_CO_TRY(Contexts contexts, load_with(session, name));
    contexts.current = name;
    SB_CO_OK(session.parts().contexts.save(contexts));
    session.terminal().note("context " + name + " is used from now on");
    co_return kExitSuccess;
}

Task<Result<int>> delete_context(Session& session, std::string name) {
    SB_CO_TRY(Contexts contexts, load_with(session, name));
    std::erase_if(contexts.all, [&name](const Context& old) { return old.name == name; });
    if (contexts.current == name) {
        contexts.current.clear();
    }
    SB_CO_OK(session.parts().contexts.save(contexts));
    session.terminal().note("context " + name + " and its key are gone from this machine");
    co_return kExitSuccess;
}

CommandSpec make_by_name(
    std::string name, std::string summary, Task<Result<int>> (*action)(Session&, std::string)
) {
    const auto context = std::make_shared<std::string>();
    const std::string example = "signalbox context " + name + " production";
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .examples = {example},
        .options = {{"NAME", context.get(), "The context", "", true}},
        .action = [context, action](Session& session) { return action(session, *context); },
    };
}

}  // namespace

CommandSpec login_command() {
    const auto options = std::make_shared<LoginOptions>();
    return {
        .name = "login",
        .summary = "Keep a server and its key for later commands",
        .examples =
            {
                "signalbox login --url https://signalbox.example.org  asks for the key",
                "signalbox login --name production < key-file",
            },
        .options =
            {
                {"--name", &options->name, "Of the context; default the server's name", "NAME"},
                {"--no-check", &options->no_check, "Do not ask the server about the key"},
            },
        .action = [options](Session& session) { return log_in(session, *options); },
    };
}

CommandSpec context_command() {
    CommandSpec list{
        .name = "list",
        .summary = "List stored servers",
        .examples = {"signalbox context list"},
        .action = [](Session& session) { return list_contexts(session); },
    };
    return {
        .name = "context",
        .summary = "Stored servers: list, use, delete",
        .examples = {"signalbox context use production"},
        .commands =
            {
                std::move(list),
                make_by_name("use", "Use this one from now on", &use_context),
                make_by_name("delete", "Forget one, with its key", &delete_context),
            },
    };
}

}  // namespace signalbox::cli
