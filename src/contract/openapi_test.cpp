#include "contract/openapi.hpp"

#include "contract/docs_page.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace signalbox::contract {
namespace {

// Every `$ref` below `value`, looked up from the root.
void expect_references_lead_somewhere(
    const boost::json::value& root, const boost::json::value& value
) {
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            expect_references_lead_somewhere(root, item);
        }
    }
    if (const auto* object = value.if_object()) {
        for (const auto& [name, item] : *object) {
            if (name == "$ref") {
                const std::string pointer = std::string(item.as_string()).substr(1);
                boost::system::error_code missing;
                (void)root.find_pointer(pointer, missing);
                EXPECT_FALSE(missing) << pointer;
            }
            expect_references_lead_somewhere(root, item);
        }
    }
}

TEST(OpenApi, DescribesEveryOperationOnce) {
    const auto operations = openapi_operations();
    EXPECT_GT(operations.size(), 50U);
    for (const RouteInfo& one : operations) {
        const auto same = [&one](const RouteInfo& other) { return same_operation(one, other); };
        EXPECT_EQ(std::ranges::count_if(operations, same), 1) << one.method << " " << one.path;
    }
}

TEST(OpenApi, IsWellFormedAndItsReferencesLeadSomewhere) {
    const auto document = boost::json::parse(openapi_document());
    EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
    expect_references_lead_somewhere(document, document);
    const auto& get = document.at("paths").at("/jobs/{job_id}").at("get").as_object();
    EXPECT_EQ(get.at("parameters").as_array().at(0).at("name").as_string(), "job_id");
    EXPECT_TRUE(get.at("responses").as_object().contains("404"));
    EXPECT_TRUE(document.at("paths").at("/health").at("get").at("security").as_array().empty());
}

TEST(OpenApi, KnowsARouteWhateverItsParametersAreCalled) {
    EXPECT_TRUE(same_operation({"GET", "/jobs/{id}"}, {"GET", "/jobs/{job_id}"}));
    EXPECT_TRUE(same_operation({"GET", "/a/{path*}"}, {"GET", "/a/{path}"}));
    EXPECT_FALSE(same_operation({"GET", "/jobs/{id}"}, {"GET", "/jobs/{id}/logs"}));
    EXPECT_FALSE(same_operation({"GET", "/jobs"}, {"POST", "/jobs"}));
}

TEST(OpenApi, DescribesTheErrorsThatFollowFromWhatAnOperationTakes) {
    const RouteInfo submit{"POST", "/jobs"};
    for (const int status : {200, 400, 401, 403, 413, 415, 422, 429, 501}) {
        EXPECT_TRUE(describes_status(submit, status)) << status;
    }
    EXPECT_FALSE(describes_status(submit, 410));
    EXPECT_TRUE(describes_status({"GET", "/jobs/{id}/logs"}, 409));
    EXPECT_TRUE(describes_status({"POST", "/worker/v1/beat"}, 410));
    EXPECT_FALSE(describes_status({"POST", "/worker/v1/beat"}, 403));
    EXPECT_FALSE(describes_status({"GET", "/health"}, 401));
    EXPECT_FALSE(describes_status({"GET", "/nowhere"}, 200));
}

TEST(OpenApi, ShowsOnlyTheRoutesThereAre) {
    const std::array<RouteInfo, 2> routes{{{"GET", "/jobs/{id}"}, {"GET", "/nowhere"}}};
    const auto document = boost::json::parse(openapi_document(routes));
    EXPECT_EQ(document.at("paths").as_object().size(), 1U);
}

TEST(DocsPage, NeedsNothingFromElsewhere) {
    EXPECT_FALSE(docs_page().contains("https://"));
    EXPECT_FALSE(docs_page().contains("http://"));
    EXPECT_FALSE(docs_page().contains("innerHTML"));
    EXPECT_TRUE(docs_page_policy().contains("default-src 'none'"));
}

}  // namespace
}  // namespace signalbox::contract
