#include "api/api_server.hpp"

#include "api/admission.hpp"
#include "api/responses.hpp"
#include "api/route_table.hpp"
#include "base/log.hpp"
#include "contract/error_body.hpp"

#include <utility>

namespace signalbox::api {

namespace {

constexpr std::size_t kShownPath = 200;

std::string shown_path(const net::Request& request) {
    return request.path.substr(0, kShownPath);
}

void add_rate_headers(net::Response& response, const tenancy::RateStatus& rate) {
    response.headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
    response.headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
    response.headers.set("X-RateLimit-Reset", std::to_string(rate.full_after.count()));
}

// The caller is told the sentence, but for kInternal, of which the log alone has it.
void log_failure(const RequestContext& context, const RouteSpec& route, const Error& error) {
    const bool ours = error.code() == Code::kInternal || error.code() == Code::kCancelled;
    const bool backend = error.code() == Code::kUnavailable || error.code() == Code::kNoSpace;
    if (ours || backend) {
        log::write(
            ours ? log::Level::kError : log::Level::kWarning,
            "request failed",
            {{"request_id", context.request.request_id},
             {"operation", route.operation},
             {"code", error.word()},
             {"error", error.message()}}
        );
    }
}

}  // namespace

Api::Api(Parts parts, ApiConfig config)
    : with_(parts),
      config_(std::move(config)),
      streams_(config_.streams),
      probe_(with_.metrics, [this] { return static_cast<double>(streams_.taken()); }) {
    for (const RouteSpec& route : route_table()) {
        const std::string pattern(route.pattern);
        const std::string operation(route.operation);
        routes_.add(route.method, pattern, operation, &route);
        if (route.access == Access::kWorker) {
            worker_routes_.add(route.method, pattern, operation, &route);
        }
    }
}

Task<net::Response> Api::handle(net::Request& request) {
    return serve(request, routes_);
}

Task<net::Response> Api::handle_worker(net::Request& request) {
    return serve(request, worker_routes_);
}

Task<net::Response> Api::serve(net::Request& request, const Routes& routes) {
    const Routes::Match match = routes.match(request.method, request.path);
    if (match.outcome != net::RouteMatch::Outcome::kFound) {
        co_return refuse(request, match);
    }
    RequestContext context{
        .with = with_,
        .config = config_,
        .streams = streams_,
        .not_ready = not_ready_,
        .request = request,
        .params = match.params
    };
    net::Response response = co_await answer(context, **match.endpoint);
    if (context.rate_status) {
        add_rate_headers(response, *context.rate_status);
    }
    co_return response;
}

Task<net::Response> Api::answer(RequestContext& context, const RouteSpec& route) {
    const auto admitted = co_await admit(context, route.access);
    if (!admitted) {
        log_failure(context, route, admitted.error());
        co_return error_response(admitted.error(), context.request.request_id, with_.clock.now());
    }
    auto answered = co_await route.handler(context);
    if (!answered) {
        log_failure(context, route, answered.error());
        co_return error_response(answered.error(), context.request.request_id, with_.clock.now());
    }
    co_return std::move(*answered);
}

net::Response Api::refuse(const net::Request& request, const Routes::Match& match) {
    if (match.outcome == net::RouteMatch::Outcome::kNotFound) {
        const Error error(
            Code::kNotFound, "ROUTE_NOT_FOUND", "There is nothing at " + shown_path(request)
        );
        return error_response(error, request.request_id, with_.clock.now());
    }
    const Error error(
        Code::kMethod,
        "METHOD_NOT_ALLOWED",
        std::string(net::to_string(request.method)) + " is not possible at " + shown_path(request) +
            "; " + match.allow + " is"
    );
    net::Response response = error_response(error, request.request_id, with_.clock.now());
    response.headers.set("Allow", match.allow);
    return response;
}

net::ServerOptions Api::server_options(net::ServerLimits limits) {
    return {
        .limits = limits,
        .render_error = [this](const net::Refusal& refusal) { return render(refusal); },
        .on_request_done = [this](const net::RequestSummary& summary) { finished(summary); }
    };
}

// The server's own refusals know statuses that no Code has.
net::Response Api::render(const net::Refusal& refusal) const {
    const Error error(
        contract::code_of_status(static_cast<int>(refusal.status)), refusal.word, refusal.message
    );
    net::Response response = error_response(error, refusal.request_id, with_.clock.now());
    response.status = refusal.status;
    return response;
}

void Api::finished(const net::RequestSummary& summary) {
    const Routes::Match match = routes_.match(summary.method, summary.path);
    const RouteSpec* const route = match.endpoint == nullptr ? nullptr : *match.endpoint;
    probe_.finished(
        {.method = net::to_string(summary.method),
         .route = route == nullptr ? "unknown" : route->pattern,
         .status = summary.status,
         .duration = summary.duration,
         .timed = route == nullptr || !route->operation.starts_with("stream_")}
    );
    if (!log::is_written(log::Level::kDebug)) {
        return;
    }
    log::debug(
        "request",
        {{"request_id", summary.request_id},
         {"method", net::to_string(summary.method)},
         {"path", summary.path.substr(0, kShownPath)},
         {"status", summary.status},
         {"milliseconds", std::chrono::duration<double, std::milli>(summary.duration).count()},
         {"received", summary.bytes_received},
         {"sent", summary.bytes_sent},
         {"peer", summary.peer}}
    );
}

}  // namespace signalbox::api
