#include "kubectl/command_table.hpp"

#include <algorithm>
#include <array>

namespace signalbox::kubectl {

namespace {

using enum FlagType;

constexpr std::array kGlobalFlags = std::to_array<Flag>({
    {"namespace", 'n'},
    {"request-timeout"},
    {"help", 'h', kBool, Rule::kForbiddenFlag},
    {"as", 0, kText, Rule::kRedirect},
    {"as-group", 0, kList, Rule::kRedirect},
    {"as-uid", 0, kText, Rule::kRedirect},
    {"as-user-extra", 0, kList, Rule::kRedirect},
    {"certificate-authority", 0, kText, Rule::kRedirect},
    {"client-certificate", 0, kText, Rule::kRedirect},
    {"client-key", 0, kText, Rule::kRedirect},
    {"cluster", 0, kText, Rule::kRedirect},
    {"context", 0, kText, Rule::kRedirect},
    {"insecure-skip-tls-verify", 0, kBool, Rule::kRedirect},
    {"kubeconfig", 0, kText, Rule::kRedirect},
    {"password", 0, kText, Rule::kRedirect},
    {"server", 's', kText, Rule::kRedirect},
    {"tls-server-name", 0, kText, Rule::kRedirect},
    {"token", 0, kText, Rule::kRedirect},
    {"user", 0, kText, Rule::kRedirect},
    {"username", 0, kText, Rule::kRedirect},
    {"cache-dir", 0, kText, Rule::kFileAccess},
    {"kuberc", 0, kText, Rule::kFileAccess},
    {"profile", 0, kText, Rule::kFileAccess},
    {"profile-output", 0, kText, Rule::kFileAccess},
    {"log-backtrace-at", 0, kText, Rule::kForbiddenFlag},
    {"log-dir", 0, kText, Rule::kFileAccess},
    {"log-file", 0, kText, Rule::kFileAccess},
    {"log-flush-frequency", 0, kDuration, Rule::kForbiddenFlag},
    {"v", 'v', kNumber, Rule::kForbiddenFlag},
    {"vmodule", 0, kText, Rule::kForbiddenFlag},
    {"disable-compression", 0, kBool, Rule::kForbiddenFlag},
    {"match-server-version", 0, kBool, Rule::kForbiddenFlag},
    {"warnings-as-errors", 0, kBool, Rule::kForbiddenFlag},
});

constexpr std::array kGetFlags = std::to_array<Flag>({
    {"all-namespaces", 'A', kBool},
    {"allow-missing-template-keys", 0, kBool},
    {"chunk-size", 0, kNumber},
    {"field-selector"},
    {"ignore-not-found", 0, kBool},
    {"label-columns", 'L', kList},
    {"no-headers", 0, kBool},
    {"output", 'o'},
    {"output-watch-events", 0, kBool},
    {"selector", 'l'},
    {"server-print", 0, kBool},
    {"show-kind", 0, kBool},
    {"show-labels", 0, kBool},
    {"show-managed-fields", 0, kBool},
    {"sort-by"},
    {"watch", 'w', kBool},
    {"watch-only", 0, kBool},
    {"filename", 'f', kList, Rule::kFileAccess},
    {"kustomize", 'k', kText, Rule::kFileAccess},
    {"recursive", 'R', kBool, Rule::kFileAccess},
    {"raw", 0, kText, Rule::kForbiddenFlag},
    {"subresource", 0, kText, Rule::kSubresource},
    {"template", 0, kText, Rule::kForbiddenOutput},
});

constexpr std::array kDescribeFlags = std::to_array<Flag>({
    {"all-namespaces", 'A', kBool},
    {"chunk-size", 0, kNumber},
    {"selector", 'l'},
    {"show-events", 0, kBool},
    {"filename", 'f', kList, Rule::kFileAccess},
    {"kustomize", 'k', kText, Rule::kFileAccess},
    {"recursive", 'R', kBool, Rule::kFileAccess},
});

constexpr std::array kLogsFlags = std::to_array<Flag>({
    {"all-containers", 0, kBool},
    {"all-pods", 0, kBool},
    {"container", 'c'},
    {"follow", 'f', kBool},
    {"ignore-errors", 0, kBool},
    {"limit-bytes", 0, kNumber},
    {"max-log-requests", 0, kNumber},
    {"pod-running-timeout", 0, kDuration},
    {"prefix", 0, kBool},
    {"previous", 'p', kBool},
    {"selector", 'l'},
    {"since", 0, kDuration},
    {"since-time"},
    {"tail", 0, kNumber},
    {"timestamps", 0, kBool},
    {"insecure-skip-tls-verify-backend", 0, kBool, Rule::kRedirect},
});

constexpr std::array kTopPodsFlags = std::to_array<Flag>({
    {"all-namespaces", 'A', kBool},
    {"containers", 0, kBool},
    {"field-selector"},
    {"no-headers", 0, kBool},
    {"selector", 'l'},
    {"show-swap", 0, kBool},
    {"sort-by"},
    {"sum", 0, kBool},
    {"use-protocol-buffers", 0, kBool},
});

constexpr std::array kTopNodesFlags = std::to_array<Flag>({
    {"no-headers", 0, kBool},
    {"selector", 'l'},
    {"show-capacity", 0, kBool},
    {"show-swap", 0, kBool},
    {"sort-by"},
    {"use-protocol-buffers", 0, kBool},
});

constexpr std::array kEventsFlags = std::to_array<Flag>({
    {"all-namespaces", 'A', kBool},
    {"allow-missing-template-keys", 0, kBool},
    {"chunk-size", 0, kNumber},
    {"for"},
    {"no-headers", 0, kBool},
    {"output", 'o'},
    {"show-managed-fields", 0, kBool},
    {"types", 0, kList},
    {"watch", 'w', kBool},
    {"template", 0, kText, Rule::kForbiddenOutput},
});

constexpr std::array kVersionFlags = std::to_array<Flag>({
    {"client", 0, kBool},
    {"output", 'o'},
});

constexpr std::array kApiResourcesFlags = std::to_array<Flag>({
    {"api-group"},
    {"cached", 0, kBool},
    {"categories", 0, kList},
    {"namespaced", 0, kBool},
    {"no-headers", 0, kBool},
    {"output", 'o'},
    {"sort-by"},
    {"verbs", 0, kList},
});

constexpr std::array kExplainFlags = std::to_array<Flag>({
    {"api-version"},
    {"output", 'o'},
    {"recursive", 0, kBool},
});

constexpr std::array kRolloutHistoryFlags = std::to_array<Flag>({
    {"allow-missing-template-keys", 0, kBool},
    {"output", 'o'},
    {"revision", 0, kNumber},
    {"selector", 'l'},
    {"show-managed-fields", 0, kBool},
    {"filename", 'f', kList, Rule::kFileAccess},
    {"kustomize", 'k', kText, Rule::kFileAccess},
    {"recursive", 'R', kBool, Rule::kFileAccess},
    {"template", 0, kText, Rule::kForbiddenOutput},
});

constexpr std::array kRolloutStatusFlags = std::to_array<Flag>({
    {"revision", 0, kNumber},
    {"selector", 'l'},
    {"timeout", 0, kDuration},
    {"watch", 'w', kBool},
    {"filename", 'f', kList, Rule::kFileAccess},
    {"kustomize", 'k', kText, Rule::kFileAccess},
    {"recursive", 'R', kBool, Rule::kFileAccess},
});

constexpr std::array kCanIFlags = std::to_array<Flag>({
    {"all-namespaces", 'A', kBool},
    {"list", 0, kBool},
    {"no-headers", 0, kBool},
    {"quiet", 'q', kBool},
    {"subresource"},
});

constexpr std::array kWhoAmIFlags = std::to_array<Flag>({
    {"allow-missing-template-keys", 0, kBool},
    {"output", 'o'},
    {"show-managed-fields", 0, kBool},
    {"template", 0, kText, Rule::kForbiddenOutput},
});

constexpr std::array kWaitFlags = std::to_array<Flag>({
    {"all", 0, kBool},
    {"all-namespaces", 'A', kBool},
    {"allow-missing-template-keys", 0, kBool},
    {"field-selector"},
    {"for"},
    {"output", 'o'},
    {"selector", 'l'},
    {"show-managed-fields", 0, kBool},
    {"timeout", 0, kDuration},
    {"filename", 'f', kList, Rule::kFileAccess},
    {"local", 0, kBool, Rule::kFileAccess},
    {"recursive", 'R', kBool, Rule::kFileAccess},
    {"template", 0, kText, Rule::kForbiddenOutput},
});

constexpr std::array<std::string_view, 2> kPodAliases{"pods", "po"};
constexpr std::array<std::string_view, 2> kNodeAliases{"nodes", "no"};

constexpr Command read(std::string_view name, Verb verb, std::span<const Flag> flags = {}) {
    return {name, {}, verb, flags, {}, std::nullopt};
}

constexpr Command refused(std::string_view name, Rule rule = Rule::kNotARead) {
    return {name, {}, std::nullopt, {}, {}, rule};
}

constexpr Command group(std::string_view name, std::span<const Command> commands) {
    return {name, {}, std::nullopt, {}, commands, std::nullopt};
}

constexpr std::array kTopCommands{
    Command{"pod", kPodAliases, Verb::kTopPods, kTopPodsFlags, {}, std::nullopt},
    Command{"node", kNodeAliases, Verb::kTopNodes, kTopNodesFlags, {}, std::nullopt},
};

constexpr std::array kRolloutCommands{
    read("history", Verb::kRolloutHistory, kRolloutHistoryFlags),
    read("status", Verb::kRolloutStatus, kRolloutStatusFlags),
    refused("pause"),
    refused("restart"),
    refused("resume"),
    refused("undo"),
};

constexpr std::array kAuthCommands{
    read("can-i", Verb::kAuthCanI, kCanIFlags),
    read("whoami", Verb::kAuthWhoAmI, kWhoAmIFlags),
    refused("reconcile"),
};

// Its only sub-command writes everything there is, logs included.
constexpr std::array kClusterInfoCommands{refused("dump", Rule::kUnbounded)};

constexpr std::array kRootCommands{
    read("get", Verb::kGet, kGetFlags),
    read("describe", Verb::kDescribe, kDescribeFlags),
    read("logs", Verb::kLogs, kLogsFlags),
    group("top", kTopCommands),
    read("events", Verb::kEvents, kEventsFlags),
    read("version", Verb::kVersion, kVersionFlags),
    read("api-resources", Verb::kApiResources, kApiResourcesFlags),
    read("api-versions", Verb::kApiVersions),
    read("explain", Verb::kExplain, kExplainFlags),
    group("rollout", kRolloutCommands),
    group("auth", kAuthCommands),
    Command{"cluster-info", {}, Verb::kClusterInfo, {}, kClusterInfoCommands, std::nullopt},
    read("wait", Verb::kWait, kWaitFlags),
    refused("annotate"),
    refused("apply"),
    refused("attach"),
    refused("autoscale"),
    refused("certificate"),
    refused("cordon"),
    refused("cp"),
    refused("create"),
    refused("debug"),
    refused("delete"),
    refused("drain"),
    refused("edit"),
    refused("exec"),
    refused("expose"),
    refused("label"),
    refused("patch"),
    refused("port-forward"),
    refused("proxy"),
    refused("replace"),
    refused("run"),
    refused("scale"),
    refused("set"),
    refused("taint"),
    refused("uncordon"),
    refused("alpha"),
    refused("completion"),
    refused("config", Rule::kRedirect),
    refused("diff", Rule::kFileAccess),
    refused("kuberc", Rule::kFileAccess),
    refused("kustomize", Rule::kFileAccess),
    refused("plugin", Rule::kFileAccess),
};

}  // namespace

std::span<const Command> root_commands() {
    return kRootCommands;
}

std::span<const Flag> global_flags() {
    return kGlobalFlags;
}

const Command* find_command(std::span<const Command> commands, std::string_view name) {
    const auto found = std::ranges::find_if(commands, [&](const Command& command) {
        return command.name == name ||
               std::ranges::find(command.aliases, name) != command.aliases.end();
    });
    return found == commands.end() ? nullptr : &*found;
}

const Flag* find_flag(std::span<const Flag> flags, std::string_view name) {
    const auto found = std::ranges::find(flags, name, &Flag::name);
    return found == flags.end() ? nullptr : &*found;
}

const Flag* find_flag(std::span<const Flag> flags, char letter) {
    const auto found = std::ranges::find(flags, letter, &Flag::letter);
    return found == flags.end() || letter == 0 ? nullptr : &*found;
}

const Flag* find_flag(Verb verb, std::string_view name) {
    for (const Command& command : kRootCommands) {
        if (command.verb == verb) {
            return find_flag(command.flags, name);
        }
        for (const Command& one : command.commands) {
            if (one.verb == verb) {
                return find_flag(one.flags, name);
            }
        }
    }
    return nullptr;
}

std::string_view to_words(Verb verb) {
    switch (verb) {
        case Verb::kGet:
            return "get";
        case Verb::kDescribe:
            return "describe";
        case Verb::kLogs:
            return "logs";
        case Verb::kTopPods:
            return "top pod";
        case Verb::kTopNodes:
            return "top node";
        case Verb::kEvents:
            return "events";
        case Verb::kVersion:
            return "version";
        case Verb::kApiResources:
            return "api-resources";
        case Verb::kApiVersions:
            return "api-versions";
        case Verb::kExplain:
            return "explain";
        case Verb::kRolloutHistory:
            return "rollout history";
        case Verb::kRolloutStatus:
            return "rollout status";
        case Verb::kAuthCanI:
            return "auth can-i";
        case Verb::kAuthWhoAmI:
            return "auth whoami";
        case Verb::kClusterInfo:
            return "cluster-info";
        case Verb::kWait:
            return "wait";
    }
    return "get";
}

}  // namespace signalbox::kubectl
