// signalbox tenant: who may use the server, and how much of it. For admins.
#include "base/url.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"
#include "contract/tenant_contract.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

struct TenantOptions {
    std::string name;
    std::optional<std::int64_t> max_cpu;
    std::optional<std::int64_t> max_memory;
    std::optional<std::int64_t> max_jobs;
    std::optional<std::int64_t> max_queued;
    std::optional<std::int64_t> weight;
    std::string on_limit;
    std::vector<std::string> s3_prefixes;
    bool key_only = false;
};

std::vector<OptionSpec> limit_options(TenantOptions& options) {
    return {
        {"NAME", &options.name, "The tenant: a-z, 0-9 and -", "", true},
        {"--max-cpu", &options.max_cpu, "Cores over all its active jobs (10)", "N"},
        {"--max-memory", &options.max_memory, "GiB over all its active jobs (20)", "N"},
        {"--max-jobs", &options.max_jobs, "Active jobs (2)", "N"},
        {"--max-queued", &options.max_queued, "Queued jobs (1000)", "N"},
        {"--weight", &options.weight, "Share of the slots against other tenants (1)", "N"},
        {"--on-limit",
         &options.on_limit,
         "What follows at its limits, unless a job says so",
         "",
         false,
         {"reject", "queue"}},
        {"--s3-prefix", &options.s3_prefixes, "Where its inputs may lie; repeatable", "S3URL"},
    };
}

/// Fits the field, or is a value that the server will refuse by name.
std::optional<std::int32_t> narrow(const std::optional<std::int64_t>& value) {
    using Limits = std::numeric_limits<std::int32_t>;
    if (!value) {
        return std::nullopt;
    }
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(*value, Limits::min(), Limits::max())
    );
}

contract::TenantFields fields_of(const TenantOptions& options) {
    contract::TenantFields fields{
        .max_cpu = narrow(options.max_cpu),
        .max_memory_gi = narrow(options.max_memory),
        .max_concurrent_jobs = narrow(options.max_jobs),
        .max_queued_jobs = narrow(options.max_queued),
        .priority_weight = narrow(options.weight),
        .on_limit = model::parse_on_limit(options.on_limit)
    };
    if (!options.s3_prefixes.empty()) {
        fields.s3_prefixes = options.s3_prefixes;
    }
    return fields;
}

std::string render_tenant(
    const contract::TenantView& tenant, Instant now, const Terminal& terminal
) {
    Facts facts;
    const model::TenantLimits& limits = tenant.limits;
    facts.add("tenant", tenant.tenant_id, Style::kBold);
    facts.add("cores", std::to_string(limits.max_cpu));
    facts.add("memory", std::to_string(limits.max_memory_gi) + " GiB");
    facts.add("active jobs", std::to_string(limits.max_concurrent_jobs));
    facts.add("queued jobs", std::to_string(limits.max_queued_jobs));
    facts.add("weight", std::to_string(limits.priority_weight));
    facts.add("at its limits", std::string(to_word(limits.on_limit)));
    for (const std::string& prefix : tenant.s3_prefixes) {
        facts.add("S3", prefix);
    }
    facts.add("created", time_ago(tenant.created_at, now));
    facts.add("API key", tenant.api_key.value_or(""), Style::kGreen);
    std::string text = facts.render(terminal);
    if (tenant.api_key) {
        text +=
            "The key is shown this once: keep it, as SIGNALBOX_KEY or with `signalbox login`.\n";
    }
    return text;
}

void show_tenant(Session& session, const Answer<contract::TenantView>& tenant, bool key_only) {
    if (key_only && tenant.value.api_key) {
        session.terminal().print(*tenant.value.api_key + "\n");
        return;
    }
    show(
        session,
        {.json = tenant.text,
         .names = {tenant.value.tenant_id},
         .table = render_tenant(tenant.value, session.now(), session.terminal())}
    );
}

std::string tenant_target(const std::string& name) {
    return "/auth/tenants/" + percent_encode(name);
}

Task<Result<int>> send_and_show(Session& session, ApiCall call, bool key_only) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    SB_CO_TRY(
        const auto tenant,
        co_await client->call_and_decode(std::move(call), &contract::decode_tenant_view)
    );
    show_tenant(session, tenant, key_only);
    co_return kExitSuccess;
}

Task<Result<int>> create_tenant(Session& session, TenantOptions options) {
    ApiCall call{.method = net::Method::kPost, .target = "/auth/register"};
    call.json = contract::encode(
        contract::RegisterRequest{.tenant_id = options.name, .fields = fields_of(options)}
    );
    co_return co_await send_and_show(session, std::move(call), options.key_only);
}

Task<Result<int>> set_tenant(Session& session, TenantOptions options) {
    const contract::TenantFields fields = fields_of(options);
    if (!contract::require_some_field(fields)) {
        co_return usage_error("nothing to set: see `signalbox tenant set --help`");
    }
    ApiCall call{.method = net::Method::kPatch, .target = tenant_target(options.name)};
    call.json = contract::encode(fields);
    co_return co_await send_and_show(session, std::move(call), false);
}

Task<Result<int>> renew_key(Session& session, TenantOptions options) {
    ApiCall call{.method = net::Method::kPost, .target = "/auth/regenerate-key"};
    call.json = contract::encode_regenerate_request(options.name);
    co_return co_await send_and_show(session, std::move(call), options.key_only);
}

