// The seccomp filter of SUMO: system calls a traffic simulation never needs are refused.
//
// Refused with EPERM: sockets of every kind, other processes (fork, signals, ptrace, their memory,
// limits and priorities), outliving the worker, memory outside of the process (System V, message
// queues, memfd), links, folders, modes and owners of files, mounts and namespaces, io_uring (which
// would do all that behind the filter's back), keys, bpf and what only administrators do. Threads
// are allowed. clone3 is refused with ENOSYS, so that the C
// library falls back to clone, whose flags a filter can read. execve stays, for the one that starts
// SUMO; Landlock says what may be executed. A foreign architecture's calls kill the process.
//
// Threads: any (values).  Suspends: never.
// Errors: an empty filter on architectures without a table here.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace signalbox::worker {

struct SeccompFilter {
    std::vector<sock_filter> program;
    std::size_t own_pid_at = 0;  ///< the instruction whose `k` must become SUMO's process id

    [[nodiscard]] bool empty() const { return program.empty(); }
};

[[nodiscard]] SeccompFilter make_seccomp_filter();

/// For the child between fork and exec: puts its own process id into `program` and installs it; 0
/// or an errno. Needs no_new_privs.
[[nodiscard]] int install_seccomp_filter(
    sock_filter* program, std::size_t length, std::size_t own_pid_at
) noexcept;

}  // namespace signalbox::worker
