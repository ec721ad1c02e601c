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

Failure refuse_bound(std::string_view flag, std::string_view value, milliseconds timeout) {
    return refuse(
        Rule::kUnbounded,
        fmt::format("--{}={} is longer than the command may take", flag, value),
        fmt::format("at most {} ms, or a longer timeout_seconds", timeout.count())
    );
}

// What waits, waits no longer than the command may take.
Result<void> bound(Operation& operation, milliseconds timeout) {
    for (const std::string_view flag : {"timeout", "pod-running-timeout"}) {
        if (const auto* const value = operation.find(flag); value != nullptr) {
            const milliseconds asked = parse_go_duration(*value).value_or(milliseconds::max());
            // Of rollout status zero means for ever, of wait it means to look once.
            const bool for_ever = asked == asked.zero() && operation.verb == Verb::kRolloutStatus;
            if (asked > timeout || for_ever) {
                return refuse_bound(flag, *value, timeout);
            }
        }
    }
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

}  // namespace

Result<Operation> judge(Operation operation, const Circumstances& around) {
    SB_OK(check_secrets(operation));
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
