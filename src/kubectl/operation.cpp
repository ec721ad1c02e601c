#include "kubectl/operation.hpp"

#include "base/text.hpp"
#include "kubectl/flag_values.hpp"
#include "kubectl/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signalbox::kubectl {

namespace {

// Flags that became fields of their own, or have no effect.
constexpr std::array<std::string_view, 4> kTakenOut{
    "namespace", "all-namespaces", "output", "request-timeout"
};

Failure malformed(std::string message, std::string hint = {}) {
    return refuse(Rule::kMalformed, std::move(message), std::move(hint));
}

// Those that have pods.
bool has_logs(const Kind& kind) {
    constexpr std::array<std::string_view, 9> kTypes{
        "pods",
        "services",
        "replicationcontrollers",
        "deployments.v1.apps",
        "replicasets.v1.apps",
        "statefulsets.v1.apps",
        "daemonsets.v1.apps",
        "jobs.v1.batch",
        "cronjobs.v1.batch"
    };
    return std::ranges::find(kTypes, kind.full_name()) != kTypes.end();
}

class OperationReader {
public:
    OperationReader(Argv argv, const Catalog& catalog) : argv_(std::move(argv)), catalog_(catalog) {
        operation_.verb = argv_.verb;
    }

    Result<Operation> read() {
        SB_OK(read_common_flags());
        SB_OK(read_words());
        SB_OK(check_combinations());
        for (SetFlag& set : argv_.flags) {
            if (std::ranges::find(kTakenOut, set.flag->name) == kTakenOut.end()) {
                operation_.flags.push_back(std::move(set));
            }
        }
        std::ranges::sort(operation_.flags, {}, [](const SetFlag& set) { return set.flag->name; });
        return std::move(operation_);
    }

private:
    Result<void> read_common_flags() {
        if (const auto* const name = argv_.find("namespace"); name != nullptr) {
            SB_OK(check_namespace(*name));
            operation_.name_space = *name;
        }
        operation_.all_namespaces = argv_.is_true("all-namespaces");
        if (const auto* const output = argv_.find("output"); output != nullptr) {
            SB_TRY(operation_.output, parse_output(argv_.verb, *output));
        }
        // An empty selector selects what none would.
        std::erase_if(argv_.flags, [](const SetFlag& set) {
            return set.flag->name.ends_with("selector") && trim(set.value).empty();
        });
        for (const SetFlag& set : argv_.flags) {
            SB_OK(check_value(argv_.verb, set.flag->name, set.value));
        }
        return {};
    }

    Result<void> read_words() {
        switch (argv_.verb) {
            case Verb::kGet:
            case Verb::kDescribe:
                return read_resources();
            case Verb::kLogs:
                return read_logs();
            case Verb::kTopPods:
                return read_top("pods");
            case Verb::kTopNodes:
                return read_top("nodes");
            case Verb::kEvents:
                return read_events();
            case Verb::kExplain:
                return read_explain();
            case Verb::kRolloutHistory:
            case Verb::kRolloutStatus:
                return read_rollout();
            case Verb::kAuthCanI:
                return read_can_i();
            case Verb::kWait:
                return read_wait();
            case Verb::kVersion:
            case Verb::kApiResources:
            case Verb::kApiVersions:
            case Verb::kAuthWhoAmI:
            case Verb::kClusterInfo:
                return no_words(0);
        }
        return {};
    }

    Result<void> no_words(std::size_t beyond) const {
        if (argv_.words.size() > beyond) {
            return malformed(fmt::format(
                "\"kubectl {}\" takes no \"{}\"", to_words(argv_.verb), argv_.words[beyond]
            ));
        }
        return {};
    }

    Result<void> read_resources() {
        SB_TRY(operation_.targets, read_targets(argv_.words, catalog_));
        return {};
    }

    // POD | TYPE/NAME, then a container; or a selector.
    Result<void> read_logs() {
        SB_OK(no_words(2));
        const bool selects = argv_.find("selector") != nullptr;
        if (argv_.words.empty() && !selects) {
            return malformed(
                "the name of a pod is missing", "logs POD, logs TYPE/NAME or logs -l SELECTOR"
            );
        }
        if (const auto* const name = argv_.find("container"); name != nullptr) {
            SB_OK(check_name(*name));
        }
        if (argv_.words.empty()) {
            return {};
        }
        const std::string& first = argv_.words.front();
        SB_TRY(
            Target target,
            read_type_and_name(first.contains('/') ? first : "pods/" + first, catalog_)
        );
        if (!has_logs(*target.kind)) {
            return malformed(fmt::format("{} have no logs", target.kind->resource));
        }
        operation_.targets.push_back(std::move(target));
        return argv_.words.size() == 2 ? take_container(argv_.words[1]) : Result<void>();
    }

    // The old form `logs POD CONTAINER` is `-c CONTAINER`.
    Result<void> take_container(const std::string& name) {
        SB_OK(check_name(name));
        if (argv_.find("container") != nullptr) {
            return refuse(
                Rule::kConflictingFlags, "the container is named twice", "logs POD -c CONTAINER"
            );
        }
        argv_.flags.push_back({.flag = find_flag(Verb::kLogs, "container"), .value = name});
        return {};
    }

