// What keeps SUMO in its place, prepared before the fork: Landlock, seccomp, another user.
//
// Each layer is used where this machine has it; what is missing, and why, is said once in the
// worker's log. Root's workers run SUMO as an unprivileged user if that user can reach the
// simulator and the directory around the run's, whose directories then belong to it (files of the
// input do not); else it stays root by name, without root's capabilities.
//
// Threads: any.  Suspends: never.  Errors: none; a layer that cannot be had is absent.
#pragma once

#include "base/fs.hpp"
#include "scenario/simulators.hpp"
#include "worker/process/seccomp_filter.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace signalbox::worker {

struct UserAndGroup {
    uid_t user = 65534;
    gid_t group = 65534;

    bool operator==(const UserAndGroup&) const = default;
};

struct SandboxRequest {
    std::filesystem::path run_directory;  ///< absolute
    scenario::Simulator simulator;
    UserAndGroup run_as;  ///< used when the worker is root
};

struct Sandbox {
    UniqueFd landlock;  ///< invalid: none
    SeccompFilter seccomp;
    std::optional<UserAndGroup> run_as;  ///< to change to; nothing: stay who we are

    // For the log.
    std::string landlock_state;
    std::string seccomp_state;
    std::string user_state;
};

[[nodiscard]] Sandbox make_sandbox(const SandboxRequest& request);

/// Whether a user with no rights but everybody's can get to `path` and use it with `mode` (the
/// lowest three bits: 4 read, 2 write, 1 execute or search). Names the obstacle.
[[nodiscard]] std::optional<std::filesystem::path> find_obstacle(
    const std::filesystem::path& path, unsigned mode
);

}  // namespace signalbox::worker
