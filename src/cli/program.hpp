// The program from its arguments to its exit code.
//
// Threads: run_program makes its own loop and pool; run_command_line on the caller's.
// Suspends: run_command_line.  Errors: none left: they are said and become the exit code.
#pragma once

#include "async/task.hpp"
#include "cli/session.hpp"

#include <string>
#include <vector>

namespace signalbox::cli {

/// `args` without the program's name. What the surroundings name must outlive the call.
Task<int> run_command_line(std::vector<std::string> args, Surroundings surroundings);

/// The real thing: standard streams, environment, system clock.
[[nodiscard]] int run_program(std::vector<std::string> args, ContextStore& contexts);

/// The process's environment.
[[nodiscard]] Variables real_variables();

}  // namespace signalbox::cli