    Result<void> read_top(std::string_view type) {
        SB_OK(no_words(1));
        SB_TRY(const Kind* const kind, resolve(type, catalog_));
        operation_.targets.push_back({.kind = kind, .name = {}});
        if (!argv_.words.empty()) {
            SB_OK(check_name(argv_.words.front()));
            operation_.targets.front().name = argv_.words.front();
        }
        return {};
    }

    Result<void> read_events() {
        SB_OK(no_words(0));
        if (auto* const about = find_value("for"); about != nullptr) {
            SB_TRY(const Target target, read_type_and_name(*about, catalog_));
            *about = target.kind->full_name() + "/" + target.name;
        }
        return {};
    }

    // TYPE or TYPE.FIELD.FIELD: the longest beginning that is a type.
    Result<void> read_explain() {
        if (argv_.words.size() != 1) {
            return malformed("explain takes one resource type", "explain pods.spec.containers");
        }
        const std::string& text = argv_.words.front();
        SB_OK(check_name(text));
        for (std::size_t end = text.size(); end != std::string::npos && end != 0;
             end = text.rfind('.', end - 1)) {
            if (const Kind* const kind = catalog_.find(text.substr(0, end))) {
                operation_.operands.push_back(text.substr(end));
                return explain_kind(*kind);
            }
        }
        return Failure(resolve(text.substr(0, text.find('.')), catalog_).error());
    }

    // kubectl looks for the group in --api-version only.
    Result<void> explain_kind(const Kind& found) {
        const Kind* kind = &found;
        if (const auto* const asked = argv_.find("api-version"); asked != nullptr) {
            const std::size_t slash = asked->find('/');
            const bool core = slash == std::string::npos;
            const std::string version = core ? *asked : asked->substr(slash + 1);
            const std::string group = core ? "" : asked->substr(0, slash);
            SB_TRY(kind, resolve(found.resource + "." + version + "." + group, catalog_));
            if (kind->group != group || kind->version != version) {
                return malformed(fmt::format("{} is not of {}", found.resource, *asked));
            }
        } else if (!found.group.empty()) {
            argv_.flags.push_back(
                {.flag = find_flag(Verb::kExplain, "api-version"),
                 .value = found.group + "/" + found.version}
            );
        }
        operation_.targets.push_back({.kind = kind, .name = {}});
        return {};
    }

    Result<void> read_rollout() {
        constexpr std::array<std::string_view, 3> kTypes{
            "deployments", "daemonsets", "statefulsets"
        };
        SB_OK(read_resources());
        for (const Target& target : operation_.targets) {
            if (target.kind->group != "apps" ||
                std::ranges::find(kTypes, target.kind->resource) == kTypes.end()) {
                return malformed(
                    fmt::format("{} have no rollouts", target.kind->resource),
                    "deployments, daemonsets or statefulsets"
                );
            }
        }
        return {};
    }

    // What is asked goes to the API server as text; the kind, if it is one, is for the policy.
    Result<void> read_can_i() {
        const bool lists = argv_.is_true("list");
        if (argv_.words.size() != (lists ? 0U : 2U)) {
            return malformed("can-i takes a verb and a resource, or --list", "auth can-i get pods");
        }
        constexpr std::string_view kSigns = "-._:/*";
        for (const std::string& word : argv_.words) {
            if (word.empty() || word.starts_with('-') || !std::ranges::all_of(word, [&](char c) {
                    return is_object_name({&c, 1}) || kSigns.contains(c);
                })) {
                return malformed(fmt::format("\"{}\" is no verb and no resource", word));
            }
        }
        operation_.operands = argv_.words;
        if (!lists) {
            const std::string& what = argv_.words[1];
            if (const Kind* const kind = catalog_.find(what.substr(0, what.find('/')))) {
                operation_.targets.push_back({.kind = kind, .name = {}});
            }
        }
        return {};
    }

    Result<void> read_wait() {
        SB_OK(read_resources());
        if (operation_.targets.front().name.empty() && argv_.find("selector") == nullptr &&
            argv_.find("field-selector") == nullptr && !argv_.is_true("all")) {
            return malformed("wait needs names, a selector or --all", "wait pod/NAME --for=…");
        }
        const auto* const what = argv_.find("for");
        constexpr std::array<std::string_view, 4> kWhat{
            "delete", "create", "condition=", "jsonpath="
        };
        if (what == nullptr || std::ranges::none_of(kWhat, [&](std::string_view one) {
                return one.ends_with('=') ? what->starts_with(one) && what->size() > one.size()
                                          : equals_ignoring_case(*what, one);
            })) {
            return malformed(
                "wait needs --for",
                "--for=condition=Ready, --for=delete, --for=create or --for=jsonpath='{…}'=VALUE"
            );
        }
        return {};
    }

