// A Landlock ruleset for one run: what SUMO may read, run and write, enforced by the kernel.
//
// Everything is denied but what is listed: reading and running of SUMO and the system's libraries,
// reading and writing below the run's directory, where nothing but plain files can be made. TCP is
// denied from ABI 4 on, signals and abstract sockets of other processes from ABI 6 on. The system
// calls are made by number: the headers of the build machine may be older than the kernel of the
// run.
//
// Threads: any (the ruleset is a descriptor).  Suspends: never.
// Errors: kNotImplemented when the kernel has no Landlock, else what the operating system says.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <filesystem>
#include <vector>

namespace signalbox::worker {

struct LandlockPlan {
    std::vector<std::filesystem::path>
        readable;  ///< files or directories; missing ones are skipped
    std::vector<std::filesystem::path> runnable;  ///< files that may be executed (and read)
    std::vector<std::filesystem::path> devices;   ///< files that may be read and written
    std::filesystem::path writable;               ///< the run's directory
};

struct LandlockRuleset {
    UniqueFd fd;
    int abi = 0;
};

/// 0 when there is none.
[[nodiscard]] int landlock_abi();

[[nodiscard]] Result<LandlockRuleset> make_landlock_ruleset(const LandlockPlan& plan);

/// For the child between fork and exec: one system call; 0 or an errno. Needs no_new_privs.
[[nodiscard]] int enforce_landlock(int ruleset) noexcept;

}  // namespace signalbox::worker
