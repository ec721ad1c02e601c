#include "scenario/checks/route_edges.hpp"

#include "scenario/checks/demand_element.hpp"

#include <algorithm>

namespace signalbox::scenario {

namespace {

/// Trains turn round where no connection says so.
bool is_reverse(std::string_view a, std::string_view b) {
    return (a.starts_with('-') && a.substr(1) == b) || (b.starts_with('-') && b.substr(1) == a);
}

/// Edges that SUMO makes itself: of districts, and within junctions.
bool is_made(std::string_view edge) {
    return edge.starts_with(':') || edge.ends_with("-source") || edge.ends_with("-sink");
}

std::string_view take_word(std::string_view& text) {
    constexpr std::string_view kSpace = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(kSpace));
    text.remove_prefix(word.size());
    return word;
}

}  // namespace

std::string RouteGap::sentence() const {
    return "there is no connection from edge " + quote_id(from) + " to " + quote_id(to);
}

RouteProblem check_route_edges(const NetworkIndex& network, std::string_view edges) {
    RouteProblem problem;
    if (!network.usable()) {
        return problem;
    }
    std::string_view before;
    std::uint64_t before_id = 0;
    for (std::string_view edge = take_word(edges); !edge.empty(); edge = take_word(edges)) {
        const std::uint64_t id = hash_id(edge);
        const bool linked = !before.empty() && network.connects(before_id, id);
        if (!linked && is_made(edge)) {
            before = {};
            continue;
        }
        if (!linked && !network.has_edge(id)) {
            problem.unknown_edge = edge;
            return problem;
        }
        if (!linked && !problem.gap && !before.empty() && !is_reverse(before, edge)) {
            problem.gap = {.from = std::string(before), .to = std::string(edge)};
        }
        before = edge;
        before_id = id;
    }
    return problem;
}

}  // namespace signalbox::scenario