    // kubectl's own rules of what excludes what.
    Result<void> check_combinations() {
        const bool named = std::ranges::any_of(operation_.targets, [](const Target& target) {
            return !target.name.empty();
        });
        const bool selects = argv_.find("selector") != nullptr ||
                             argv_.find("field-selector") != nullptr || argv_.is_true("all");
        if (named && selects) {
            return refuse(
                Rule::kConflictingFlags,
                "names and selectors exclude each other",
                "a name, or a selector"
            );
        }
        const bool in_one = std::ranges::any_of(operation_.targets, [](const Target& target) {
            return !target.name.empty() && target.kind->namespaced;
        });
        if (in_one && operation_.all_namespaces) {
            return refuse(
                Rule::kConflictingFlags,
                "a name stands in one namespace, not in all",
                "-n NAMESPACE with the name, or -A without"
            );
        }
        return check_exclusive_flags();
    }

    Result<void> check_exclusive_flags() const {
        constexpr std::array kPairs = std::to_array<std::pair<std::string_view, std::string_view>>({
            {"previous", "follow"},
            {"since", "since-time"},
            {"container", "all-containers"},
        });
        const auto is_on = [this](std::string_view flag) {
            const std::string* const value = argv_.find(flag);
            return value != nullptr && *value != "false";
        };
        for (const auto& [one, other] : kPairs) {
            if (is_on(one) && is_on(other)) {
                return refuse(
                    Rule::kConflictingFlags,
                    fmt::format("--{} and --{} exclude each other", one, other),
                    "one of them"
                );
            }
        }
        return {};
    }

    std::string* find_value(std::string_view flag) {
        const auto found =
            std::ranges::find(argv_.flags, flag, [](const SetFlag& set) { return set.flag->name; });
        return found == argv_.flags.end() ? nullptr : &found->value;
    }

    Argv argv_;
    const Catalog& catalog_;
    Operation operation_;
};

bool have_one_kind(const std::vector<Target>& targets) {
    return std::ranges::all_of(targets, [&](const Target& target) {
        return target.kind == targets.front().kind;
    });
}

// `TYPE,TYPE`, `TYPE NAME NAME`, or `TYPE/NAME TYPE/NAME` where kinds differ.
void append_resources(std::vector<std::string>& words, const std::vector<Target>& targets) {
    if (targets.empty()) {
        return;
    }
    if (targets.front().name.empty()) {
        std::vector<std::string> types;
        for (const Target& target : targets) {
            types.push_back(target.kind->full_name());
        }
        words.push_back(join(types, ","));
        return;
    }
    const bool one_kind = have_one_kind(targets);
    if (one_kind) {
        words.push_back(targets.front().kind->full_name());
    }
    for (const Target& target : targets) {
        words.push_back(one_kind ? target.name : target.kind->full_name() + "/" + target.name);
    }
}

void append_targets(std::vector<std::string>& words, const Operation& operation) {
    switch (operation.verb) {
        case Verb::kTopPods:
        case Verb::kTopNodes:
            if (!operation.targets.front().name.empty()) {
                words.push_back(operation.targets.front().name);
            }
            break;
        case Verb::kLogs:
            for (const Target& target : operation.targets) {
                words.push_back(target.kind->full_name() + "/" + target.name);
            }
            break;
        case Verb::kExplain:
            words.push_back(operation.targets.front().kind->resource + operation.operands.front());
            break;
        case Verb::kAuthCanI:
            words.insert(words.end(), operation.operands.begin(), operation.operands.end());
            break;
        default:
            append_resources(words, operation.targets);
    }
}

}  // namespace

const std::string* Operation::find(std::string_view flag) const {
    const auto found =
        std::ranges::find(flags, flag, [](const SetFlag& set) { return set.flag->name; });
    return found == flags.end() ? nullptr : &found->value;
}

bool Operation::is_namespaced() const {
    switch (verb) {
        case Verb::kLogs:
        case Verb::kTopPods:
        case Verb::kEvents:
        case Verb::kAuthCanI:
            return true;
        case Verb::kGet:
        case Verb::kDescribe:
        case Verb::kWait:
        case Verb::kRolloutHistory:
        case Verb::kRolloutStatus:
            return std::ranges::any_of(targets, [](const Target& target) {
                return target.kind->namespaced;
            });
        default:
            return false;
    }
}

Result<Operation> to_operation(Argv argv, const Catalog& catalog) {
    return OperationReader(std::move(argv), catalog).read();
}

std::vector<std::string> canonical_argv(const Operation& operation) {
    std::vector<std::string> words;
    for (const std::string_view word : split(to_words(operation.verb), ' ')) {
        words.emplace_back(word);
    }
    append_targets(words, operation);
    if (operation.all_namespaces) {
        words.emplace_back("--all-namespaces=true");
    } else if (!operation.name_space.empty() && operation.is_namespaced()) {
        words.push_back("--namespace=" + operation.name_space);
    }
    if (const std::string form = to_text(operation.output); !form.empty()) {
        words.push_back("--output=" + form);
    }
    for (const SetFlag& set : operation.flags) {
        words.push_back(fmt::format("--{}={}", set.flag->name, set.value));
    }
    return words;
}

}  // namespace signalbox::kubectl
