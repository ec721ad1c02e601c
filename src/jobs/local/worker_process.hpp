// The system calls behind LocalRunner: lock, spawn, signal.
//
// Layout of an attempt's directory, shared with the worker: `lock` (held while the worker lives),
// `pid` (written by the worker), `token`, `boot` (of the machine, at the start), `worker.log`,
// `verdict.json` (when it has one), `synced` (when that outlives the machine's next start); all
// else is the worker's own.
//
// Threads: any (blocking).  Suspends: never.  Errors: kInternal, kNoSpace with the path.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::jobs {

/// Takes the lock of an attempt's directory; nothing when its worker holds it. kNotFound when there
/// is no such directory.
[[nodiscard]] Result<std::optional<UniqueFd>> try_lock(const std::filesystem::path& directory);

/// Whether a worker holds the lock, without touching it.
[[nodiscard]] Result<bool> is_locked(const std::filesystem::path& directory);

struct WorkerCommand {
    std::filesystem::path program;
    std::filesystem::path directory;
    std::vector<std::string> environment;  ///< `NAME=value`, all of it
};

/// Starts the worker in a session of its own; it inherits the lock. Returns its pidfd. After an
/// error nothing runs.
[[nodiscard]] Result<UniqueFd> spawn_worker(const WorkerCommand& command, UniqueFd lock);

/// Sends the signal to the worker that holds the directory's lock; nothing when there is none.
[[nodiscard]] Result<void> signal_worker(const std::filesystem::path& directory, int signal);

}  // namespace signalbox::jobs
