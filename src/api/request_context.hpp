// What a route's handler gets: the request, who asks, and the services; and what a route declares.
//
// A context lives until its handler has returned. A body that is streamed afterwards owns what it
// uses and may refer to services only.
//
// Threads: event loop.  Suspends: never.  Errors: none.
#pragma once

#include "api/api_config.hpp"
#include "api/stream_slots.hpp"
#include "async/blocking_pool.hpp"
#include "async/signal.hpp"
#include "base/metrics.hpp"
#include "jobs/job_service.hpp"
#include "jobs/log_feed.hpp"
#include "jobs/submission_service.hpp"
#include "jobs/worker_service.hpp"
#include "model/principal.hpp"
#include "net/router.hpp"
#include "store/job_store.hpp"
#include "store/scenario_store.hpp"
#include "tenancy/authenticator.hpp"
#include "tenancy/rate_limits.hpp"
#include "tenancy/tenant_service.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signalbox::api {

/// All outlive the Api.
struct Parts {
    tenancy::TenantService& tenants;
    tenancy::Authenticator& authenticator;
    tenancy::RateLimits& rates;
    store::JobStore& jobs;
    store::ScenarioStore& scenarios;
    jobs::SubmissionService& submissions;
    jobs::JobService& job_service;
    jobs::WorkerService& workers;
    files::ResultFiles& results;
    jobs::LogFeeds& log_feeds;
    async::Signal& changes;
    async::BlockingPool& pool;
    const Clock& clock;
    Metrics& metrics;
};

/// Who may call a route.
enum class Access : std::uint8_t {
    kOpen,              ///< anybody
    kMetrics,           ///< who has the metrics key, if one is configured
    kTenant,            ///< the key of a tenant
    kTenantOrReader,    ///< a tenant, an admin or a viewer
    kReader,            ///< an admin or a viewer
    kAdmin,             ///< an admin
    kRegistration,      ///< an admin; anybody with --open-registration
    kRegistrationRead,  ///< a reader; anybody with --open-registration
    kWorker             ///< the worker of an attempt, by its token
};

struct RequestContext {
    const Parts& with;
    const ApiConfig& config;
    StreamSlots& streams;
    std::string_view not_ready;  ///< why no new work should come here; empty: ready
    net::Request& request;
    net::PathParams params;
    model::Principal principal{};
    std::optional<store::AttemptView> attempt{};       ///< only for kWorker
    std::optional<tenancy::RateStatus> rate_status{};  ///< only with a key
};

using Handler = Task<Result<net::Response>> (*)(RequestContext&);

struct RouteSpec {
    net::Method method;
    std::string_view pattern;
    std::string_view operation;  ///< id in the API description; `stream_…` for event streams
    Access access;
    Handler handler;
};

}  // namespace signalbox::api
