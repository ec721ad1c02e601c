// The installation as its admins see it: this machine, all jobs, the queue.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "api/this_machine.hpp"
#include "base/text.hpp"
#include "contract/admin_contract.hpp"
#include "model/tenant.hpp"
#include "tenancy/access.hpp"

#include <utility>

namespace signalbox::api {

namespace {

constexpr contract::PageRule kAdminJobPages{
    .default_limit = 1000, .max_limit = 1000, .kind = "admin-jobs"
};

// Runs at a time on one machine are far fewer.
constexpr std::int64_t kMostRunning = 1000;

std::int64_t count_of(const model::StatusCounts& counts, model::JobStatus status) {
    return counts[static_cast<std::size_t>(status)];
}

Task<Result<contract::NodeView>> look_at_node(const RequestContext& context) {
    store::JobFilter filter{
        .tenant = std::nullopt, .status = model::JobStatus::kRunning, .scenario_id = std::nullopt
    };
    store::PageRequest first{.limit = kMostRunning, .after = std::nullopt};
    SB_CO_TRY(
        const auto running,
        co_await context.with.jobs.list_jobs(std::move(filter), std::move(first), false)
    );
    co_return make_node(running.page.rows, context.config.started_at);
}

// Which tenant's jobs to show; none: all. A key that reaches only some says which.
Result<std::optional<TenantId>> tenant_to_list(
    const RequestContext& context, const std::optional<std::string>& asked
) {
    const std::vector<std::string>& reached = context.principal.scope.tenants;
    if (asked) {
        TenantId tenant{model::normalize_tenant_id(*asked)};
        if (!tenancy::reaches_tenant(context.principal, tenant)) {
            return fail(
                Code::kNotFound, "TENANT_NOT_FOUND", "Tenant " + tenant.text + " not found"
            );
        }
        return std::optional(std::move(tenant));
    }
    if (reached.size() > 1) {
        return fail(contract::field_error(
            "query.tenant_id", "the key reaches several tenants; name one of " + join(reached, ", ")
        ));
    }
    return reached.empty() ? std::nullopt : std::optional(TenantId{reached.front()});
}

contract::AdminJobView view_of(const RequestContext& context, const model::Job& job) {
    return contract::make_admin_job_view(job, result_location(context.with, job));
}

}  // namespace

HandlerTask get_cluster(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    contract::ClusterView cluster;
    SB_CO_TRY(auto node, co_await look_at_node(context));
    cluster.nodes.push_back(std::move(node));
    co_return json_response(contract::encode(cluster));
}

HandlerTask list_all_jobs(RequestContext& context) {
    contract::BodyReader reader = query_reader(context);
    contract::AdminJobsQuery query = contract::read_admin_jobs_query(reader, kAdminJobPages);
    SB_CO_OK(reader.finish());
    SB_CO_TRY(auto tenant, tenant_to_list(context, query.tenant_id));
    store::JobFilter filter{
        .tenant = std::move(tenant), .status = query.status, .scenario_id = std::nullopt
    };
    SB_CO_TRY(
        const auto found,
        co_await context.with.jobs.list_jobs(
            std::move(filter), to_page_request(std::move(query.page)), true
        )
    );
    contract::AdminJobsPage answer{
        .jobs = {},
        .total = found.total,
        .next_cursor = to_next_cursor(kAdminJobPages.kind, found.page.next)
    };
    for (const model::Job& job : found.page.rows) {
        answer.jobs.push_back(view_of(context, job));
    }
    co_return json_response(contract::encode(answer));
}

HandlerTask get_activity(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    SB_CO_TRY(auto node, co_await look_at_node(context));
    SB_CO_TRY(const auto counts, co_await context.with.jobs.count_by_status(std::nullopt));
    using enum model::JobStatus;
    const std::int64_t failed = count_of(counts, kFailed) + count_of(counts, kCancelled);
    contract::Activity activity{
        .timestamp = context.with.clock.now(),
        .nodes = {},
        .pods =
            {{"Pending", count_of(counts, kPending)},
             {"Running", count_of(counts, kRunning)},
             {"Succeeded", count_of(counts, kSucceeded)},
             {"Failed", failed}},
        .k8s_jobs =
            {.active = count_of(counts, kPending) + count_of(counts, kRunning),
             .succeeded = count_of(counts, kSucceeded),
             .failed = failed},
        .db_jobs = counts
    };
    activity.nodes.push_back(std::move(node));
    co_return json_response(contract::encode(activity));
}

HandlerTask get_queue_stats(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    contract::QueueStats stats;
    SB_CO_TRY(stats.counts, co_await context.with.jobs.count_by_status(std::nullopt));
    SB_CO_TRY(stats.queue_start_at, co_await context.with.jobs.oldest_queued());
    co_return json_response(contract::encode(stats));
}

HandlerTask get_time_series(RequestContext& context) {
    SB_CO_OK(require_unlimited_scope(context));
    contract::BodyReader reader = query_reader(context);
    const std::int64_t minutes = reader.find_int("minutes", {.min = 1, .max = 1440}).value_or(60);
    SB_CO_OK(reader.finish());
    contract::TimeSeries series;
    SB_CO_TRY(
        series.series,
        co_await context.with.jobs.submissions_per_minute(minutes, context.with.clock.now())
    );
    co_return json_response(contract::encode(series));
}

HandlerTask get_recent_jobs(RequestContext& context) {
    contract::BodyReader reader = query_reader(context);
    contract::RecentJobs recent;
    recent.limit = reader.find_int("limit", {.min = 1, .max = 200}).value_or(50);
    const auto asked = reader.find_text("tenant_id", {.min = 1, .max = 100});
    SB_CO_OK(reader.finish());
    store::JobFilter filter;
    SB_CO_TRY(filter.tenant, tenant_to_list(context, asked));
    store::PageRequest first{.limit = recent.limit, .after = std::nullopt};
    SB_CO_TRY(
        const auto found,
        co_await context.with.jobs.list_jobs(std::move(filter), std::move(first), false)
    );
    for (const model::Job& job : found.page.rows) {
        recent.jobs.push_back(view_of(context, job));
    }
    co_return json_response(contract::encode(recent));
}

HandlerTask warm_up(RequestContext& /*context*/) {
    co_return fail(
        Code::kUnavailable,
        "NO_CLUSTER",
        "There is no cluster to warm up: runs are started on this machine"
    );
}

}  // namespace signalbox::api
