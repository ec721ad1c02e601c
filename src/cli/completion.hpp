// Scripts that complete commands and options in a shell, made from the command tree.
//
// They are static: nothing is asked while somebody types.
//
// Threads: any.  Suspends: never.  Errors: usage for an unknown shell.
#pragma once

#include "base/error.hpp"
#include "cli/command.hpp"

#include <string>
#include <string_view>

namespace signalbox::cli {

/// For `bash`, `zsh` or `fish`.
[[nodiscard]] Result<std::string> completion_script(
    const CommandSpec& program, std::string_view shell
);

}  // namespace signalbox::cli
