#include "scenario/options/option_policy.hpp"

#include "base/text.hpp"
#include "scenario/options/option_table.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace signalbox::scenario {

namespace {

using model::Finding;
using model::Severity;

struct Refusal {
    std::string_view option;  ///< long name; a `*` at its end stands for anything
    std::string_view reason;
};

/// Neither on the command line nor in a configuration.
constexpr std::array<Refusal, 7> kNever{{
    {.option = "remote-port", .reason = "it opens a socket"},
    {.option = "num-clients", .reason = "it waits for clients on a socket"},
    {.option = "save-configuration", .reason = "it writes a configuration instead of simulating"},
    {.option = "save-template", .reason = "it writes a template instead of simulating"},
    {.option = "save-schema", .reason = "it writes a schema instead of simulating"},
    {.option = "help", .reason = "it does not simulate"},
    {.option = "version", .reason = "it does not simulate"},
}};

/// On the command line, besides.
constexpr std::array<Refusal, 6> kNotInArgs{{
    {.option = "configuration-file", .reason = "the configuration is chosen by config_file"},
    {.option = "save-*", .reason = "states are saved by the configuration only"},
    {.option = "log", .reason = "the log is kept by the run itself"},
    {.option = "message-log", .reason = "the log is kept by the run itself"},
    {.option = "error-log", .reason = "the log is kept by the run itself"},
    {.option = "pedestrian.remote.address", .reason = "it opens a socket"},
}};

template <std::size_t Count>
std::optional<std::string_view> refused(
    const std::array<Refusal, Count>& refusals, std::string_view name
) {
    for (const Refusal& refusal : refusals) {
        const bool prefix = refusal.option.ends_with('*');
        if (prefix ? name.starts_with(refusal.option.substr(0, refusal.option.size() - 1))
                   : name == refusal.option) {
            return refusal.reason;
        }
    }
    return std::nullopt;
}

bool is_false_word(std::string_view value) {
    constexpr std::array<std::string_view, 6> kWords{"0", "no", "false", "off", "-", "f"};
    return std::ranges::find(kWords, to_lower(value)) != kWords.end();
}

bool is_bool_word(std::string_view value) {
    constexpr std::array<std::string_view, 7> kTrue{"1", "yes", "true", "on", "x", "t", ""};
    return is_false_word(value) || std::ranges::find(kTrue, to_lower(value)) != kTrue.end();
}

/// SUMO's numbers may have a sign before them.
std::string_view without_plus(std::string_view number) {
    return number.substr(number.starts_with('+') ? 1 : 0);
}

/// The simulator's own name for an option may be one of the others: they change between versions.
bool knows(const Simulator& simulator, const KnownOption& option) {
    return simulator.has(option.name) ||
           std::ranges::any_of(option.synonyms, [&simulator](std::string_view name) {
               return simulator.has(name);
           });
}

/// What is wrong with a value of this kind; nothing when it may pass.
std::optional<std::string> value_problem(OptionKind kind, std::string_view value) {
    const auto wants = [value](std::string_view what) {
        return "'" + std::string(value) + "' is no " + std::string(what);
    };
    value = trim(value);
    if (kind == OptionKind::kBool && !is_bool_word(value)) {
        return wants("true or false");
    }
    if (kind == OptionKind::kInteger && !parse_number<std::int32_t>(without_plus(value))) {
        return wants("whole number of 32 bits");
    }
    if (kind == OptionKind::kNumber && !parse_number<double>(without_plus(value))) {
        return wants("number");
    }
    if (kind == OptionKind::kTime && !parse_time(value)) {
        return wants("time in seconds or as H:MM:SS");
    }
    return std::nullopt;
}

std::optional<std::string> place_problem(const FileReference& file) {
    const std::string name = "'" + to_valid_utf8(file.written) + "'";
    switch (file.place) {
        case FilePlace::kSocket:
            return name + " is a socket";
        case FilePlace::kOutside:
            return name + " is outside the run's directory";
        case FilePlace::kUnresolved:
            return name + " depends on the environment";
        case FilePlace::kInside:
        case FilePlace::kNowhere:
            break;
    }
    return std::nullopt;
}

/// Files that an argument names, seen from the run's directory.
std::optional<std::string> path_problem(const KnownOption& option, std::string_view value) {
    const bool list =
        option.kind == OptionKind::kInput || option.kind == OptionKind::kOptionalInput;
    const bool affix = option.name == "output-prefix" || option.name == "output-suffix";
    const bool file = list || affix || option.kind == OptionKind::kOutput ||
                      option.kind == OptionKind::kDirectory;
    if (!file || value.empty()) {
        return std::nullopt;
    }
    for (const std::string_view one :
         list ? split(value, ',') : std::vector<std::string_view>{value}) {
        if (auto problem = place_problem(resolve_path({}, trim(one)))) {
            return problem;
        }
    }
    return std::nullopt;
}

std::string dashed(std::string_view name) {
    return "--" + to_valid_utf8(name);
}

Failure unknown_option(std::string_view name) {
    const std::string near = nearest_option(name);
    return fail(Error(
                    Code::kInvalid,
                    "UNKNOWN_OPTION",
                    "args: SUMO has no option '" + dashed(name) + "'" +
                        (near.empty() ? std::string() : "; did you mean '--" + near + "'?")
    )
                    .with("option", to_valid_utf8(name))
                    .with("nearest", near));
}

Failure refused_option(std::string_view name, std::string_view reason) {
    return fail(Error(
                    Code::kInvalid,
                    "OPTION_NOT_ALLOWED",
                    "args: '" + dashed(name) + "' is not allowed: " + std::string(reason)
    )
                    .with("option", std::string(name)));
}

/// One option of the list, with its value if that stands in the next element.
struct Argument {
    std::string_view name;
    std::optional<std::string_view> value;
};

Result<Argument> take_argument(std::span<const std::string> args, std::size_t& at) {
    const std::string_view word = args[at++];
    if (word.size() > kMaxArgBytes || has_control_characters(word) || !is_valid_utf8(word)) {
        return fail(
            Code::kInvalid,
            "BAD_VALUE",
            "args: element " + std::to_string(at) + " is longer than " +
                std::to_string(kMaxArgBytes) + " bytes or holds control characters"
        );
    }
    if (!word.starts_with("--") || word.size() < 3) {
        return fail(
            Code::kInvalid,
            "BAD_VALUE",
            "args: '" + std::string(word) + "' is no option; options are written --long-name"
        );
    }
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) {
        return Argument{.name = word.substr(2, equals - 2), .value = word.substr(equals + 1)};
    }
    Argument argument{.name = word.substr(2), .value = std::nullopt};
    const KnownOption* known = find_option(argument.name);
    const bool flag = known != nullptr && known->kind == OptionKind::kBool;
    if (at < args.size() && !args[at].starts_with("--") && (!flag || is_bool_word(args[at]))) {
        argument.value = args[at++];
    }
    return argument;
}

