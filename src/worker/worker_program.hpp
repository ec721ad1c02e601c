// The program around one attempt: signals, settings, event loop, exit code.
//
// Exit codes: 0 the server has everything or wants nothing; 1 something was left behind, the last
// log line says what; 2 the environment is not what a runner sets.
//
// Threads: the main thread.  Suspends: never.  Errors: in the exit code and the log.
#pragma once

namespace signalbox::worker {

/// Works in the current directory, which is the attempt's own.
int run_worker_program();

}  // namespace signalbox::worker
