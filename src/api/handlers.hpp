// Every handler, by the file that holds it; who may call which, and where, is in route_table.cpp.
//
// Each decodes, calls a service, encodes. Errors are returned and rendered by the Api.
//
// Threads: event loop.  Suspends: everything.  Errors: of the services, passed on.
#pragma once

#include "api/request_context.hpp"

namespace signalbox::api {

using HandlerTask = Task<Result<net::Response>>;

// health_routes.cpp
HandlerTask get_health(RequestContext& context);
HandlerTask get_healthz(RequestContext& context);
HandlerTask get_ready(RequestContext& context);
HandlerTask get_metrics(RequestContext& context);
HandlerTask get_docs(RequestContext& context);
HandlerTask get_openapi(RequestContext& context);
HandlerTask get_auth_discovery(RequestContext& context);

// tenant_routes.cpp
HandlerTask register_tenant(RequestContext& context);
HandlerTask regenerate_tenant_key(RequestContext& context);
HandlerTask list_tenants(RequestContext& context);
HandlerTask get_tenant(RequestContext& context);
HandlerTask change_tenant(RequestContext& context);
HandlerTask delete_tenant(RequestContext& context);
HandlerTask regenerate_own_key(RequestContext& context);
HandlerTask make_webhook_secret(RequestContext& context);
HandlerTask get_dashboard(RequestContext& context);

// key_routes.cpp
HandlerTask create_key(RequestContext& context);
HandlerTask list_keys(RequestContext& context);
HandlerTask delete_key(RequestContext& context);

// submission_routes.cpp
HandlerTask submit_job(RequestContext& context);
HandlerTask submit_s3_job(RequestContext& context);
HandlerTask retry_job(RequestContext& context);

// job_routes.cpp
HandlerTask list_jobs(RequestContext& context);
HandlerTask get_job(RequestContext& context);
HandlerTask change_job(RequestContext& context);
HandlerTask cancel_job(RequestContext& context);
HandlerTask explain_job(RequestContext& context);
HandlerTask get_job_history(RequestContext& context);
HandlerTask list_simulators(RequestContext& context);

// log_routes.cpp
HandlerTask get_job_logs(RequestContext& context);
HandlerTask stream_job_logs(RequestContext& context);
HandlerTask stream_job_events(RequestContext& context);

// result_routes.cpp
HandlerTask list_results(RequestContext& context);
HandlerTask get_result_file(RequestContext& context);
HandlerTask get_results_zip(RequestContext& context);
HandlerTask delete_results(RequestContext& context);

// scenario_routes.cpp
HandlerTask put_scenario(RequestContext& context);
HandlerTask list_scenarios(RequestContext& context);
HandlerTask get_scenario(RequestContext& context);
HandlerTask delete_scenario(RequestContext& context);

// admin_routes.cpp
HandlerTask get_cluster(RequestContext& context);
HandlerTask list_all_jobs(RequestContext& context);
HandlerTask get_activity(RequestContext& context);
HandlerTask get_queue_stats(RequestContext& context);
HandlerTask get_time_series(RequestContext& context);
HandlerTask get_recent_jobs(RequestContext& context);
HandlerTask warm_up(RequestContext& context);

// worker_routes.cpp
HandlerTask get_attempt(RequestContext& context);
HandlerTask get_attempt_scenario(RequestContext& context);
HandlerTask post_beat(RequestContext& context);
HandlerTask put_log(RequestContext& context);
HandlerTask put_result(RequestContext& context);
HandlerTask make_result_url(RequestContext& context);
HandlerTask post_verdict(RequestContext& context);

}  // namespace signalbox::api
