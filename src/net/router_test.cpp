#include "net/router.hpp"

#include <gtest/gtest.h>

namespace signalbox::net {
namespace {

Router<int> a_router() {
    Router<int> router;
    router.add(Method::kGet, "/", "root", 0);
    router.add(Method::kGet, "/jobs", "list", 1);
    router.add(Method::kPost, "/jobs", "submit", 2);
    router.add(Method::kPost, "/jobs/s3", "submit_s3", 3);
    router.add(Method::kGet, "/jobs/{id}", "get", 4);
    router.add(Method::kDelete, "/jobs/{id}", "delete", 5);
    router.add(Method::kGet, "/jobs/{id}/results", "results", 6);
    router.add(Method::kGet, "/jobs/{id}/results/{path*}", "result_file", 7);
    router.add(Method::kGet, "/jobs/{id}/results.zip", "results_zip", 8);
    return router;
}

using Outcome = RouteMatch::Outcome;

TEST(Router, PrefersLiteralsToParametersToRests) {
    const Router<int> router = a_router();
    const auto endpoint = [&](Method method, std::string_view path) {
        const auto match = router.match(method, path);
        return match.outcome == Outcome::kFound ? *match.endpoint : -1;
    };
    EXPECT_EQ(endpoint(Method::kGet, "/"), 0);
    EXPECT_EQ(endpoint(Method::kGet, "/jobs"), 1);
    EXPECT_EQ(endpoint(Method::kPost, "/jobs/s3"), 3);
    EXPECT_EQ(endpoint(Method::kGet, "/jobs/s3"), 4);
    EXPECT_EQ(endpoint(Method::kGet, "/jobs/7/results"), 6);
    EXPECT_EQ(endpoint(Method::kGet, "/jobs/7/results.zip"), 8);
    EXPECT_EQ(endpoint(Method::kGet, "/nothing"), -1);
    EXPECT_EQ(endpoint(Method::kGet, "/jobs/7/other"), -1);
    EXPECT_EQ(endpoint(Method::kGet, "///"), -1);
    EXPECT_EQ(endpoint(Method::kGet, "jobs"), -1);
}

TEST(Router, HandsOutParametersAndTheRestOfThePath) {
    const Router<int> router = a_router();
    const auto match = router.match(Method::kGet, "/jobs/j-1/results/a/b//c.xml");
    ASSERT_EQ(match.outcome, Outcome::kFound);
    EXPECT_EQ(match.route->name, "result_file");
    EXPECT_EQ(match.params.get("id"), "j-1");
    EXPECT_EQ(match.params.get("path"), "a/b//c.xml");
    EXPECT_EQ(match.params.get("other"), "");
}

TEST(Router, OneTrailingSlashIsTheSameRoute) {
    const Router<int> router = a_router();
    EXPECT_EQ(router.match(Method::kGet, "/jobs/").route->name, "list");
    EXPECT_EQ(router.match(Method::kGet, "/jobs/x/").params.get("id"), "x");
    EXPECT_EQ(router.match(Method::kGet, "/jobs//").outcome, Outcome::kNotFound);
    EXPECT_EQ(router.match(Method::kGet, "/jobs/x/results/").route->name, "results");
}

TEST(Router, HeadIsAnsweredByGet) {
    const Router<int> router = a_router();
    EXPECT_EQ(router.match(Method::kHead, "/jobs/x").route->name, "get");
    EXPECT_EQ(router.match(Method::kHead, "/jobs/s3").route->name, "get");
}

TEST(Router, NamesTheMethodsAPathHas) {
    const Router<int> router = a_router();
    EXPECT_EQ(router.match(Method::kPut, "/jobs").allow, "GET, HEAD, POST");
    EXPECT_EQ(router.match(Method::kOther, "/jobs/7").allow, "GET, HEAD, DELETE");
    EXPECT_EQ(router.match(Method::kPut, "/jobs/s3").allow, "GET, HEAD, POST, DELETE");
    EXPECT_EQ(router.match(Method::kPut, "/jobs").outcome, Outcome::kMethodNotAllowed);
    EXPECT_EQ(router.match(Method::kPut, "/none").outcome, Outcome::kNotFound);
}

TEST(RouterDeathTest, ADoubledRouteEndsTheProcess) {
    Router<int> router = a_router();
    EXPECT_DEATH(router.add(Method::kGet, "/jobs", "again", 9), "");
}

}  // namespace
}  // namespace signalbox::net
