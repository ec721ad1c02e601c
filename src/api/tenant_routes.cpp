// Tenants as admins keep them, and what a tenant sees of itself.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "contract/job_answers.hpp"
#include "contract/tenant_contract.hpp"
#include "jobs/changes.hpp"
#include "model/tenant.hpp"
#include "tenancy/access.hpp"

#include <utility>

namespace signalbox::api {

namespace {

constexpr contract::PageRule kTenantPages{
    .default_limit = 1000, .max_limit = 1000, .kind = "tenants"
};
constexpr std::int64_t kRecentJobs = 20;

// A tenant outside the key's scope is as unknown as one that does not exist.
Result<std::string> reached_tenant(const RequestContext& context, std::string id) {
    const TenantId tenant{model::normalize_tenant_id(id)};
    if (!tenancy::reaches_tenant(context.principal, tenant)) {
        return fail(Code::kNotFound, "TENANT_NOT_FOUND", "Tenant " + tenant.text + " not found");
    }
    return id;
}

net::Response key_response(tenancy::TenantWithKey made) {
    return json_response(
        contract::encode(contract::make_tenant_view(made.tenant, std::move(made.secret)))
    );
}

void take(contract::TenantFields& into, contract::TenantFields from) {
    const auto overlay = [](auto& old, auto& fresh) {
        if (fresh) {
            old = std::move(fresh);
        }
    };
    overlay(into.max_cpu, from.max_cpu);
    overlay(into.max_memory_gi, from.max_memory_gi);
    overlay(into.max_concurrent_jobs, from.max_concurrent_jobs);
    overlay(into.max_queued_jobs, from.max_queued_jobs);
    overlay(into.priority_weight, from.priority_weight);
    overlay(into.on_limit, from.on_limit);
    overlay(into.s3_prefixes, from.s3_prefixes);
}

// Limits come as query parameters or as a body; where both set a field, the body counts.
Task<Result<contract::TenantFields>> read_patch(RequestContext& context) {
    contract::BodyReader query = query_reader(context);
    contract::TenantFields fields = contract::read_tenant_fields(query);
    SB_CO_OK(query.finish());
    SB_CO_TRY(const std::string body, co_await read_body(context));
    const bool nothing_in_query = fields == contract::TenantFields{};
    if (!body.empty() && (nothing_in_query || (body != "{}" && body != "null"))) {
        SB_CO_TRY(auto from_body, contract::decode_tenant_patch(body));
        take(fields, std::move(from_body));
    }
    SB_CO_OK(contract::require_some_field(fields));
    co_return fields;
}

}  // namespace

HandlerTask register_tenant(RequestContext& context) {
    SB_CO_TRY(const std::string body, co_await read_body(context));
    SB_CO_TRY(auto request, contract::decode_register_request(body));
    const TenantId id{model::normalize_tenant_id(request.tenant_id)};
    if (!tenancy::reaches_tenant(context.principal, id)) {
        co_return fail(
            Code::kForbidden, "FORBIDDEN", "The key's scope does not reach tenant " + id.text
        );
    }
    SB_CO_TRY(auto made, co_await context.with.tenants.register_tenant(std::move(request)));
    co_return key_response(std::move(made));
}

HandlerTask regenerate_tenant_key(RequestContext& context) {
    SB_CO_TRY(const std::string body, co_await read_body(context));
    SB_CO_TRY(std::string id, contract::decode_regenerate_request(body));
    SB_CO_TRY(id, reached_tenant(context, std::move(id)));
    SB_CO_TRY(auto made, co_await context.with.tenants.regenerate_key(std::move(id)));
    co_return key_response(std::move(made));
}

HandlerTask regenerate_own_key(RequestContext& context) {
    SB_CO_TRY(auto made, co_await context.with.tenants.regenerate_key(own_tenant(context).text));
    co_return key_response(std::move(made));
}

HandlerTask list_tenants(RequestContext& context) {
    SB_CO_TRY(auto query, read_page(context, kTenantPages));
    SB_CO_TRY(
        const auto page,
        co_await context.with.tenants.list_tenants(to_page_request(std::move(query)))
    );
    contract::TenantsPage answer{
        .tenants = {}, .next_cursor = to_next_cursor(kTenantPages.kind, page.next)
    };
    for (const model::Tenant& tenant : page.rows) {
        if (tenancy::reaches_tenant(context.principal, tenant.id)) {
            answer.tenants.push_back(contract::make_tenant_view(tenant, std::nullopt));
        }
    }
    co_return json_response(contract::encode(answer));
}

HandlerTask get_tenant(RequestContext& context) {
    SB_CO_TRY(std::string id, reached_tenant(context, path_param(context, "tenant_id")));
    SB_CO_TRY(const auto tenant, co_await context.with.tenants.get_tenant(std::move(id)));
    co_return json_response(contract::encode(contract::make_tenant_view(tenant, std::nullopt)));
}

HandlerTask change_tenant(RequestContext& context) {
    SB_CO_TRY(std::string id, reached_tenant(context, path_param(context, "tenant_id")));
    SB_CO_TRY(auto fields, co_await read_patch(context));
    SB_CO_TRY(
        const auto tenant,
        co_await context.with.tenants.change_tenant(std::move(id), std::move(fields))
    );
    context.with.changes.notify(jobs::kDispatchHint);
    co_return json_response(contract::encode(contract::make_tenant_view(tenant, std::nullopt)));
}

HandlerTask delete_tenant(RequestContext& context) {
    SB_CO_TRY(std::string id, reached_tenant(context, path_param(context, "tenant_id")));
    SB_CO_OK(co_await context.with.tenants.delete_tenant(std::move(id)));
    co_return empty_response();
}

HandlerTask make_webhook_secret(RequestContext& /*context*/) {
    co_return fail(
        Code::kNotImplemented,
        "NOT_IMPLEMENTED",
        "Webhooks are not available on this server yet; follow GET /jobs/{id}/events instead"
    );
}

HandlerTask get_dashboard(RequestContext& context) {
    const TenantId& tenant = own_tenant(context);
    SB_CO_TRY(const auto found, co_await context.with.tenants.get_tenant(tenant.text));
    SB_CO_TRY(const auto usage, co_await context.with.jobs.get_usage(tenant));
    SB_CO_TRY(const auto stats, co_await context.with.jobs.count_by_status(tenant));
    store::JobFilter filter{.tenant = tenant, .status = std::nullopt, .scenario_id = std::nullopt};
    store::PageRequest first{.limit = kRecentJobs, .after = std::nullopt};
    SB_CO_TRY(
        const auto recent,
        co_await context.with.jobs.list_jobs(std::move(filter), std::move(first), false)
    );
    contract::Dashboard dashboard{
        .tenant_id = tenant.text,
        .limits = found.limits,
        .usage = usage,
        .running_pods = stats[static_cast<std::size_t>(model::JobStatus::kRunning)],
        .recent_jobs = {},
        .stats = stats,
        .storage_limit_bytes = context.config.storage_limit_bytes
    };
    for (const model::Job& job : recent.page.rows) {
        dashboard.recent_jobs.push_back(
            contract::make_job_view(job, result_location(context.with, job))
        );
    }
    co_return json_response(contract::encode(dashboard));
}

}  // namespace signalbox::api
