// Probes, metrics, the description of the interface and how to sign in: open to everybody.
#include "api/handlers.hpp"
#include "api/request_reading.hpp"
#include "api/responses.hpp"
#include "api/route_table.hpp"
#include "base/json_writer.hpp"
#include "contract/admin_contract.hpp"
#include "contract/docs_page.hpp"
#include "contract/openapi.hpp"

namespace signalbox::api {

namespace {

// The cheapest question that only a working database answers.
Task<bool> database_answers(const Parts& with) {
    co_return (co_await with.jobs.oldest_queued()).has_value();
}

}  // namespace

// A dead database shows, but does not make this process unhealthy.
HandlerTask get_health(RequestContext& context) {
    const Instant now = context.with.clock.now();
    const auto uptime = now - context.config.started_at;
    contract::Health health{
        .healthy = true,
        .timestamp = now,
        .k8s_available = false,
        .db_available = co_await database_answers(context.with),
        .redis = "not_configured",
        .version = context.config.version,
        .uptime_seconds = std::chrono::floor<std::chrono::seconds>(uptime).count(),
        .active_sessions = 0
    };
    co_return json_response(contract::encode(health));
}

HandlerTask get_healthz(RequestContext& /*context*/) {
    co_return json_response(R"({"status":"ok"})");
}

HandlerTask get_ready(RequestContext& context) {
    contract::Readiness readiness{
        .not_ready_reason = std::string(context.not_ready), .degraded = {}
    };
    if (readiness.not_ready_reason.empty() && !co_await database_answers(context.with)) {
        readiness.not_ready_reason = "The database does not answer";
    }
    if (const auto simulator = context.with.submissions.choose_simulator(""); !simulator) {
        readiness.degraded.push_back(simulator.error().message());
    }
    if (const auto room = require_disk_space(context.config); !room) {
        readiness.degraded.push_back(room.error().message());
    }
    const unsigned status = readiness.not_ready_reason.empty() ? 200 : 503;
    co_return json_response(contract::encode(readiness), status);
}

HandlerTask get_metrics(RequestContext& context) {
    co_return text_response(context.with.metrics.render(), "text/plain; version=0.0.4");
}

HandlerTask get_docs(RequestContext& /*context*/) {
    net::Response page =
        text_response(std::string(contract::docs_page()), "text/html; charset=utf-8");
    page.headers.set("Content-Security-Policy", std::string(contract::docs_page_policy()));
    co_return page;
}

HandlerTask get_openapi(RequestContext& /*context*/) {
    co_return json_response(contract::openapi_document(public_routes()));
}

HandlerTask get_auth_discovery(RequestContext& /*context*/) {
    JsonWriter json;
    json.begin_object().key("authentication_methods").begin_array().text("api_key").end_array();
    json.key("api_key").begin_object();
    json.key("header").text("X-API-Key");
    json.key("description").text("A key of this server, as X-API-Key or Authorization: Bearer");
    json.end_object();
    json.key("oauth").begin_object();
    json.key("enabled").boolean(false);
    json.key("message").text("OAuth is not configured; use an API key");
    json.end_object().end_object();
    co_return json_response(json.take());
}

}  // namespace signalbox::api
