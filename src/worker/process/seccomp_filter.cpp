#include "worker/process/seccomp_filter.hpp"

#include <asm/ioctls.h>
#include <asm/sockios.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

namespace signalbox::worker {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif

// By number where the build machine's headers may be older than the kernel of the run; these
// numbers are the same on all architectures.
constexpr std::array<std::uint32_t, 20> kNewCalls{
    425,  // io_uring_setup
    426,  // io_uring_enter
    427,  // io_uring_register
    428,  // open_tree
    429,  // move_mount
    430,  // fsopen
    431,  // fsconfig
    432,  // fsmount
    433,  // fspick
    434,  // pidfd_open
    438,  // pidfd_getfd
    440,  // process_madvise
    442,  // mount_setattr
    443,  // quotactl_fd
    447,  // memfd_secret
    448,  // process_mrelease
    452,  // fchmodat2
    463,  // setxattrat
    466,  // removexattrat
    467,  // open_tree_attr
};

constexpr std::array kRefused{
    // network
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_sendto,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_recvmmsg,
    // other processes
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_kill,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_pidfd_send_signal,
    SYS_setns,
    SYS_unshare,
    SYS_setpgid,
    SYS_setsid,
    SYS_execveat,
    SYS_sched_setaffinity,
    SYS_sched_setscheduler,
    SYS_sched_setparam,
    SYS_sched_setattr,
    SYS_setpriority,
    SYS_ioprio_set,
    SYS_migrate_pages,
    SYS_move_pages,
    // memory that is not the process's own: no limit counts it, and some of it stays behind
    SYS_memfd_create,
    SYS_shmget,
    SYS_shmat,
    SYS_shmctl,
    SYS_shmdt,
    SYS_semget,
    SYS_semop,
    SYS_semtimedop,
    SYS_semctl,
    SYS_msgget,
    SYS_msgsnd,
    SYS_msgrcv,
    SYS_msgctl,
    SYS_mq_open,
    SYS_mq_unlink,
    // the machine
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_acct,
    SYS_quotactl,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_syslog,
    SYS_perf_event_open,
    SYS_bpf,
    SYS_userfaultfd,
    SYS_fanotify_init,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_personality,
    SYS_vhangup,
    // what files are called and whose they are; SUMO makes no folders, and Landlock knows no rights
    // for modes, owners, times and attributes
    SYS_mknodat,
    SYS_symlinkat,
    SYS_linkat,
    SYS_mkdirat,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_utimensat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_mknod,
    SYS_symlink,
    SYS_link,
    SYS_mkdir,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_uselib,
    SYS_kexec_file_load,
#endif
};

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kNoSuchCall = SECCOMP_RET_ERRNO | ENOSYS;

constexpr std::uint32_t kNumberAt = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArchitectureAt = offsetof(seccomp_data, arch);

// The low half of an argument (little-endian), which is all the kernel looks at in these calls.
constexpr std::uint32_t argument_at(std::uint32_t index) {
    return offsetof(seccomp_data, args) + index * sizeof(std::uint64_t);
}

constexpr std::array<std::uint32_t, 1> kRefusedOptions{PR_SET_PDEATHSIG};
// They make the kernel send signals, or type into a terminal, on the caller's behalf.
constexpr std::array<std::uint32_t, 3> kRefusedFileCommands{F_SETOWN, F_SETOWN_EX, F_SETSIG};
constexpr std::array<std::uint32_t, 4> kRefusedDeviceCommands{
    FIOSETOWN, SIOCSPGRP, TIOCSTI, TIOCLINUX
};

class Assembler {
public:
    void load(std::uint32_t offset) { push(BPF_LD | BPF_W | BPF_ABS, offset); }

    void answer(std::uint32_t value) { push(BPF_RET | BPF_K, value); }

    /// Leaves with `value` when the loaded word is `k`; returns where `k` stands.
    std::size_t answer_if_equal(std::uint32_t k, std::uint32_t value) {
        push(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
        answer(value);
        return program.size() - 2;
    }

    void answer_unless_equal(std::uint32_t k, std::uint32_t value) {
        push(BPF_JMP | BPF_JEQ | BPF_K, k, 1, 0);
        answer(value);
    }

    /// Skips `count` instructions unless the loaded word is `k`.
    void skip_unless_equal(std::uint32_t k, std::uint8_t count) {
        push(BPF_JMP | BPF_JEQ | BPF_K, k, 0, count);
    }

    void answer_if_any_bit(std::uint32_t bits, std::uint32_t value) {
        push(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
        answer(value);
    }

    /// Judges `call`, whose number is loaded, by one of its arguments: these values are refused.
    void refuse_values(
        std::uint32_t call, std::uint32_t argument, std::span<const std::uint32_t> values
    ) {
        skip_unless_equal(call, static_cast<std::uint8_t>(2 * values.size() + 2));
        load(argument_at(argument));
        for (const std::uint32_t value : values) {
            answer_if_equal(value, kRefuse);
        }
        answer(kAllow);
    }

    std::vector<sock_filter> program;

private:
    void push(unsigned code, std::uint32_t k, std::uint8_t if_true = 0, std::uint8_t if_false = 0) {
        program.push_back({static_cast<std::uint16_t>(code), if_true, if_false, k});
    }
};

}  // namespace

SeccompFilter make_seccomp_filter() {
    if (kArchitecture == 0) {
        return {};
    }
    Assembler filter;
    filter.load(kArchitectureAt);
    filter.answer_unless_equal(kArchitecture, SECCOMP_RET_KILL_PROCESS);
    filter.load(kNumberAt);
#if defined(__x86_64__)
    filter.answer_if_any_bit(0x40000000U, kRefuse);  // the x32 numbers of the same calls
#endif
    for (const long number : kRefused) {
        filter.answer_if_equal(static_cast<std::uint32_t>(number), kRefuse);
    }
    for (const std::uint32_t number : kNewCalls) {
        filter.answer_if_equal(number, kRefuse);
    }
    filter.answer_if_equal(SYS_clone3, kNoSuchCall);

    filter.refuse_values(SYS_prctl, 0, kRefusedOptions);
    filter.refuse_values(SYS_fcntl, 1, kRefusedFileCommands);
    filter.refuse_values(SYS_ioctl, 1, kRefusedDeviceCommands);

    filter.skip_unless_equal(SYS_prlimit64, 4);  // its own limits are asked for with 0
    filter.load(argument_at(0));
    filter.answer_if_equal(0, kAllow);
    filter.answer(kRefuse);

    filter.skip_unless_equal(SYS_clone, 4);
    filter.load(argument_at(0));
    filter.answer_if_any_bit(CLONE_THREAD, kAllow);
    filter.answer(kRefuse);

    SeccompFilter result;
    filter.skip_unless_equal(SYS_tgkill, 4);  // abort() signals its own process
    filter.load(argument_at(0));
    result.own_pid_at = filter.answer_if_equal(0, kAllow);
    filter.answer(kRefuse);

    filter.answer(kAllow);
    result.program = std::move(filter.program);
    return result;
}

int install_seccomp_filter(
    sock_filter* program, std::size_t length, std::size_t own_pid_at
) noexcept {
    program[own_pid_at].k = static_cast<std::uint32_t>(::getpid());
    const sock_fprog filter{.len = static_cast<unsigned short>(length), .filter = program};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 ? 0 : errno;
}

}  // namespace signalbox::worker
