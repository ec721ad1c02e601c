#include "kubectl/policy.hpp"

#include "base/text.hpp"
#include "kubectl/go_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::kubectl {

namespace {

using std::chrono::milliseconds;

bool asks_for_secrets(const Operation& operation) {
    return operation.verb != Verb::kExplain &&
           std::ranges::any_of(operation.targets, [](const Target& target) {
               return target.kind->is_secret();
           });
}

Failure refuse_secrets(std::string message) {
    return refuse(
        Rule::kSecretValues, std::move(message), "get secrets, get secrets -o wide or -o name"
    );
}

// `{.metadata.name}`, `.metadata.name` and `metadata.name` are one path to kubectl.
std::string_view bare_path(std::string_view path) {
    path = trim(path);
    if (path.starts_with('{') && path.ends_with('}')) {
        path = trim(path.substr(1, path.size() - 2));
    }
    path.remove_prefix(path.starts_with('.') ? 1 : 0);
    return path;
}

Result<void> check_secret_selection(const Operation& operation) {
    constexpr std::array<std::string_view, 2> kSortable{
        "metadata.name", "metadata.creationTimestamp"
    };
    constexpr std::array<std::string_view, 3> kSelectable{
        "metadata.name", "metadata.namespace", "type"
    };
    if (const auto* const path = operation.find("sort-by");
        path != nullptr && std::ranges::find(kSortable, bare_path(*path)) == kSortable.end()) {
        return refuse_secrets("Secrets are sorted by name and age only");
    }
    if (const auto* const fields = operation.find("field-selector"); fields != nullptr) {
        for (const std::string_view term : split(*fields, ',')) {
            const auto field = trim(term.substr(0, term.find_first_of("!=")));
            if (std::ranges::find(kSelectable, field) == kSelectable.end()) {
                return refuse_secrets("Secrets are selected by name and type only");
            }
        }
    }
    return {};
}

Result<void> check_secrets(const Operation& operation) {
    if (!asks_for_secrets(operation)) {
        return {};
    }
    if (operation.verb == Verb::kDescribe) {
        return refuse_secrets("describe shows parts of Secrets");
    }
    if (operation.output.shows_fields()) {
        return refuse_secrets(
            fmt::format("-o {} could show what a Secret holds", to_text(operation.output))
        );
    }
    if (const auto* const what = operation.find("for");
        what != nullptr && what->starts_with("jsonpath")) {
        return refuse_secrets("waiting for a value shows it");
    }
    return check_secret_selection(operation);
}

bool looks_at_the_cluster(const Operation& operation) {
    switch (operation.verb) {
        case Verb::kTopNodes:
        case Verb::kApiResources:
        case Verb::kApiVersions:
        case Verb::kClusterInfo:
        case Verb::kAuthWhoAmI:
            return true;
        case Verb::kExplain:
            return false;
        case Verb::kAuthCanI:
            // A path of the API server, or everything.
            if (operation.operands.size() == 2 &&
                std::string_view("/*").contains(operation.operands[1].front())) {
                return true;
            }
            [[fallthrough]];
        default:
            return operation.all_namespaces ||
                   std::ranges::any_of(operation.targets, [](const Target& target) {
                       return !target.kind->namespaced;
                   });
    }
}

Result<void> check_namespace_scope(Operation& operation, const Circumstances& around) {
    const auto& allowed = around.scope.namespaces;
    if (!allowed) {
        if (operation.name_space.empty()) {
            operation.name_space = around.name_space;
        }
        return {};
    }
    const std::string own = join(*allowed, ", ");
    if (looks_at_the_cluster(operation)) {
        return refuse(
            Rule::kClusterWide,
            "this key sees its own namespaces and nothing of the cluster",
            own.empty() ? "" : "-n with one of " + own
        );
    }
    if (!operation.is_namespaced()) {
        return {};
    }
    if (operation.name_space.empty()) {
        if (allowed->size() != 1) {
            return refuse(
                Rule::kNamespaceScope,
                "a namespace must be named",
                own.empty() ? "this key has none" : "-n with one of " + own
            );
        }
        operation.name_space = allowed->front();
    }
    if (std::ranges::find(*allowed, operation.name_space) == allowed->end()) {
        return refuse(
            Rule::kNamespaceScope,
            fmt::format("this key does not see the namespace \"{}\"", operation.name_space),
            own.empty() ? "this key has none" : "-n with one of " + own
        );
    }
    return {};
}

void set_flag(Operation& operation, std::string_view name, std::string value) {
    const auto place = std::ranges::lower_bound(operation.flags, name, {}, [](const SetFlag& set) {
        return set.flag->name;
    });
    if (place != operation.flags.end() && place->flag->name == name) {
        place->value = std::move(value);
    } else {
        operation.flags.insert(
            place, {.flag = find_flag(operation.verb, name), .value = std::move(value)}
        );
    }
}

// What waits, waits no longer than the command may take; kubectl itself would wait for ever.
Result<void> bound_waiting(Operation& operation, milliseconds timeout) {
    constexpr milliseconds kDefaultOfWait{30'000};
    if (operation.verb != Verb::kWait && operation.verb != Verb::kRolloutStatus) {
        return {};
    }
    milliseconds waits = std::min(timeout, kDefaultOfWait);
    if (const auto* const value = operation.find("timeout"); value != nullptr) {
        waits = parse_go_duration(*value).value_or(milliseconds::max());
        // Of rollout status zero means for ever, of wait it means to look once.
        const bool for_ever = waits == waits.zero() && operation.verb == Verb::kRolloutStatus;
        if (waits > timeout || for_ever) {
            return refuse(
                Rule::kUnbounded,
                fmt::format("--timeout={} is longer than the command may take", *value),
                fmt::format("at most {} ms, or a longer timeout_seconds", timeout.count())
            );
        }
    }
    set_flag(operation, "timeout", fmt::format("{}ms", waits.count()));
    return {};
}

Result<void> bound(Operation& operation, milliseconds timeout) {
    SB_OK(bound_waiting(operation, timeout));
    constexpr int kMostLogs = 50;
    if (const auto* const most = operation.find("max-log-requests");
        most != nullptr && parse_number<int>(*most).value_or(kMostLogs + 1) > kMostLogs) {
        return refuse(
            Rule::kUnbounded,
            fmt::format("--max-log-requests={}", *most),
            fmt::format("at most {}", kMostLogs)
        );
    }
    return {};
}

// Comparing and sorting by a value tells it bit by bit, also where it would be redacted.
Result<void> check_comparisons(const Operation& operation) {
    constexpr std::array<std::string_view, 4> kComparable{
        "status.", "metadata.name", "metadata.deletionTimestamp", "spec.replicas"
    };
    const auto refuse_it = [](std::string_view what) {
        return refuse(
            Rule::kSecretValues,
            fmt::format("{} compares values, which tells them bit by bit", what),
            "a path below .status, .metadata.name or .spec.replicas, without a filter"
        );
    };
    if (const auto* const path = operation.find("sort-by");
        path != nullptr && path->contains("?(")) {
        return refuse_it("sorting by a filter");
    }
    const auto* const what = operation.find("for");
    if (operation.verb != Verb::kWait || what == nullptr || !what->starts_with("jsonpath=")) {
        return {};
    }
    std::string_view path =
        trim(std::string_view(*what).substr(std::string_view("jsonpath=").size()));
    path.remove_prefix(path.starts_with('\'') ? 1 : 0);
    const std::size_t brace = path.rfind('}');
    path = bare_path(
        brace == std::string_view::npos ? path.substr(0, path.find('=')) : path.substr(0, brace + 1)
    );
    if (path.contains("?(") || std::ranges::none_of(kComparable, [&](std::string_view allowed) {
            return path.starts_with(allowed);
        })) {
        return refuse_it("waiting for this value");
    }
    return {};
}

}  // namespace

Result<Operation> judge(Operation operation, const Circumstances& around) {
    SB_OK(check_secrets(operation));
    SB_OK(check_comparisons(operation));
    SB_OK(check_namespace_scope(operation, around));
    SB_OK(bound(operation, around.timeout));
    return operation;
}

Result<Operation> read_and_judge(
    std::span<const std::string> words, const Catalog& catalog, const Circumstances& around
) {
    SB_TRY(Argv argv, parse_argv(words, around.max_words));
    SB_TRY(Operation operation, to_operation(std::move(argv), catalog));
    return judge(std::move(operation), around);
}

}  // namespace signalbox::kubectl
