// The description of the HTTP interface in OpenAPI 3.1, kept by hand and compared with the routes
// by a test.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace signalbox::contract {

/// `GET`, `/jobs/{id}`.
struct RouteInfo {
    std::string method;
    std::string path;

    bool operator==(const RouteInfo&) const = default;
};

/// The same method and path, whatever its parameters are called (`{id}`, `{job_id}`, `{path*}`).
[[nodiscard]] bool same_operation(const RouteInfo& a, const RouteInfo& b);

/// Whether the operation says that it may answer so; false for an unknown one.
[[nodiscard]] bool describes_status(const RouteInfo& route, int status);

/// Every operation the description knows.
[[nodiscard]] std::vector<RouteInfo> openapi_operations();

/// The description of those of `routes` it knows; no routes: of all.
[[nodiscard]] std::string openapi_document(std::span<const RouteInfo> routes = {});

}  // namespace signalbox::contract
