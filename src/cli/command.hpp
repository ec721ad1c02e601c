// A command as data: its options, its sub-commands, what it does.
//
// Command groups describe themselves in this form beside what they do; command_line.cpp hands the
// tree to the parser, completion.cpp makes shell scripts of it. An option writes to a place that
// the command's action keeps alive.
//
// Threads: one at a time.  Suspends: actions.  Errors: of actions.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "cli/settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace signalbox::cli {

class Session;

using OptionTarget = std::variant<
    bool*,
    std::string*,
    std::vector<std::string>*,
    std::optional<std::int64_t>*,
    std::optional<double>*,
    std::optional<std::chrono::seconds>*,
    Format*>;

struct OptionSpec {
    std::string names;  ///< `-f,--follow`, or `ID` for a positional one
    OptionTarget target;
    std::string help;
    std::string value = {};  ///< what stands for the value in help: `N`, `FILE`
    bool required = false;
    std::vector<std::string> choices = {};
};

/// The last of its names, which is the long one.
[[nodiscard]] inline std::string long_name(const OptionSpec& option) {
    return option.names.substr(option.names.rfind(',') + 1);
}

struct CommandSpec {
    using Action = std::function<Task<Result<int>>(Session&)>;

    std::string name;
    std::string summary;
    std::vector<std::string> examples = {};
    std::vector<OptionSpec> options = {};
    std::vector<CommandSpec> commands = {};
    Action action = {};  ///< empty: a sub-command is required; gives the exit code
};

}  // namespace signalbox::cli
