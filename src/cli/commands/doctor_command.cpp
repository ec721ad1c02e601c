// signalbox doctor: is this machine fit, is the server there, does the key work.
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/doctor_checks.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/table.hpp"
#include "contract/admin_contract.hpp"
#include "contract/job_answers.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

using Checks = std::vector<Check>;

std::string_view word_of(Health health) {
    switch (health) {
        case Health::kOk:
            return "ok";
        case Health::kWarn:
            return "warn";
        case Health::kFail:
            return "FAIL";
    }
    return "";
}

Style style_of(Health health) {
    switch (health) {
        case Health::kOk:
            return Style::kGreen;
        case Health::kWarn:
            return Style::kYellow;
        case Health::kFail:
            return Style::kRed;
    }
    return Style::kPlain;
}

Checks check_machine(const std::string& data) {
    Checks checks{check_processors(), check_memory(), check_user()};
    const auto add = [&checks](Checks more) {
        std::ranges::move(more, std::back_inserter(checks));
    };
    add(check_simulators());
    add(check_kernel());
    add(check_data(data));
    return checks;
}

Check describe_health(const contract::Health& health, const std::string& url) {
    const std::string found = fmt::format(
        "{}, version {}, up {} s",
        url,
        health.version.empty() ? "unknown" : health.version,
        health.uptime_seconds
    );
    if (!health.healthy) {
        return {Health::kFail, "server", found, "it calls itself unhealthy: read its log"};
    }
    if (!health.version.empty() && health.version != SIGNALBOX_VERSION) {
        return {
            Health::kWarn,
            "server",
            found,
            "this program is version " SIGNALBOX_VERSION ": use the same on both sides"
        };
    }
    return {Health::kOk, "server", found, ""};
}

/// What /ready says; not ready is its status 503.
Task<void> check_ready(ApiClient& client, Checks& checks) {
    const auto ready = co_await client.fetch("/ready", &contract::decode_readiness);
    if (!ready) {
        checks.push_back({Health::kFail, "ready", ready.error().message(), "read the server's log"}
        );
        co_return;
    }
    for (const std::string& sentence : ready->value.degraded) {
        checks.push_back({Health::kWarn, "ready", sentence, ""});
    }
}

/// False when there is no server to ask further.
Task<bool> check_server(Session& session, ApiClient& client, Checks& checks) {
    const std::string& url = client.connection().url;
    const auto response = co_await client.exchange(ApiCall{.target = "/health"});
    if (!response) {
        const bool unreachable = response.error().word() == kUnreachableWord;
        checks.push_back(
            {Health::kFail,
             "server",
             response.error().message(),
             unreachable ? "start one: signalboxd --data ./signalbox-data, or name it with --url"
                         : "is " + url + " a Signalbox server?"}
        );
        co_return !unreachable;
    }
    const auto health = contract::decode_health(response->body);
    if (!health) {
        checks.push_back({Health::kFail, "server", url + " answers, but not as Signalbox does", ""}
        );
        co_return false;
    }
    checks.push_back(describe_health(*health, url));
    checks.push_back(check_clock(response->headers.find("Date").value_or(""), session.now()));
    co_await check_ready(client, checks);
    co_return true;
}

Task<void> check_key(Session& session, ApiClient& client, Checks& checks) {
    const Connection& connection = client.connection();
    if (connection.key.empty()) {
        checks.push_back(
            {Health::kWarn, "key", "none", "set SIGNALBOX_KEY or store one with `signalbox login`"}
        );
        co_return;
    }
    const auto own = co_await client.fetch("/tenants/me/dashboard", &contract::decode_dashboard);
    if (own) {
        checks.push_back(
            {Health::kOk,
             "key",
             "tenant " + own->value.tenant_id + " (" + connection.key_source + ")",
             ""}
        );
        co_return;
    }
    Connection as_admin = connection;
    as_admin.purpose = Purpose::kAdmin;
    Surroundings& parts = session.parts();
    const auto admin =
        ApiClient::make(parts.interrupts.executor(), parts.pool, std::move(as_admin));
    if (admin && co_await (*admin)->call(ApiCall{.target = "/admin/stats"})) {
        checks.push_back({Health::kOk, "key", "an admin's (" + connection.key_source + ")", ""});
        co_return;
    }
    checks.push_back(
        {Health::kFail,
         "key",
         own.error().message() + " (" + connection.key_source + ")",
         "ask your admin for a new one: signalbox tenant key NAME"}
    );
}

Shown make_shown(const Checks& checks, const Terminal& terminal) {
    Table table(
        {{.heading = ""},
         {.heading = "WHAT"},
         {.heading = "FOUND", .align = Align::kLeft, .narrow = Narrow::kWrap}}
    );
    Shown shown{.json = "[", .names = {}, .table = {}};
    for (const Check& check : checks) {
        table.add(
            {Cell(std::string(word_of(check.health)), style_of(check.health)),
             check.what,
             check.found}
        );
        if (!check.advice.empty()) {
            table.add({"", "", Cell("→ " + check.advice, Style::kBold)});
        }
        shown.json += fmt::format(
            R"({}{{"check":{},"status":{},"found":{},"advice":{}}})",
            shown.json.size() > 1 ? "," : "",
            quote_json(check.what),
            quote_json(to_lower(word_of(check.health))),
            quote_json(check.found),
            quote_json(check.advice)
        );
        if (check.health != Health::kOk) {
            shown.names.push_back(check.what);
        }
    }
    shown.json += "]";
    shown.table = table.render(terminal);
    return shown;
}

Task<Result<int>> examine(Session& session) {
    std::string data = session.settings().data_directory;
    if (data.empty()) {
        data = session.parts().variables("SIGNALBOX_DATA").value_or("./signalbox-data");
    }
    Checks checks = co_await session.parts().pool.run([data] { return check_machine(data); });
    const auto client = session.client();
    if (!client) {
        checks.push_back({Health::kFail, "server", client.error().message(), "see --url"});
    } else if (co_await check_server(session, **client, checks)) {
        co_await check_key(session, **client, checks);
    }
    show(session, make_shown(checks, session.terminal()));
    const bool failed = std::ranges::any_of(checks, [](const Check& check) {
        return check.health == Health::kFail;
    });
    co_return failed ? kExitError : kExitSuccess;
}

}  // namespace

CommandSpec doctor_command() {
    return {
        .name = "doctor",
        .summary = "Look at machine, sumo and server, say what to do",
        .examples = {"signalbox doctor", "signalbox --data /var/lib/signalbox doctor -o json"},
        .action = [](Session& session) { return examine(session); },
    };
}

}  // namespace signalbox::cli
