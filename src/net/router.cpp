#include "net/router.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace signalbox::net {

namespace {

constexpr std::size_t kMethodCount = std::to_underlying(Method::kOther);
constexpr std::size_t kNoRoute = static_cast<std::size_t>(-1);

using MethodTable = std::array<std::size_t, kMethodCount>;

constexpr MethodTable no_methods() {
    MethodTable table{};
    table.fill(kNoRoute);
    return table;
}

// `{id}` → `id`; "" for a literal.
std::string_view parameter_name(std::string_view segment) {
    if (!segment.starts_with('{')) {
        return {};
    }
    SB_CHECK(segment.size() > 2 && segment.ends_with('}'));
    return segment.substr(1, segment.size() - 2);
}

// Takes the first segment off a path without its leading slash.
std::string_view take_segment(std::string_view& rest) {
    const std::size_t end = rest.find('/');
    const std::string_view segment = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return segment;
}

}  // namespace

struct RouteTable::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> rest;
    std::string name;  ///< of the parameter this node stands for
    MethodTable methods = no_methods();

    struct Search {
        Method method = Method::kOther;
        PathParams params;
        MethodTable seen = no_methods();  ///< of all nodes the path leads to
        std::size_t found = kNoRoute;
    };

    // True when `search` has found its route; else params are as before.
    bool find(std::string_view path, bool at_end, Search& search) const;
    bool accept(Search& search) const;
    Node& child(std::string_view segment, bool is_last);
};

bool RouteTable::Node::accept(Search& search) const {
    for (std::size_t i = 0; i < kMethodCount; ++i) {
        search.seen[i] = search.seen[i] == kNoRoute ? methods[i] : search.seen[i];
    }
    if (search.method != Method::kOther) {
        search.found = methods[std::to_underlying(search.method)];
    }
    if (search.found == kNoRoute && search.method == Method::kHead) {
        search.found = methods[std::to_underlying(Method::kGet)];
    }
    return search.found != kNoRoute;
}

bool RouteTable::Node::find(std::string_view path, bool at_end, Search& search) const {
    if (at_end) {
        return accept(search);
    }
    std::string_view remaining = path;
    const std::string_view segment = take_segment(remaining);
    const bool next_at_end = segment.size() == path.size();
    if (const auto found = literals.find(segment); found != literals.end()) {
        if (found->second->find(remaining, next_at_end, search)) {
            return true;
        }
    }
    const std::size_t params_before = search.params.size();
    if (parameter != nullptr && !segment.empty()) {
        search.params.push(parameter->name, segment);
        if (parameter->find(remaining, next_at_end, search)) {
            return true;
        }
        search.params.truncate(params_before);
    }
    if (rest != nullptr && !path.empty()) {
        search.params.push(rest->name, path);
        if (rest->accept(search)) {
            return true;
        }
        search.params.truncate(params_before);
    }
    return false;
}

RouteTable::Node& RouteTable::Node::child(std::string_view segment, bool is_last) {
    std::string_view parameter_text = parameter_name(segment);
    if (parameter_text.empty()) {
        auto& node = literals[std::string(segment)];
        node = node == nullptr ? std::make_unique<Node>() : std::move(node);
        return *node;
    }
    const bool is_rest = parameter_text.ends_with('*');
    SB_CHECK(!is_rest || is_last);
    parameter_text.remove_suffix(is_rest ? 1 : 0);
    std::unique_ptr<Node>& node = is_rest ? rest : parameter;
    if (node == nullptr) {
        node = std::make_unique<Node>();
        node->name = parameter_text;
    }
    // One place in the tree has one name, or a handler would look for the wrong one.
    SB_CHECK(node->name == parameter_text);
    return *node;
}

std::string_view PathParams::get(std::string_view name) const {
    for (std::size_t i = 0; i < size_; ++i) {
        if (values_[i].first == name) {
            return values_[i].second;
        }
    }
    return {};
}

void PathParams::push(std::string_view name, std::string_view value) {
    SB_CHECK(size_ < kMax);
    values_[size_++] = {name, value};
}

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}

RouteTable::~RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;
RouteTable& RouteTable::operator=(RouteTable&&) noexcept = default;

std::size_t RouteTable::add(Route route) {
    SB_CHECK(route.pattern.starts_with('/') && route.method != Method::kOther);
    SB_CHECK(std::ranges::count(route.pattern, '{') <= static_cast<int>(PathParams::kMax));
    Node* node = root_.get();
    std::string_view remaining = std::string_view(route.pattern).substr(1);
    while (!remaining.empty()) {
        const std::string_view segment = take_segment(remaining);
        SB_CHECK(!segment.empty());
        node = &node->child(segment, remaining.empty());
    }
    std::size_t& slot = node->methods[std::to_underlying(route.method)];
    SB_CHECK(slot == kNoRoute);
    slot = routes_.size();
    routes_.push_back(std::move(route));
    return slot;
}

RouteMatch RouteTable::match(Method method, std::string_view path) const {
    if (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    if (!path.starts_with('/')) {
        return {};
    }
    path.remove_prefix(1);
    Node::Search search{.method = method, .params = {}};
    RouteMatch match;
    if (root_->find(path, path.empty(), search)) {
        match.outcome = RouteMatch::Outcome::kFound;
        match.index = search.found;
        match.params = search.params;
        return match;
    }
    for (std::size_t i = 0; i < kMethodCount; ++i) {
        const bool by_get = i == std::to_underlying(Method::kHead) &&
                            search.seen[std::to_underlying(Method::kGet)] != kNoRoute;
        if (search.seen[i] != kNoRoute || by_get) {
            match.outcome = RouteMatch::Outcome::kMethodNotAllowed;
            match.allow += match.allow.empty() ? "" : ", ";
            match.allow += to_string(static_cast<Method>(i));
        }
    }
    return match;
}

}  // namespace signalbox::net
