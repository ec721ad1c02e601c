// Says an error: `signalbox: <sentence>` on stderr, and below it whatever helps.
//
// Fields that failed, findings with file and line, when to try again, how to start a server, how to
// get a key. Secrets are never in an Error.
//
// Threads: any.  Suspends: never.  Errors: this is where they end.
#pragma once

#include "base/error.hpp"
#include "cli/show/terminal.hpp"

namespace signalbox::cli {

/// Returns the exit code of the error.
int report_error(const Error& error, Terminal& terminal);

}  // namespace signalbox::cli
