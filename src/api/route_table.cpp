#include "api/route_table.hpp"

#include "api/handlers.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace signalbox::api {

namespace {

using enum net::Method;

// clang-format off
constexpr auto kRoutes = std::to_array<RouteSpec>({
    // Open to everybody.
    {kGet,    "/health",                           "get_health",            Access::kOpen,             get_health},
    {kGet,    "/healthz",                          "get_healthz",           Access::kOpen,             get_healthz},
    {kGet,    "/ready",                            "get_ready",             Access::kOpen,             get_ready},
    {kGet,    "/metrics",                          "get_metrics",           Access::kMetrics,          get_metrics},
    {kGet,    "/docs",                             "get_docs",              Access::kOpen,             get_docs},
    {kGet,    "/openapi.json",                     "get_openapi",           Access::kOpen,             get_openapi},
    {kGet,    "/auth/discovery",                   "get_auth_discovery",    Access::kOpen,             get_auth_discovery},
    {kGet,    "/.well-known/kubently-auth",        "get_well_known_auth",   Access::kOpen,             get_auth_discovery},

    // Tenants, for admins.
    {kPost,   "/auth/register",                    "register_tenant",       Access::kRegistration,     register_tenant},
    {kPost,   "/auth/regenerate-key",              "regenerate_tenant_key", Access::kAdmin,            regenerate_tenant_key},
    {kGet,    "/auth/tenants",                     "list_tenants",          Access::kRegistrationRead, list_tenants},
    {kGet,    "/auth/tenants/{tenant_id}",         "get_tenant",            Access::kRegistrationRead, get_tenant},
    {kPatch,  "/auth/tenants/{tenant_id}",         "change_tenant",         Access::kAdmin,            change_tenant},
    {kDelete, "/auth/tenants/{tenant_id}",         "delete_tenant",         Access::kAdmin,            delete_tenant},

    // A tenant about itself.
    {kGet,    "/tenants/me/dashboard",             "get_dashboard",         Access::kTenant,           get_dashboard},
    {kPost,   "/tenants/me/regenerate-key",        "regenerate_own_key",    Access::kTenant,           regenerate_own_key},
    {kPost,   "/tenants/me/webhook-secret",        "make_webhook_secret",   Access::kTenant,           make_webhook_secret},
    {kGet,    "/simulators",                       "list_simulators",       Access::kTenantOrReader,   list_simulators},

    // Jobs.
    {kPost,   "/jobs",                             "submit_job",            Access::kTenant,           submit_job},
    {kPost,   "/jobs/s3",                          "submit_s3_job",         Access::kTenant,           submit_s3_job},
    {kGet,    "/jobs",                             "list_jobs",             Access::kTenant,           list_jobs},
    {kGet,    "/jobs/{job_id}",                    "get_job",               Access::kTenant,           get_job},
    {kPatch,  "/jobs/{job_id}",                    "change_job",            Access::kTenant,           change_job},
    {kDelete, "/jobs/{job_id}",                    "delete_job",            Access::kTenant,           cancel_job},
    {kPost,   "/jobs/{job_id}/cancel",             "cancel_job",            Access::kTenant,           cancel_job},
    {kPost,   "/jobs/{job_id}/retry",              "retry_job",             Access::kTenant,           retry_job},
    {kGet,    "/jobs/{job_id}/explain",            "explain_job",           Access::kTenant,           explain_job},
    {kGet,    "/jobs/{job_id}/history",            "get_job_history",       Access::kTenant,           get_job_history},
    {kGet,    "/jobs/{job_id}/logs",               "get_job_logs",          Access::kTenant,           get_job_logs},
    {kGet,    "/jobs/{job_id}/logs/stream",        "stream_job_logs",       Access::kTenant,           stream_job_logs},
    {kGet,    "/jobs/{job_id}/events",             "stream_job_events",     Access::kTenant,           stream_job_events},
    {kGet,    "/jobs/{job_id}/results",            "list_results",          Access::kTenant,           list_results},
    {kDelete, "/jobs/{job_id}/results",            "delete_results",        Access::kTenant,           delete_results},
    {kGet,    "/jobs/{job_id}/results/{path*}",    "get_result_file",       Access::kTenant,           get_result_file},
    {kGet,    "/jobs/{job_id}/results.zip",        "get_results_zip",       Access::kTenant,           get_results_zip},

    // Stored scenarios.
    {kGet,    "/scenarios",                        "list_scenarios",        Access::kTenant,           list_scenarios},
    {kPut,    "/scenarios/{scenario_id}",          "put_scenario",          Access::kTenant,           put_scenario},
    {kGet,    "/scenarios/{scenario_id}",          "get_scenario",          Access::kTenant,           get_scenario},
    {kDelete, "/scenarios/{scenario_id}",          "delete_scenario",       Access::kTenant,           delete_scenario},

    // The installation, for admins.
    {kGet,    "/admin/cluster",                    "get_cluster",           Access::kReader,           get_cluster},
    {kGet,    "/admin/jobs",                       "list_all_jobs",         Access::kReader,           list_all_jobs},
    {kGet,    "/admin/activity",                   "get_activity",          Access::kReader,           get_activity},
    {kGet,    "/admin/stats",                      "get_queue_stats",       Access::kReader,           get_queue_stats},
    {kGet,    "/admin/time_series",                "get_time_series",       Access::kReader,           get_time_series},
    {kGet,    "/admin/recent_jobs",                "get_recent_jobs",       Access::kReader,           get_recent_jobs},
    {kPost,   "/admin/warmup",                     "start_warmup",          Access::kAdmin,            warm_up},
    {kGet,    "/admin/warmup/status",              "get_warmup_status",     Access::kReader,           warm_up},
    {kDelete, "/admin/warmup/{id}",                "stop_warmup",           Access::kAdmin,            warm_up},
    {kPost,   "/admin/keys",                       "create_key",            Access::kAdmin,            create_key},
    {kGet,    "/admin/keys",                       "list_keys",             Access::kReader,           list_keys},
    {kDelete, "/admin/keys/{id}",                  "delete_key",            Access::kAdmin,            delete_key},

    // Workers; also on their own socket.
    {kGet,    "/worker/v1/attempt",                "get_attempt",           Access::kWorker,           get_attempt},
    {kGet,    "/worker/v1/scenario",               "get_attempt_scenario",  Access::kWorker,           get_attempt_scenario},
    {kPost,   "/worker/v1/beat",                   "post_beat",             Access::kWorker,           post_beat},
    {kPut,    "/worker/v1/log",                    "put_log",               Access::kWorker,           put_log},
    {kPut,    "/worker/v1/results/{path*}",        "put_result",            Access::kWorker,           put_result},
    {kPost,   "/worker/v1/results/{path*}",        "make_result_url",       Access::kWorker,           make_result_url},
    {kPost,   "/worker/v1/verdict",                "post_verdict",          Access::kWorker,           post_verdict},
});
// clang-format on

// `{path*}` and, where the method alone tells, what stands behind it in the protocol.
std::string described_path(const RouteSpec& route) {
    std::string path(route.pattern);
    std::erase(path, '*');
    return route.handler == make_result_url ? path + "/url" : path;
}

}  // namespace

std::span<const RouteSpec> route_table() {
    return kRoutes;
}

std::vector<contract::RouteInfo> public_routes() {
    std::vector<contract::RouteInfo> routes;
    routes.reserve(kRoutes.size());
    for (const RouteSpec& route : kRoutes) {
        routes.push_back(
            {.method = std::string(net::to_string(route.method)), .path = described_path(route)}
        );
    }
    return routes;
}

}  // namespace signalbox::api
