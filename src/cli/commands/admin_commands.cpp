// signalbox admin: the installation as a whole. For admins.
#include "base/ids.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/url.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "cli/show/answer.hpp"
#include "cli/show/job_view.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"
#include "contract/admin_contract.hpp"

#include <algorithm>
#include <array>

namespace signalbox::cli {

namespace {

constexpr std::array kStatuses{
    model::JobStatus::kQueued,
    model::JobStatus::kPending,
    model::JobStatus::kRunning,
    model::JobStatus::kSucceeded,
    model::JobStatus::kFailed,
    model::JobStatus::kCancelled
};

/// `24684112Ki` as people say it; what is no such quantity stays as it is.
std::string memory_text(const std::string& quantity) {
    static constexpr std::array<std::pair<std::string_view, unsigned>, 4> kUnits{
        {{"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}}
    };
    for (const auto& [suffix, shift] : kUnits) {
        if (!quantity.ends_with(suffix)) {
            continue;
        }
        const std::string_view digits(quantity.data(), quantity.size() - suffix.size());
        const auto number = parse_number<std::uint32_t>(digits);
        return number ? format_bytes(std::uint64_t{*number} << shift) : quantity;
    }
    return quantity;
}

std::string render_nodes(
    const std::vector<contract::NodeView>& nodes, Instant now, const Terminal& terminal
) {
    Table table({
        {.heading = "NODE"},
        {.heading = "STATUS"},
        {.heading = "CPU", .align = Align::kRight},
        {.heading = "OF", .align = Align::kRight},
        {.heading = "MEMORY", .align = Align::kRight},
        {.heading = "OF", .align = Align::kRight},
        {.heading = "RUNNING", .align = Align::kRight},
        {.heading = "SINCE", .align = Align::kLeft, .narrow = Narrow::kDrop},
    });
    for (const contract::NodeView& node : nodes) {
        table.add(
            {node.name,
             join(node.status, ","),
             node.allocated.cpu,
             node.allocatable.cpu,
             memory_text(node.allocated.memory),
             memory_text(node.allocatable.memory),
             std::to_string(node.pods_running),
             time_ago(node.created, now)}
        );
    }
    return table.empty() ? "No nodes.\n" : table.render(terminal);
}

std::string render_counts(const model::StatusCounts& counts, const Terminal& terminal) {
    Table table({{.heading = "STATUS"}, {.heading = "JOBS", .align = Align::kRight}});
    for (std::size_t i = 0; i < kStatuses.size(); ++i) {
        table.add(
            {Cell(std::string(to_word(kStatuses[i])), style_of(kStatuses[i])), grouped(counts[i])}
        );
    }
    return table.render(terminal);
}

Task<Result<int>> show_cluster(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    SB_CO_TRY(
        const auto cluster, co_await client->fetch("/admin/cluster", &contract::decode_cluster_view)
    );
    Shown shown{.json = cluster.text, .names = {}, .table = {}};
    for (const contract::NodeView& node : cluster.value.nodes) {
        shown.names.push_back(node.name);
    }
    shown.table = render_nodes(cluster.value.nodes, session.now(), session.terminal());
    show(session, shown);
    co_return kExitSuccess;
}

Task<Result<int>> show_activity(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    SB_CO_TRY(
        const auto activity, co_await client->fetch("/admin/activity", &contract::decode_activity)
    );
    const contract::Activity& value = activity.value;
    std::string text = render_nodes(value.nodes, session.now(), session.terminal()) + "\n";
    if (!value.pods.empty()) {
        Table pods({{.heading = "PODS"}, {.heading = "COUNT", .align = Align::kRight}});
        for (const auto& [phase, count] : value.pods) {
            pods.add({phase, grouped(count)});
        }
        text += pods.render(session.terminal()) + "\n";
    }
    text += render_counts(value.db_jobs, session.terminal());
    show(session, {.json = activity.text, .names = {}, .table = std::move(text)});
    co_return kExitSuccess;
}

Task<Result<int>> show_stats(Session& session) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    SB_CO_TRY(
        const auto stats, co_await client->fetch("/admin/stats", &contract::decode_queue_stats)
    );
    std::string text = render_counts(stats.value.counts, session.terminal());
    if (stats.value.queue_start_at) {
        text += "The oldest queued job was submitted " +
                time_ago(stats.value.queue_start_at, session.now()) + ".\n";
    }
    show(session, {.json = stats.text, .names = {}, .table = std::move(text)});
    co_return kExitSuccess;
}

struct JobsOptions {
    std::string status;
    std::string tenant;
    std::optional<std::int64_t> limit;
};

std::string render_admin_jobs(
    const contract::AdminJobsPage& page, Instant now, const Terminal& terminal
) {
    Table table({
        {.heading = "ID"},
        {.heading = "TENANT", .align = Align::kLeft, .narrow = Narrow::kCut},
        {.heading = "SCENARIO", .align = Align::kLeft, .narrow = Narrow::kCut},
        {.heading = "STATUS"},
        {.heading = "CPU", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "GIB", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "SUBMITTED", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "DURATION", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "REASON", .align = Align::kLeft, .narrow = Narrow::kCut},
    });
    for (const contract::AdminJobView& view : page.jobs) {
        const contract::JobView& job = view.job;
        table.add(
            {std::string(short_form(job.job_id)),
             job.tenant_id,
             job.scenario_id,
             Cell(std::string(to_word(job.status)), style_of(job.status)),
             std::to_string(job.cpu_request),
             std::to_string(job.memory_gi),
             time_ago(job.submitted_at, now),
             duration_of(job, now),
             std::string(to_word(job.reason))}
        );
    }
    return table.empty() ? "No jobs.\n" : table.render(terminal);
}

Task<Result<int>> list_all_jobs(Session& session, JobsOptions options) {
    SB_CO_TRY(ApiClient* const client, session.admin_client());
    QueryParams query{{"limit", std::to_string(options.limit.value_or(100))}};
    if (!options.status.empty()) {
        query.emplace_back("status", options.status);
    }
    if (!options.tenant.empty()) {
        query.emplace_back("tenant_id", options.tenant);
    }
    SB_CO_TRY(
        const auto page,
        co_await client->fetch(
            "/admin/jobs?" + format_query(query), &contract::decode_admin_jobs_page
        )
    );
    Shown shown{.json = page.text, .names = {}, .table = {}};
    for (const contract::AdminJobView& view : page.value.jobs) {
        shown.names.push_back(view.job.job_id);
    }
    shown.table = render_admin_jobs(page.value, session.now(), session.terminal());
    show(session, shown);
    const auto shown_count = static_cast<std::int64_t>(page.value.jobs.size());
    if (page.value.total > shown_count) {
        session.terminal().note(
            "the newest " + grouped(shown_count) + " of " + grouped(page.value.total) +
            "; --limit N shows up to 1000"
        );
    }
    co_return kExitSuccess;
}

CommandSpec make_jobs() {
    const auto options = std::make_shared<JobsOptions>();
    return {
        .name = "jobs",
        .summary = "The jobs of all tenants, newest first",
        .examples = {"signalbox admin jobs --status RUNNING", "signalbox admin jobs --tenant demo"},
        .options =
            {
                {"--status",
                 &options->status,
                 "Only these",
                 "",
                 false,
                 {"QUEUED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
                {"--tenant", &options->tenant, "Only this tenant's", "NAME"},
                {"--limit", &options->limit, "How many (default 100, at most 1000)", "N"},
            },
        .action = [options](Session& session) { return list_all_jobs(session, *options); },
    };
}

CommandSpec make_plain(
    std::string name, std::string summary, Task<Result<int>> (*action)(Session&)
) {
    const std::string example = "signalbox admin " + name;
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .examples = {example},
        .action = [action](Session& session) { return action(session); },
    };
}

}  // namespace

CommandSpec admin_command() {
    return {
        .name = "admin",
        .summary = "The installation as a whole (admin key)",
        .examples = {"signalbox --data ./signalbox-data admin activity"},
        .commands =
            {
                make_plain("cluster", "Nodes and what they have left", &show_cluster),
                make_jobs(),
                make_plain("activity", "What runs now, and where", &show_activity),
                make_plain("stats", "Jobs by state, and the queue", &show_stats),
            },
    };
}

}  // namespace signalbox::cli