Task<Result<int>> show_one(Session& session, std::string name) {
    co_return co_await send_and_show(session, ApiCall{.target = tenant_target(name)}, false);
}

Task<Result<int>> delete_tenant(Session& session, std::string name) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    SB_CO_OK(co_await client->call(
        ApiCall{.method = net::Method::kDelete, .target = tenant_target(name)}
    ));
    session.terminal().note(
        "tenant " + name + " is deleted; its records and results stay until their retention ends"
    );
    co_return kExitSuccess;
}

std::string render_tenants(
    const contract::TenantsPage& page, Instant now, const Terminal& terminal
) {
    Table table({
        {.heading = "TENANT"},
        {.heading = "CORES", .align = Align::kRight},
        {.heading = "GIB", .align = Align::kRight},
        {.heading = "JOBS", .align = Align::kRight},
        {.heading = "QUEUED", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "WEIGHT", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "AT LIMIT", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "CREATED", .align = Align::kLeft, .narrow = Narrow::kDrop},
    });
    for (const contract::TenantView& tenant : page.tenants) {
        const model::TenantLimits& limits = tenant.limits;
        table.add(
            {tenant.tenant_id,
             std::to_string(limits.max_cpu),
             std::to_string(limits.max_memory_gi),
             std::to_string(limits.max_concurrent_jobs),
             std::to_string(limits.max_queued_jobs),
             std::to_string(limits.priority_weight),
             std::string(to_word(limits.on_limit)),
             time_ago(tenant.created_at, now)}
        );
    }
    return table.empty() ? "No tenants.\n" : table.render(terminal);
}

Task<Result<int>> list_tenants(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    contract::TenantsPage all;
    do {
        std::string target = "/auth/tenants";
        if (all.next_cursor) {
            target += "?cursor=" + percent_encode(*all.next_cursor);
        }
        SB_CO_TRY(auto page, co_await client->fetch(target, &contract::decode_tenants_page));
        std::ranges::move(page.value.tenants, std::back_inserter(all.tenants));
        all.next_cursor = std::move(page.value.next_cursor);
    } while (all.next_cursor);
    Shown shown{.json = contract::encode(all), .names = {}, .table = {}};
    for (const contract::TenantView& tenant : all.tenants) {
        shown.names.push_back(tenant.tenant_id);
    }
    shown.table = render_tenants(all, session.now(), session.terminal());
    show(session, shown);
    co_return kExitSuccess;
}

CommandSpec make_create() {
    const auto options = std::make_shared<TenantOptions>();
    CommandSpec command{
        .name = "create",
        .summary = "Register a tenant and show its key, once",
        .examples =
            {
                "signalbox --data ./signalbox-data tenant create demo",
                "signalbox tenant create demo --max-cpu 4 --max-jobs 4 --on-limit queue",
                "SIGNALBOX_KEY=$(signalbox tenant create demo --key-only)",
            },
        .options = limit_options(*options),
        .action = [options](Session& session) { return create_tenant(session, *options); },
    };
    command.options.push_back({"--key-only", &options->key_only, "Print nothing but the key"});
    return command;
}

CommandSpec make_set() {
    const auto options = std::make_shared<TenantOptions>();
    return {
        .name = "set",
        .summary = "Change a tenant's limits",
        .examples = {"signalbox tenant set demo --max-cpu 8 --on-limit queue"},
        .options = limit_options(*options),
        .action = [options](Session& session) { return set_tenant(session, *options); },
    };
}

CommandSpec make_key() {
    const auto options = std::make_shared<TenantOptions>();
    return {
        .name = "key",
        .summary = "Make a new key, shown this once; the old one ends",
        .examples = {"signalbox tenant key demo"},
        .options =
            {
                {"NAME", &options->name, "The tenant", "", true},
                {"--key-only", &options->key_only, "Print nothing but the key"},
            },
        .action = [options](Session& session) { return renew_key(session, *options); },
    };
}

CommandSpec make_by_name(
    std::string name, std::string summary, Task<Result<int>> (*action)(Session&, std::string)
) {
    const auto tenant = std::make_shared<std::string>();
    const std::string example = "signalbox tenant " + name + " demo";
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .examples = {example},
        .options = {{"NAME", tenant.get(), "The tenant", "", true}},
        .action = [tenant, action](Session& session) { return action(session, *tenant); },
    };
}

}  // namespace

CommandSpec tenant_command() {
    CommandSpec list{
        .name = "list",
        .summary = "List tenants, newest first",
        .examples = {"signalbox --data ./signalbox-data tenant list"},
        .action = [](Session& session) { return list_tenants(session); },
    };
    return {
        .name = "tenant",
        .summary = "Who may use the server, and how much (admin key)",
        .examples =
            {
                "signalbox --data ./signalbox-data tenant create demo  where the server runs",
                "signalbox tenant list                                 with an admin's key",
            },
        .commands =
            {
                make_create(),
                std::move(list),
                make_by_name("show", "Show one tenant", &show_one),
                make_set(),
                make_key(),
                make_by_name("delete", "Delete a tenant that has no active job", &delete_tenant),
            },
    };
}

}  // namespace signalbox::cli
