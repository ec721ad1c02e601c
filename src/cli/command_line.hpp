// Reads the command line against a tree of commands.
//
// Global options may stand anywhere. Every command knows --help, with its examples.
//
// Threads: one at a time.  Suspends: never.
// Errors: usage (exit code 2) with the nearest known command or option; `help_of` of an unknown
// command alike.
#pragma once

#include "base/error.hpp"
#include "cli/command.hpp"

#include <string>
#include <vector>

namespace signalbox::cli {

struct ParsedCommand {
    CommandSpec::Action action;  ///< empty: `text` is to be shown
    std::string text;
};

/// `args` without the program's name. The targets of the options get their values.
[[nodiscard]] Result<ParsedCommand> parse_command_line(
    const CommandSpec& program, std::vector<std::string> args
);

/// The help of the command at this path: `{"tenant", "create"}`; of the program for an empty one.
[[nodiscard]] Result<std::string> help_of(
    const CommandSpec& program, const std::vector<std::string>& path
);

}  // namespace signalbox::cli
