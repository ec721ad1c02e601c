#include "kubectl/targets.hpp"

#include "base/text.hpp"
#include "kubectl/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::kubectl {

namespace {

constexpr std::size_t kMostTargets = 64;
constexpr std::string_view kForms = "TYPE, TYPE NAME or TYPE/NAME";

Result<std::vector<Target>> read_types(std::string_view types, const Catalog& catalog) {
    std::vector<Target> targets;
    const auto add = [&](std::string_view type) -> Result<void> {
        SB_TRY(const Kind* const kind, resolve(type, catalog));
        if (std::ranges::find(targets, kind, &Target::kind) == targets.end()) {
            targets.push_back({.kind = kind, .name = {}});
        }
        return {};
    };
    for (const std::string_view type : split(types, ',')) {
        if (!equals_ignoring_case(type, "all")) {
            SB_OK(add(type));
            continue;
        }
        for (const std::string_view one : types_of_all()) {
            SB_OK(add(one));
        }
    }
    return targets;
}

Result<std::vector<Target>> read_pairs(std::span<const std::string> words, const Catalog& catalog) {
    std::vector<Target> targets;
    for (const std::string& word : words) {
        if (!word.contains('/')) {
            return refuse(
                Rule::kMalformed,
                fmt::format("\"{}\" stands beside TYPE/NAME and is none", word),
                std::string(kForms)
            );
        }
        SB_TRY(Target target, read_type_and_name(word, catalog));
        targets.push_back(std::move(target));
    }
    return targets;
}

bool has_slash(const std::string& word) {
    return word.contains('/');
}

}  // namespace

Result<const Kind*> resolve(std::string_view type, const Catalog& catalog) {
    if (!is_object_name(type.substr(0, type.find_last_not_of('.') + 1))) {
        return refuse(
            Rule::kMalformed, fmt::format("\"{}\" is no resource type", type), std::string(kForms)
        );
    }
    const Kind* const kind = catalog.find(type);
    if (kind == nullptr) {
        std::vector<std::string> names;
        for (const Kind& known : catalog.kinds()) {
            names.push_back(known.resource);
        }
        const auto near = nearest_word(to_lower(type), names);
        return refuse(
            Rule::kUnresolvedResource,
            fmt::format("no resource type \"{}\" is known here", type),
            near.value_or("only the cluster itself could tell; see api-resources")
        );
    }
    return kind;
}

Result<Target> read_type_and_name(std::string_view word, const Catalog& catalog) {
    const std::size_t slash = word.find('/');
    const std::string_view type = word.substr(0, slash);
    const std::string_view name =
        slash == std::string_view::npos ? std::string_view() : word.substr(slash + 1);
    if (type.empty() || name.empty() || name.contains('/')) {
        return refuse(
            Rule::kMalformed, fmt::format("\"{}\" is no TYPE/NAME", word), std::string(kForms)
        );
    }
    SB_OK(check_name(name));
    SB_TRY(const Kind* const kind, resolve(type, catalog));
    return Target{.kind = kind, .name = std::string(name)};
}

Result<std::vector<Target>> read_targets(
    std::span<const std::string> words, const Catalog& catalog
) {
    if (words.empty()) {
        return refuse(Rule::kMalformed, "a resource type is missing", std::string(kForms));
    }
    if (std::ranges::any_of(words, has_slash)) {
        return read_pairs(words, catalog);
    }
    SB_TRY(std::vector<Target> targets, read_types(words.front(), catalog));
    const auto names = words.subspan(1);
    if (names.empty()) {
        return targets;
    }
    if (targets.size() * names.size() > kMostTargets) {
        return refuse(
            Rule::kUnbounded,
            fmt::format("{} types with {} names each", targets.size(), names.size()),
            fmt::format("at most {} objects at a time", kMostTargets)
        );
    }
    std::vector<Target> named;
    for (const Target& target : targets) {
        for (const std::string& name : names) {
            SB_OK(check_name(name));
            named.push_back({.kind = target.kind, .name = name});
        }
    }
    return named;
}

}  // namespace signalbox::kubectl
