// Every command of the program, one function each; the groups are in files of their own.
//
// Threads: one at a time.  Suspends: the actions.  Errors: of the actions.
#pragma once

#include "cli/command.hpp"

#include <memory>

namespace signalbox::cli {

/// The whole program; global options go to `settings`.
[[nodiscard]] CommandSpec make_program(const std::shared_ptr<Settings>& settings);

// run_command.cpp
[[nodiscard]] CommandSpec run_command();
[[nodiscard]] CommandSpec submit_command();
[[nodiscard]] CommandSpec follow_command();
// check_command.cpp
[[nodiscard]] CommandSpec check_command();
// job_commands.cpp
[[nodiscard]] CommandSpec jobs_command();
[[nodiscard]] CommandSpec job_command();
[[nodiscard]] CommandSpec cancel_command();
[[nodiscard]] CommandSpec retry_command();
[[nodiscard]] CommandSpec explain_command();
// log_command.cpp
[[nodiscard]] CommandSpec logs_command();
// result_commands.cpp
[[nodiscard]] CommandSpec results_command();
// tenant_commands.cpp
[[nodiscard]] CommandSpec tenant_command();
// key_commands.cpp
[[nodiscard]] CommandSpec key_command();
// admin_commands.cpp
[[nodiscard]] CommandSpec admin_command();
// context_commands.cpp
[[nodiscard]] CommandSpec login_command();
[[nodiscard]] CommandSpec context_command();
// doctor_command.cpp
[[nodiscard]] CommandSpec doctor_command();
// other_commands.cpp
[[nodiscard]] CommandSpec simulators_command();
[[nodiscard]] CommandSpec usage_command();
[[nodiscard]] CommandSpec version_command();
[[nodiscard]] CommandSpec completion_command();
[[nodiscard]] CommandSpec help_command();

}  // namespace signalbox::cli
