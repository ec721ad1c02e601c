// Every route there is: the one table of method, path, who may call it, and what answers.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "api/request_context.hpp"
#include "contract/openapi.hpp"

#include <span>
#include <vector>

namespace signalbox::api {

[[nodiscard]] std::span<const RouteSpec> route_table();

/// The same for the API description, whose parameters are all written `{name}`.
[[nodiscard]] std::vector<contract::RouteInfo> public_routes();

}  // namespace signalbox::api