Result<void> check_argument(
    const Argument& argument, const KnownOption& known, const Simulator* simulator
) {
    for (const auto& reason : {refused(kNever, known.name), refused(kNotInArgs, known.name)}) {
        if (reason) {
            return refused_option(known.name, *reason);
        }
    }
    if (simulator != nullptr && !knows(*simulator, known)) {
        return refused_option(known.name, "SUMO " + simulator->version + " does not know it");
    }
    if (!argument.value && known.kind != OptionKind::kBool) {
        return fail(
            Code::kInvalid, "BAD_VALUE", "args: '" + dashed(known.name) + "' needs a value"
        );
    }
    const std::string_view value = argument.value.value_or("true");
    if (value.size() > kMaxArgBytes || has_control_characters(value) || !is_valid_utf8(value)) {
        return fail(
            Code::kInvalid,
            "BAD_VALUE",
            "args: the value of '" + dashed(known.name) + "' is longer than " +
                std::to_string(kMaxArgBytes) + " bytes or holds control characters"
        );
    }
    if (const auto problem = value_problem(known.kind, value)) {
        return fail(Code::kInvalid, "BAD_VALUE", "args: '" + dashed(known.name) + "': " + *problem);
    }
    if (const auto problem = path_problem(known, value)) {
        return refused_option(known.name, *problem);
    }
    return {};
}

Finding finding(
    const Configuration& configuration,
    const OptionSetting& setting,
    Severity severity,
    std::string code,
    std::string message
) {
    return {
        .file = configuration.file,
        .line = setting.line,
        .severity = severity,
        .code = std::move(code),
        .message = std::move(message),
        .hint = {}
    };
}

std::string quoted(const OptionSetting& setting) {
    return "'" + to_valid_utf8(setting.written) + "'";
}

