// Whether the edges of a route are in the network, and lead on to each other.
//
// Threads: any (pure).  Suspends: never.  Errors: none; the first of each kind is reported.
#pragma once

#include "scenario/checks/network_index.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::scenario {

/// Two edges of a route that do not lead on to each other.
struct RouteGap {
    std::string from;
    std::string to;

    [[nodiscard]] std::string sentence() const;
};

struct RouteProblem {
    std::string unknown_edge;  ///< "" when all are known
    std::optional<RouteGap> gap;
};

/// `edges` as in the attribute: separated by white space. Nothing wrong is found in a network that
/// is not usable.
[[nodiscard]] RouteProblem check_route_edges(const NetworkIndex& network, std::string_view edges);

}  // namespace signalbox::scenario
