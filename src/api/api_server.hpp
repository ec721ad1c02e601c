// The HTTP interface of jobs and tenants: from a request to its route, through the checks, to an
// answer.
//
// For each request: find the route (404, 405), look at the credentials (401, 403, 429), call the
// handler, render what it returned. The body is the handler's to read, so all refusals before it
// cost nothing. Exceptions of a handler are bugs; the server below turns them into one 500.
//
// Threads: event loop.  Suspends: handle, handle_worker.  Errors: rendered, none come out.
#pragma once

#include "api/api_config.hpp"
#include "api/request_context.hpp"
#include "api/request_probe.hpp"
#include "api/stream_slots.hpp"
#include "net/http_server.hpp"
#include "net/router.hpp"

#include <string>

namespace signalbox::api {

class Api {
public:
    Api(Parts parts, ApiConfig config);

    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// For the public listeners: every route.
    Task<net::Response> handle(net::Request& request);

    /// For the workers' socket: their routes only.
    Task<net::Response> handle_worker(net::Request& request);

    /// What a server of this interface needs; the Api must outlive it.
    [[nodiscard]] net::ServerOptions server_options(net::ServerLimits limits);

    /// `/ready` says 503 with this reason from now on; empty: ready again.
    void set_not_ready(std::string reason) { not_ready_ = std::move(reason); }

    [[nodiscard]] std::size_t open_streams() const { return streams_.taken(); }

private:
    using Routes = net::Router<const RouteSpec*>;

    Task<net::Response> serve(net::Request& request, const Routes& routes);
    Task<net::Response> answer(RequestContext& context, const RouteSpec& route);
    [[nodiscard]] net::Response refuse(const net::Request& request, const Routes::Match& match);
    [[nodiscard]] net::Response render(const net::Refusal& refusal) const;
    void finished(const net::RequestSummary& summary);

    Parts with_;
    ApiConfig config_;
    StreamSlots streams_;
    RequestProbe probe_;
    Routes routes_;
    Routes worker_routes_;
    std::string not_ready_;
};

}  // namespace signalbox::api