/// An option that no version known here has, or that the chosen one lacks.
Finding unknown_setting(
    const Configuration& configuration, const OptionSetting& setting, const Simulator* simulator
) {
    const std::string who =
        simulator != nullptr ? "SUMO " + simulator->version : std::string("SUMO");
    Finding found = finding(
        configuration,
        setting,
        simulator != nullptr ? Severity::kError : Severity::kWarning,
        "UNKNOWN_OPTION",
        who + " has no option " + quoted(setting)
    );
    const std::string near = nearest_option(setting.written);
    if (!near.empty() && near != setting.name) {
        found.hint = "did you mean '" + near + "'?";
    }
    return found;
}

/// A socket that is switched off (`remote-port` 0) harms nobody.
bool is_off(const OptionSetting& setting) {
    const std::string_view value = trim(setting.value);
    return (setting.name == "remote-port" && value == "0") || setting.name == "num-clients" ||
           (find_option(setting.name)->kind == OptionKind::kBool && is_false_word(value));
}

std::optional<Finding> check_setting(
    const Configuration& configuration, const OptionSetting& setting, const Simulator* simulator
) {
    const KnownOption* known = find_option(setting.name);
    const bool lacking = simulator != nullptr && !simulator->has(setting.name) &&
                         (known == nullptr || !knows(*simulator, *known));
    if (known == nullptr || lacking) {
        const bool newer = known == nullptr && simulator != nullptr && !lacking;
        return newer ? std::nullopt
                     : std::optional(unknown_setting(configuration, setting, simulator));
    }
    if (const auto reason = refused(kNever, known->name); reason && !is_off(setting)) {
        return finding(
            configuration,
            setting,
            Severity::kError,
            "OPTION_NOT_ALLOWED",
            "the option " + quoted(setting) + " is not allowed: " + std::string(*reason)
        );
    }
    if (known->name == "configuration-file") {
        return finding(
            configuration,
            setting,
            Severity::kWarning,
            "OPTION_IGNORED",
            "SUMO ignores the configuration that a configuration names"
        );
    }
    if (const auto problem = value_problem(known->kind, setting.value)) {
        // SUMO reads hexadecimal numbers too; nobody writes times so, and here they are not read.
        const bool fatal = (known->name == "begin" || known->name == "end") &&
                           !to_lower(setting.value).contains("0x");
        return finding(
            configuration,
            setting,
            fatal ? Severity::kError : Severity::kWarning,
            "BAD_VALUE",
            "the option " + quoted(setting) + ": " + *problem
        );
    }
    return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> check_args(
    std::span<const std::string> args, const Simulator* simulator
) {
    if (args.size() > kMaxArgs) {
        return fail(
            Code::kInvalid,
            "BAD_VALUE",
            "args: " + std::to_string(args.size()) + " elements (max: " + std::to_string(kMaxArgs) +
                ")"
        );
    }
    std::vector<std::pair<std::string_view, std::string>> checked;
    for (std::size_t at = 0; at < args.size();) {
        SB_TRY(const Argument argument, take_argument(args, at));
        const KnownOption* known = find_option(argument.name);
        if (known == nullptr) {
            if (const auto reason = refused(kNotInArgs, argument.name)) {
                return refused_option(argument.name, *reason);
            }
            return unknown_option(argument.name);
        }
        SB_OK(check_argument(argument, *known, simulator));
        std::erase_if(checked, [known](const auto& pair) { return pair.first == known->name; });
        checked.emplace_back(known->name, argument.value.value_or("true"));
    }
    std::vector<std::string> normal;
    for (const auto& [name, value] : checked) {
        normal.push_back("--" + std::string(name) + "=" + value);
    }
    return normal;
}

std::vector<Finding> check_options(const Configuration& configuration, const Simulator* simulator) {
    std::vector<Finding> findings;
    std::map<std::string_view, const OptionSetting*> first;
    for (const OptionSetting& setting : configuration.settings) {
        if (setting.line == 0) {
            continue;  // an argument: checked by check_args
        }
        if (auto found = check_setting(configuration, setting, simulator)) {
            findings.push_back(*std::move(found));
        }
        const auto [before, is_new] = first.emplace(setting.name, &setting);
        if (!is_new) {
            findings.push_back(finding(
                configuration,
                setting,
                Severity::kError,
                "DUPLICATE_OPTION",
                "the option " + quoted(setting) + " is set twice, first in line " +
                    std::to_string(before->second->line) + "; SUMO refuses that"
            ));
        }
    }
    return findings;
}

}  // namespace signalbox::scenario
