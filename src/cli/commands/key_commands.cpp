// signalbox key: named keys with a role, a scope and an end. For admins.
#include "base/url.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"
#include "contract/tenant_contract.hpp"

#include <algorithm>

namespace signalbox::cli {

namespace {

struct KeyOptions {
    std::string name;
    std::string role = "viewer";
    std::string tenant;
    std::vector<std::string> tenants;
    std::vector<std::string> clusters;
    std::vector<std::string> namespaces;
    std::optional<std::chrono::seconds> expires;
    bool key_only = false;
};

std::string scope_text(const model::Scope& scope) {
    std::string text;
    const auto add = [&text](std::string_view what, const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            text += (text.empty() ? "" : ", ") + std::string(what) + " " + name;
        }
    };
    add("tenant", scope.tenants);
    add("cluster", scope.clusters);
    add("namespace", scope.namespaces);
    return text.empty() ? "all" : text;
}

std::string render_key(const contract::KeyView& view, Instant now, const Terminal& terminal) {
    Facts facts;
    facts.add("id", view.key.id.text);
    facts.add("name", view.key.name);
    facts.add("role", std::string(to_word(view.key.role)));
    facts.add("tenant", view.key.tenant.text);
    facts.add("scope", scope_text(view.key.scope));
    facts.add("expires", time_ago(view.key.expires_at, now));
    facts.add("key", view.secret.value_or(""), Style::kGreen);
    return facts.render(terminal) + (view.secret ? "The key is shown this once: keep it.\n" : "");
}

Task<Result<int>> create_key(Session& session, KeyOptions options) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    contract::KeyRequest request{
        .name = options.name,
        .role = model::parse_role(options.role).value_or(model::Role::kViewer),
        .tenant_id = options.tenant,
        .scope =
            {.tenants = options.tenants,
             .clusters = options.clusters,
             .namespaces = options.namespaces}
    };
    if (options.expires) {
        request.expires_at = session.now() + *options.expires;
    }
    ApiCall call{.method = net::Method::kPost, .target = "/admin/keys"};
    call.json = contract::encode(request);
    SB_CO_TRY(
        const auto key,
        co_await client->call_and_decode(std::move(call), &contract::decode_key_view)
    );
    if (options.key_only && key.value.secret) {
        session.terminal().print(*key.value.secret + "\n");
        co_return kExitSuccess;
    }
    show(
        session,
        {.json = key.text,
         .names = {key.value.key.id.text},
         .table = render_key(key.value, session.now(), session.terminal())}
    );
    co_return kExitSuccess;
}

std::string render_keys(const contract::KeysPage& page, Instant now, const Terminal& terminal) {
    Table table({
        {.heading = "ID"},
        {.heading = "NAME"},
        {.heading = "ROLE"},
        {.heading = "TENANT", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "SCOPE", .align = Align::kLeft, .narrow = Narrow::kCut},
        {.heading = "CREATED", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "EXPIRES"},
    });
    for (const contract::KeyView& view : page.keys) {
        const model::ApiKey& key = view.key;
        table.add(
            {key.id.text,
             key.name,
             std::string(to_word(key.role)),
             key.tenant.text,
             scope_text(key.scope),
             time_ago(key.created_at, now),
             time_ago(key.expires_at, now)}
        );
    }
    return table.empty() ? "No keys.\n" : table.render(terminal);
}

Task<Result<int>> list_keys(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    contract::KeysPage all;
    do {
        std::string target = "/admin/keys";
        if (all.next_cursor) {
            target += "?cursor=" + percent_encode(*all.next_cursor);
        }
        SB_CO_TRY(auto page, co_await client->fetch(target, &contract::decode_keys_page));
        std::ranges::move(page.value.keys, std::back_inserter(all.keys));
        all.next_cursor = std::move(page.value.next_cursor);
    } while (all.next_cursor);
    Shown shown{.json = contract::encode(all), .names = {}, .table = {}};
    for (const contract::KeyView& view : all.keys) {
        shown.names.push_back(view.key.id.text);
    }
    shown.table = render_keys(all, session.now(), session.terminal());
    show(session, shown);
    co_return kExitSuccess;
}

Task<Result<int>> delete_key(Session& session, std::string id) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    SB_CO_OK(co_await client->call(
        ApiCall{.method = net::Method::kDelete, .target = "/admin/keys/" + percent_encode(id)}
    ));
    session.terminal().note("key " + id + " is deleted");
    co_return kExitSuccess;
}

CommandSpec make_create() {
    const auto options = std::make_shared<KeyOptions>();
    return {
        .name = "create",
        .summary = "Make a key and show it, once",
        .examples =
            {
                "signalbox key create dashboards --role viewer",
                "signalbox key create ci --role tenant --tenant demo --expires 90d",
            },
        .options =
            {
                {"NAME", &options->name, "What it is for", "", true},
                {"--role",
                 &options->role,
                 "What it may do (default viewer)",
                 "",
                 false,
                 {"admin", "tenant", "debugger", "viewer"}},
                {"--tenant", &options->tenant, "Whose, for role tenant", "NAME"},
                {"--scope-tenant", &options->tenants, "Only this tenant; repeatable", "NAME"},
                {"--scope-cluster", &options->clusters, "Only this cluster; repeatable", "NAME"},
                {"--scope-namespace",
                 &options->namespaces,
                 "Only this namespace; repeatable",
                 "NAME"},
                {"--expires", &options->expires, "Ends after 12h, 90d; default never", "TIME"},
                {"--key-only", &options->key_only, "Print nothing but the key"},
            },
        .action = [options](Session& session) { return create_key(session, *options); },
    };
}

}  // namespace

CommandSpec key_command() {
    const auto id = std::make_shared<std::string>();
    CommandSpec list{
        .name = "list",
        .summary = "List keys; never the secrets themselves",
        .examples = {"signalbox key list"},
        .action = [](Session& session) { return list_keys(session); },
    };
    CommandSpec remove{
        .name = "delete",
        .summary = "Delete a key: it ends at once",
        .examples = {"signalbox key delete 0192f3c4-0000-7000-8000-000000000000"},
        .options = {{"ID", id.get(), "The key's id", "", true}},
        .action = [id](Session& session) { return delete_key(session, *id); },
    };
    return {
        .name = "key",
        .summary = "Named keys with a role and a scope (admin key)",
        .examples = {"signalbox --data ./signalbox-data key create dashboards --role viewer"},
        .commands = {make_create(), std::move(list), std::move(remove)},
    };
}

}  // namespace signalbox::cli
