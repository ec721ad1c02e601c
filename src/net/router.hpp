// Which route a request is for: a tree over path segments.
//
// Patterns: `/jobs/{id}`, and `/jobs/{id}/results/{path*}` whose last parameter takes the rest of
// the path, slashes included, at least one character. A literal segment is preferred to a
// parameter, a parameter to a rest. One trailing slash is ignored. GET routes answer HEAD unless
// there is one.
//
// Threads: built first, then any.  Suspends: never.
// Errors: a malformed or doubled pattern is a bug and ends the process at start.
#pragma once

#include "net/http_message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::net {

/// Path parameters of one match; views into the route table and the path that was matched.
class PathParams {
public:
    static constexpr std::size_t kMax = 4;

    /// The value of a parameter that the pattern has; anything else is "".
    [[nodiscard]] std::string_view get(std::string_view name) const;

    [[nodiscard]] std::size_t size() const { return size_; }

    void push(std::string_view name, std::string_view value);

    void truncate(std::size_t size) { size_ = size; }

private:
    std::array<std::pair<std::string_view, std::string_view>, kMax> values_;
    std::size_t size_ = 0;
};

struct Route {
    Method method;
    std::string pattern;
    std::string name;  ///< operation id in the API description
};

struct RouteMatch {
    enum class Outcome : std::uint8_t { kFound, kNotFound, kMethodNotAllowed };

    Outcome outcome = Outcome::kNotFound;
    std::size_t index = 0;  ///< into RouteTable::routes()
    PathParams params;
    std::string allow;  ///< kMethodNotAllowed: value of the Allow header
};

class RouteTable {
public:
    RouteTable();
    ~RouteTable();
    RouteTable(RouteTable&&) noexcept;
    RouteTable& operator=(RouteTable&&) noexcept;

    /// Returns the route's index.
    std::size_t add(Route route);

    /// `path` must outlive the match.
    [[nodiscard]] RouteMatch match(Method method, std::string_view path) const;

    [[nodiscard]] std::span<const Route> routes() const { return routes_; }

private:
    struct Node;

    std::vector<Route> routes_;
    std::unique_ptr<Node> root_;
};

/// A RouteTable with something of the owner's per route: a handler, its required role.
template <class Endpoint>
class Router {
public:
    struct Match {
        RouteMatch::Outcome outcome = RouteMatch::Outcome::kNotFound;
        const Endpoint* endpoint = nullptr;  ///< set when found
        const Route* route = nullptr;        ///< set when found
        PathParams params;
        std::string allow;
    };

    void add(Method method, std::string pattern, std::string name, Endpoint endpoint) {
        table_.add({.method = method, .pattern = std::move(pattern), .name = std::move(name)});
        endpoints_.push_back(std::move(endpoint));
    }

    /// `path` must outlive the match.
    [[nodiscard]] Match match(Method method, std::string_view path) const {
        RouteMatch match = table_.match(method, path);
        const bool found = match.outcome == RouteMatch::Outcome::kFound;
        return {
            .outcome = match.outcome,
            .endpoint = found ? &endpoints_[match.index] : nullptr,
            .route = found ? &table_.routes()[match.index] : nullptr,
            .params = match.params,
            .allow = std::move(match.allow)
        };
    }

    [[nodiscard]] std::span<const Route> routes() const { return table_.routes(); }

private:
    RouteTable table_;
    std::vector<Endpoint> endpoints_;
};

}  // namespace signalbox::net
