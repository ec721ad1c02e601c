// What kubectl knows: its commands, their flags, and which of these may be used here.
//
// Taken from `kubectl COMMAND --help` of 1.32 to 1.36, the versions together. Commands that change
// something are listed by name only: nothing behind that name is looked at. Flags are an allow-list
// for each command; those that kubectl has and nobody may use are listed with the rule they break,
// so that the answer can say more than "unknown".
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "kubectl/refusal.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signalbox::kubectl {

enum class Verb : std::uint8_t {
    kGet,
    kDescribe,
    kLogs,
    kTopPods,
    kTopNodes,
    kEvents,
    kVersion,
    kApiResources,
    kApiVersions,
    kExplain,
    kRolloutHistory,
    kRolloutStatus,
    kAuthCanI,
    kAuthWhoAmI,
    kClusterInfo,
    kWait
};

enum class FlagType : std::uint8_t {
    kBool,  ///< needs no value; takes one only after `=`
    kText,
    kNumber,
    kDuration,  ///< of Go: `1h30m`, `45s`; `0`
    kList       ///< separated by commas, may be repeated
};

struct Flag {
    std::string_view name;  ///< without dashes
    char letter = 0;        ///< 0: it has none
    FlagType type = FlagType::kText;
    std::optional<Rule> refused = std::nullopt;
};

/// A command, or a group of them (`rollout`).
struct Command {
    std::string_view name;
    std::span<const std::string_view> aliases;
    std::optional<Verb> verb;  ///< absent: a group, or refused
    std::span<const Flag> flags;
    std::span<const Command> commands;
    std::optional<Rule> refused;
};

/// `get`, `rollout`, `delete`, …
[[nodiscard]] std::span<const Command> root_commands();

/// Every command has these as well; kubectl takes them before its name, too.
[[nodiscard]] std::span<const Flag> global_flags();

[[nodiscard]] const Command* find_command(std::span<const Command> commands, std::string_view name);
[[nodiscard]] const Flag* find_flag(std::span<const Flag> flags, std::string_view name);
[[nodiscard]] const Flag* find_flag(std::span<const Flag> flags, char letter);

/// Of the command of that verb; null when it has no such flag of its own.
[[nodiscard]] const Flag* find_flag(Verb verb, std::string_view name);

/// The words that call it: `rollout status`.
[[nodiscard]] std::string_view to_words(Verb verb);

}  // namespace signalbox::kubectl
