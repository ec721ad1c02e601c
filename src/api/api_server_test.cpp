#include "api/api_fixture.hpp"
#include "api/route_table.hpp"
#include "contract/admin_contract.hpp"
#include "contract/error_body.hpp"
#include "contract/openapi.hpp"

#include <algorithm>

namespace signalbox::api {
namespace {

std::string word_of(const net::ClientResponse& response) {
    return contract::decode_error(static_cast<int>(response.status), response.body).word();
}

// A path of the pattern, with something in place of its parameters.
std::string path_for(std::string_view pattern) {
    std::string path;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '{') {
            at = pattern.find('}', at);
            path += "0192f0c1-0000-7000-8000-000000000000";
        } else {
            path += pattern[at];
        }
    }
    return path;
}

TEST(ApiServer, RefusesUnknownPathsAndMethodsWithTheOneBody) {
    TestServer server;
    const auto unknown = server.get("/nothing/here");
    EXPECT_EQ(unknown.status, 404U);
    EXPECT_EQ(word_of(unknown), "ROUTE_NOT_FOUND");
    EXPECT_TRUE(unknown.body.contains(R"("detail":"There is nothing at /nothing/here")"));
    EXPECT_TRUE(unknown.body.contains(R"("request_id":")" + header(unknown, "X-Request-ID")));

    const auto method = server.send({.method = net::Method::kPut, .target = "/jobs"});
    EXPECT_EQ(method.status, 405U);
    EXPECT_EQ(header(method, "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(word_of(method), "METHOD_NOT_ALLOWED");
}

TEST(ApiServer, TakesOverASaneRequestIdAndNoOther) {
    TestServer server;
    const auto sane = server.send({.target = "/healthz", .headers = {{"X-Request-ID", "my.id-1"}}});
    EXPECT_EQ(header(sane, "X-Request-ID"), "my.id-1");
    const auto odd = server.send({.target = "/healthz", .headers = {{"X-Request-ID", "a b"}}});
    EXPECT_TRUE(header(odd, "X-Request-ID").starts_with("req-"));
}

TEST(ApiServer, AnswersHeadWhereGetWorks) {
    TestServer server;
    const auto answer = server.send({.method = net::Method::kHead, .target = "/healthz"});
    EXPECT_EQ(answer.status, 200U);
    EXPECT_TRUE(answer.body.empty());
    EXPECT_EQ(header(answer, "Content-Length"), "15");
}

TEST(ApiServer, AsksEveryRouteThatIsNotOpenForACredential) {
    TestServer server;
    for (const RouteSpec& route : route_table()) {
        const auto answer =
            server.send({.method = route.method, .target = path_for(route.pattern)});
        if (route.access == Access::kOpen || route.access == Access::kMetrics) {
            EXPECT_EQ(answer.status, 200U) << route.pattern << answer.body;
        } else {
            EXPECT_EQ(answer.status, 401U) << route.pattern << answer.body;
            EXPECT_EQ(header(answer, "WWW-Authenticate"), "Bearer");
        }
    }
}

TEST(ApiServer, RefusesKeysOfAnotherRoleEverywhere) {
    TestServer server;
    const std::string tenant = server.add_tenant("acme");
    for (const RouteSpec& route : route_table()) {
        Ask ask{.method = route.method, .target = path_for(route.pattern)};
        switch (route.access) {
            case Access::kTenant:
                ask.key = kAdminKey;
                EXPECT_EQ(server.send(ask).status, 403U) << route.pattern;
                break;
            case Access::kAdmin:
            case Access::kReader:
            case Access::kRegistration:
            case Access::kRegistrationRead:
                ask.key = tenant;
                EXPECT_EQ(server.send(ask).status, 403U) << route.pattern;
                ask.key.clear();
                ask.headers = {{"X-Admin-Key", tenant}};
                EXPECT_EQ(server.send(ask).status, 403U) << route.pattern;
                break;
            case Access::kWorker:
                ask.key = tenant;
                EXPECT_EQ(server.send(ask).status, 401U) << route.pattern;
                break;
            default:
                break;
        }
    }
}

TEST(ApiServer, TakesCredentialsInEveryForm) {
    TestServer server;
    const std::string key = server.add_tenant("acme");
    const std::vector<net::Header> good{
        {"Authorization", "Bearer " + key},
        {"Authorization", "bearer " + key},
        {"Authorization", key},
        {"X-API-Key", key},
        {"X-API-Key", "acme:" + key}
    };
    for (const net::Header& field : good) {
        EXPECT_EQ(server.send({.target = "/jobs", .headers = {field}}).status, 200U) << field.value;
    }
    const std::vector<net::Header> bad{
        {"X-API-Key", "other:" + key}, {"Cookie", "key=" + key}, {"Authorization", "Bearer x"}
    };
    for (const net::Header& field : bad) {
        EXPECT_EQ(server.send({.target = "/jobs", .headers = {field}}).status, 401U) << field.name;
    }
    EXPECT_EQ(server.get("/jobs?key=" + key).status, 401U);
}

TEST(ApiServer, LimitsRequestsPerKeyAndSaysWhenToComeBack) {
    ServerSetup setup;
    setup.rates.requests_per_second = 2;
    TestServer server(std::move(setup));
    std::vector<unsigned> statuses;
    net::ClientResponse last;
    for (int i = 0; i < 4; ++i) {
        last = server.get("/auth/tenants", kAdminKey);
        statuses.push_back(last.status);
    }
    EXPECT_EQ(statuses.front(), 200U);
    EXPECT_EQ(std::ranges::count(statuses, 429U) > 0, true);
    EXPECT_EQ(word_of(last), "RATE_LIMITED");
    EXPECT_FALSE(header(last, "Retry-After").empty());
}

TEST(ApiServer, LimitsWrongKeysButNeverARightOne) {
    TestServer server;
    unsigned status = 0;
    for (int i = 0; i < 11; ++i) {
        status = server.get("/jobs", "wrong-" + std::to_string(i)).status;
    }
    EXPECT_EQ(status, 429U);
    EXPECT_EQ(server.get("/auth/tenants", kAdminKey).status, 200U);
    EXPECT_EQ(server.get("/jobs").status, 401U);
}

TEST(ApiServer, CountsWrongKeysOfMetricsAndWorkersToo) {
    ServerSetup setup;
    setup.config.metrics_key = "scraper";
    setup.rates.wrong_keys_per_minute = 2;
    TestServer server(std::move(setup));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(server.get("/metrics").status, 401U) << "a missing key is no wrong one";
    }
    EXPECT_EQ(server.get("/metrics", "guess").status, 401U);
    EXPECT_EQ(server.get("/worker/v1/attempt", "guess").status, 401U);
    for (const char* const path : {"/metrics", "/worker/v1/attempt", "/jobs"}) {
        const auto refused = server.get(path, "guess");
        EXPECT_EQ(refused.status, 429U) << path;
        EXPECT_EQ(word_of(refused), "TOO_MANY_WRONG_KEYS");
    }
    EXPECT_EQ(server.get("/metrics", "scraper").status, 200U);
}

TEST(ApiServer, TellsProbesHowItIs) {
    TestServer server;
    const auto health = contract::decode_health(server.get("/health").body).value();
    EXPECT_TRUE(health.healthy);
    EXPECT_TRUE(health.db_available);
    EXPECT_EQ(health.redis, "not_configured");
    EXPECT_EQ(server.get("/healthz").body, R"({"status":"ok"})");
    EXPECT_EQ(server.get("/ready").body, R"({"status":"ready"})");

    server.api.set_not_ready("The server is stopping");
    const auto stopping = server.get("/ready");
    EXPECT_EQ(stopping.status, 503U);
    EXPECT_EQ(stopping.body, R"({"status":"not_ready","reason":"The server is stopping"})");
    EXPECT_EQ(server.get("/health").status, 200U);
}

TEST(ApiServer, IsReadyButDegradedWithoutSumo) {
    ServerSetup setup;
    setup.has_sumo = false;
    TestServer server(std::move(setup));
    const auto ready = server.get("/ready");
    EXPECT_EQ(ready.status, 200U);
    EXPECT_TRUE(ready.body.contains(R"("degraded":["No usable sumo)")) << ready.body;
}

TEST(ApiServer, GuardsTheMetricsOnlyWithAConfiguredKey) {
    ServerSetup setup;
    setup.config.metrics_key = "scraper";
    TestServer server(std::move(setup));
    EXPECT_EQ(server.get("/metrics").status, 401U);
    EXPECT_EQ(server.get("/healthz").status, 200U);
    const auto metrics = server.get("/metrics", "scraper");
    EXPECT_EQ(metrics.status, 200U);
    EXPECT_TRUE(metrics.body.contains(
        R"(signalbox_http_requests_total{method="GET",route="/healthz",status="2xx"} 1)"
    )) << metrics.body;
    EXPECT_TRUE(metrics.body.contains("signalbox_event_streams 0"));
}

TEST(ApiServer, SaysHowToSignIn) {
    TestServer server;
    const auto discovery = server.get("/auth/discovery");
    EXPECT_TRUE(discovery.body.contains(R"("authentication_methods":["api_key"])"));
    EXPECT_TRUE(discovery.body.contains(R"("oauth":{"enabled":false,)"));
    EXPECT_EQ(server.get("/.well-known/kubently-auth").body, discovery.body);
}

TEST(ApiServer, DescribesExactlyTheRoutesItHas) {
    const auto described = contract::openapi_operations();
    const auto served = public_routes();
    const auto missing = [](const auto& of, const auto& in) {
        std::vector<std::string> names;
        for (const contract::RouteInfo& one : of) {
            const auto same = [&one](const auto& other) { return same_operation(one, other); };
            if (std::ranges::none_of(in, same)) {
                names.push_back(one.method + " " + one.path);
            }
        }
        return names;
    };
    EXPECT_EQ(missing(served, described), std::vector<std::string>{});
    EXPECT_EQ(missing(described, served), std::vector<std::string>{});

    TestServer server;
    const auto document = server.get("/openapi.json");
    EXPECT_EQ(header(document, "Content-Type"), "application/json");
    EXPECT_TRUE(document.body.contains(R"("/jobs/{job_id}/logs/stream")"));
    const auto page = server.get("/docs");
    EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_FALSE(header(page, "Content-Security-Policy").empty());
}

TEST(ApiServer, GivesWorkersTheirRoutesOnlyOnTheirOwnSocket) {
    TestServer server;
    net::Request request;
    request.path = "/health";
    EXPECT_EQ(server.wait(server.api.handle_worker(request)).status, 404U);
    request.path = "/worker/v1/attempt";
    EXPECT_EQ(server.wait(server.api.handle_worker(request)).status, 401U);
}

}  // namespace
}  // namespace signalbox::api
