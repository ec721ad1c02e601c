#include "api/admission.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "tenancy/access.hpp"

namespace signalbox::api {

namespace {

// What net::Request::peer says of the workers' socket.
constexpr std::string_view kUnixPeer = "unix";

std::string header(const net::Request& request, std::string_view name) {
    return std::string(request.headers.find(name).value_or(""));
}

// `Bearer <secret>` in any case, or the bare secret.
std::string_view bearer_secret(std::string_view value) {
    static constexpr std::string_view kScheme = "bearer ";
    value = trim(value);
    if (equals_ignoring_case(value.substr(0, kScheme.size()), kScheme)) {
        value = trim(value.substr(kScheme.size()));
    }
    return value;
}

tenancy::Audience audience_of(Access access) {
    return access == Access::kTenant || access == Access::kTenantOrReader
               ? tenancy::Audience::kClient
               : tenancy::Audience::kAdmin;
}

bool is_open(const ApiConfig& config, Access access) {
    return config.open_registration &&
           (access == Access::kRegistration || access == Access::kRegistrationRead);
}

Result<void> check_role(
    const ApiConfig& config, Access access, const Result<model::Principal>& who
) {
    if (access == Access::kRegistration) {
        return tenancy::require_admin_or_open(who, config.open_registration);
    }
    if (access == Access::kRegistrationRead) {
        return tenancy::require_reader_or_open(who, config.open_registration);
    }
    if (!who) {
        return Failure(who.error());
    }
    if (access == Access::kTenant) {
        SB_OK(tenancy::require_tenant(*who));
        return {};
    }
    if (access == Access::kAdmin) {
        return tenancy::require_admin(*who);
    }
    if (access == Access::kTenantOrReader && who->role == model::Role::kTenant) {
        return {};
    }
    return tenancy::require_reader(*who);
}

Result<void> check_metrics_key(const RequestContext& context) {
    const std::string& key = context.config.metrics_key;
    const std::string sent = header(context.request, "Authorization");
    const std::string_view secret = bearer_secret(sent);
    if (key.empty() || equal_in_constant_time(secret, key)) {
        return {};
    }
    if (!secret.empty()) {
        SB_OK(context.with.rates.count_wrong_key(context.request.peer));
    }
    return fail(
        Code::kUnauthenticated,
        secret.empty() ? "MISSING_CREDENTIAL" : "INVALID_CREDENTIAL",
        "The metrics take their own key, as Authorization: Bearer <key>"
    );
}

Task<Result<void>> admit_worker(RequestContext& context) {
    const std::string sent = header(context.request, "Authorization");
    const std::string_view token = bearer_secret(sent);
    if (token.empty()) {
        co_return fail(
            Code::kUnauthenticated,
            "MISSING_CREDENTIAL",
            "No attempt token: send it as Authorization: Bearer <token>"
        );
    }
    auto attempt = co_await context.with.workers.authenticate(std::string(token));
    // Workers on the socket are this machine's own: their records may be gone before they are.
    const bool guessed = !attempt && attempt.error().code() == Code::kUnauthenticated &&
                         context.request.peer != kUnixPeer;
    if (guessed) {
        SB_CO_OK(context.with.rates.count_wrong_key(context.request.peer));
    }
    SB_CO_TRY(context.attempt, std::move(attempt));
    co_return Result<void>();
}

// What a caller says it is stands in the log and nowhere else.
void record_service(const RequestContext& context, const model::Principal& who) {
    if (!who.service_identity.empty()) {
        log::debug(
            "request of a service",
            {{"request_id", context.request.request_id},
             {"service", who.service_identity},
             {"key", who.name}}
        );
    }
}

Task<Result<void>> admit_key(RequestContext& context, Access access) {
    tenancy::Credentials credentials{
        .authorization = header(context.request, "Authorization"),
        .x_api_key = header(context.request, "X-API-Key"),
        .x_admin_key = header(context.request, "X-Admin-Key"),
        .x_service_identity = header(context.request, "X-Service-Identity"),
        .peer_address = context.request.peer
    };
    auto who = co_await context.with.authenticator.authenticate(
        std::move(credentials), audience_of(access)
    );
    if (who) {
        SB_CO_TRY(context.rate_status, context.with.rates.count_request(tenancy::rate_name(*who)));
    }
    SB_CO_OK(check_role(context.config, access, who));
    if (who) {
        record_service(context, *who);
    }
    // Where anybody may ask, a key makes nobody less.
    if (who && !is_open(context.config, access)) {
        context.principal = std::move(*who);
    }
    co_return Result<void>();
}

}  // namespace

Task<Result<void>> admit(RequestContext& context, Access access) {
    switch (access) {
        case Access::kOpen:
            co_return Result<void>();
        case Access::kMetrics:
            co_return check_metrics_key(context);
        case Access::kWorker:
            co_return co_await admit_worker(context);
        default:
            co_return co_await admit_key(context, access);
    }
}

}  // namespace signalbox::api
