// The kinds of resources a cluster has, and how people name them.
//
// Model: kubectl resolves `TYPE[.VERSION][.GROUP]` by discovery: plural, singular, kind and short
// name, in any case. A catalog is that knowledge as a value: the kinds every cluster has are built
// in, an executor makes one from what its cluster says. Where a name fits several kinds the first
// one counts, as in kubectl.
//
// Threads: any once made.  Suspends: never.  Errors: none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::kubectl {

struct Kind {
    std::string group;  ///< empty: the core group
    std::string version;
    std::string resource;  ///< plural, lower case
    std::string singular;
    std::string kind;
    bool namespaced = true;
    std::vector<std::string> short_names;

    /// Of the core group's Secret: the only kind whose values nobody may see.
    [[nodiscard]] bool is_secret() const { return group.empty() && resource == "secrets"; }

    /// `deployments.v1.apps`, `pods`: what resolves to this kind alone.
    [[nodiscard]] std::string full_name() const;
};

class Catalog {
public:
    explicit Catalog(std::vector<Kind> kinds) : kinds_(std::move(kinds)) {}

    /// The kinds of Kubernetes itself, 1.28 to 1.36.
    static const Catalog& built_in();

    /// Null when there is none. The kind lives as long as the catalog.
    [[nodiscard]] const Kind* find(std::string_view type) const;

    [[nodiscard]] std::span<const Kind> kinds() const { return kinds_; }

private:
    [[nodiscard]] const Kind* find(
        std::string_view resource, std::string_view version, std::string_view group
    ) const;

    std::vector<Kind> kinds_;
};

/// What `all` stands for; `kubectl get all` lists these.
[[nodiscard]] std::span<const std::string_view> types_of_all();

}  // namespace signalbox::kubectl
