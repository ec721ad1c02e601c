#include "worker/testing/hostile_acts.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string_view>
#include <thread>

namespace signalbox::worker {

namespace {

void report(const std::string& attempt, bool worked) {
    std::cout << "try " << attempt << ": " << (worked ? "worked" : std::strerror(errno)) << "\n"
              << std::flush;
}

void try_open(const std::string& path, int flags) {
    report((flags == O_RDONLY ? "read " : "write ") + path, ::open(path.c_str(), flags, 0666) >= 0);
}

std::string proc(const char* what) {
    return "/proc/" + std::to_string(::getppid()) + "/" + what;
}

void read_outside() {
    for (const char* const path :
         {"/etc/passwd",
          "/etc/hostname",
          "../token",
          "../worker.log",
          "../../signalbox.db",
          "../../other/run/secret.xml",
          "/proc/self/environ",
          "/proc/self/maps",
          "/proc/cpuinfo",
          "/sys/kernel/notes",
          "/dev/kmsg"}) {
        try_open(path, O_RDONLY);
    }
    for (const char* const of_the_worker :
         {"environ", "cmdline", "status", "maps", "mem", "fd/0", "root/etc/passwd", "cwd/token"}) {
        try_open(proc(of_the_worker), O_RDONLY);
    }
    for (const char* const folder : {"..", "../..", "/", "/proc", "/tmp"}) {
        report(std::string("list ") + folder, ::opendir(folder) != nullptr);
    }
}

void write_outside() {
    for (const char* const path :
         {"../token", "../../signalbox.db", "../../other/run/secret.xml", "/proc/self/comm"}) {
        try_open(path, O_WRONLY);
    }
    for (const char* const path :
         {"../escaped",
          "../../escaped",
          "../../other/run/escaped",
          "/tmp/escaped",
          "/dev/shm/escaped"}) {
        try_open(path, O_WRONLY | O_CREAT);
    }
    report("make a nameless file outside", ::open("..", O_TMPFILE | O_WRONLY, 0600) >= 0);
    report("truncate", ::truncate("../../signalbox.db", 0) == 0);
    report("unlink", ::unlink("../../other/run/secret.xml") == 0);
    std::ofstream("mine.txt") << "mine";
    report("move out", ::rename("mine.txt", "../mine.txt") == 0);
    report("move in", ::rename("../../signalbox.db", "theirs.txt") == 0);
    report("write to the input", ::open("net.net.xml", O_WRONLY) >= 0);
}

void change_files() {
    for (const char* const path : {"../../signalbox.db", "run.sumocfg", "."}) {
        const std::string where(path);
        report("chmod " + where, ::chmod(path, 0777) == 0);
        report("fchmodat2 " + where, ::syscall(452, AT_FDCWD, path, 0777, 0) == 0);
        report("chown " + where, ::chown(path, ::getuid(), ::getgid()) == 0);
        report("change the times of " + where, ::utimensat(AT_FDCWD, path, nullptr, 0) == 0);
        report("setxattr " + where, ::setxattr(path, "user.a", "b", 1, 0) == 0);
    }
    report("mkdir", ::mkdir("folder", 0300) == 0);
}

void make_links() {
    report("symlink to a file", ::symlink("/etc/passwd", "passwd.xml") == 0);
    report("symlink to a folder", ::symlinkat("/etc", AT_FDCWD, "etc") == 0);
    report("link to a file outside", ::link("../../signalbox.db", "database.xml") == 0);
    report("link to an input", ::linkat(AT_FDCWD, "net.net.xml", AT_FDCWD, "net2.xml", 0) == 0);
    report("pipe", ::mkfifo("pipe.xml", 0666) == 0);
    report("device", ::mknod("null.xml", S_IFCHR | 0666, ::makedev(1, 3)) == 0);
    report("socket", ::mknod("socket.xml", S_IFSOCK | 0666, 0) == 0);
}

void open_sockets() {
    report("inet", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
    report("inet6", ::socket(AF_INET6, SOCK_DGRAM, 0) >= 0);
    report("unix", ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    report("netlink", ::socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    report("packet", ::socket(AF_PACKET, SOCK_RAW, 0) >= 0);
    std::array<int, 2> pair{};
    report("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);
    std::array<char, 128> parameters{};
    report("io_uring", ::syscall(425, 1, parameters.data()) >= 0);
#if defined(__x86_64__)
    report("x32 socket", ::syscall(0x40000000 + SYS_socket, AF_INET, SOCK_STREAM, 0) >= 0);
#endif
}

// getpid of the 32-bit table, the way that needs no other program.
void call_as_32_bit() {
#if defined(__x86_64__)
    std::cout << "calls as a 32-bit program\n" << std::flush;
    long number = 20;
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory");
    std::cout << "try 32-bit call: worked\n" << std::flush;
#endif
}

void start_processes() {
    const pid_t forked = ::fork();
    if (forked == 0) {
        ::_exit(0);
    }
    report("fork", forked > 0);
    const long cloned = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (cloned == 0) {
        ::_exit(0);
    }
    report("clone", cloned > 0);
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    const long cloned3 = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (cloned3 == 0) {
        ::_exit(0);
    }
    report("clone3", cloned3 > 0);
    pid_t spawned = 0;
    std::string program = "/bin/true";
    std::array<char*, 2> argv{program.data(), nullptr};
    errno = ::posix_spawn(&spawned, program.c_str(), nullptr, nullptr, argv.data(), environ);
    report("posix_spawn", errno == 0);
    report("setsid", ::setsid() >= 0);
    report("setpgid", ::setpgid(0, ::getppid()) == 0);
    report("outlive the worker", ::prctl(PR_SET_PDEATHSIG, 0) == 0);
    report("new user namespace", ::unshare(CLONE_NEWUSER) == 0);
    report("new mount namespace", ::unshare(CLONE_NEWNS) == 0);
    report("chroot", ::chroot(".") == 0);
    report("mount", ::mount("none", ".", "tmpfs", 0, nullptr) == 0);
}

void touch_the_worker() {
    const pid_t worker = ::getppid();
    std::array<char, 8> bytes{};
    iovec here{.iov_base = bytes.data(), .iov_len = bytes.size()};
    iovec there{.iov_base = bytes.data(), .iov_len = bytes.size()};
    siginfo_t information{};
    information.si_code = SI_QUEUE;
    const rlimit limit{.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
    cpu_set_t processors;
    CPU_ZERO(&processors);
    CPU_SET(0, &processors);
    report("ptrace", ::ptrace(PTRACE_SEIZE, worker, nullptr, nullptr) == 0);
    report("read its memory", ::process_vm_readv(worker, &here, 1, &there, 1, 0) > 0);
    report("kill", ::kill(worker, 0) == 0);
    report("kill all", ::kill(-1, 0) == 0);
    report("tgkill", ::syscall(SYS_tgkill, worker, worker, 0) == 0);
    report("tkill", ::syscall(SYS_tkill, worker, 0) == 0);
    report("sigqueue", ::syscall(SYS_rt_sigqueueinfo, worker, 0, &information) == 0);
    report("pidfd", ::syscall(SYS_pidfd_open, worker, 0) >= 0);
    report("limit it", ::prlimit(worker, RLIMIT_CORE, &limit, nullptr) == 0);
    report(
        "bind it to a processor", ::sched_setaffinity(worker, sizeof processors, &processors) == 0
    );
    report("slow it down", ::setpriority(PRIO_PROCESS, static_cast<id_t>(worker), 19) == 0);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
        return;
    }
    report("signal it by a pipe", ::fcntl(ends[0], F_SETOWN, worker) == 0);
    report("choose that signal", ::fcntl(ends[0], F_SETSIG, SIGKILL) == 0);
}

void take_kernel_things() {
    std::array<char, 256> zeros{};
    report("bpf", ::syscall(SYS_bpf, 0, zeros.data(), zeros.size()) >= 0);
    report("userfaultfd", ::syscall(SYS_userfaultfd, 0) >= 0);
    report("perf", ::syscall(SYS_perf_event_open, zeros.data(), 0, -1, -1, 0) >= 0);
    report("keys", ::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 1) >= 0);
    report("personality", ::syscall(SYS_personality, 0xffffffff) >= 0);
    report("handles", ::syscall(SYS_open_by_handle_at, AT_FDCWD, zeros.data(), 0) >= 0);
}

void take_memory_elsewhere() {
    report("memfd", ::memfd_create("m", 0) >= 0);
    report("shmget", ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0);
    report("semget", ::semget(IPC_PRIVATE, 1, IPC_CREAT | 0600) >= 0);
    report("msgget", ::msgget(IPC_PRIVATE, IPC_CREAT | 0600) >= 0);
    report("mq_open", ::syscall(SYS_mq_open, "signalbox", O_CREAT | O_RDWR, 0600, nullptr) >= 0);
    constexpr std::size_t kHuge = std::size_t{1} << 40U;
    void* const huge =
        ::mmap(nullptr, kHuge, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // Not in the kernel's words: who reads the log would take them for the end of this run.
    std::cout << "a terabyte of addresses: " << (huge == MAP_FAILED ? "no" : "yes") << "\n";
}

void* wait_for_ever(void*) {
    for (;;) {
        ::pause();
    }
}

void start_threads() {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, 32768);
    int started = 0;
    for (; errno = 0, started < 20'000; ++started) {
        pthread_t thread{};
        errno = ::pthread_create(&thread, &attributes, wait_for_ever, nullptr);
        if (errno != 0) {
            break;
        }
    }
    report("twenty thousand threads", errno == 0);
}

void keep_threads() {
    start_threads();
    wait_for_ever(nullptr);
}

// Each below the limit of one file, none with a block of its own.
void make_sparse_files() {
    for (int i = 0; i < 100; ++i) {
        const std::string name = "sparse" + std::to_string(100 + i) + ".bin";
        const int file = ::open(name.c_str(), O_WRONLY | O_CREAT, 0644);
        if (file < 0 || ::ftruncate(file, 10 << 20) != 0) {
            report(name, false);
        }
        ::close(file);
    }
}

void execute() {
    report("execute", ::execl("/bin/true", "true", nullptr) == 0);
}

// What it is allowed to do as well.
void describe_itself() {
    std::cout << "write inside: " << (std::ofstream("inside.txt") << "kept" ? "yes" : "no") << "\n";
    std::thread([] { std::cout << "thread: yes\n"; }).join();
    std::cout << "root: " << (::geteuid() == 0 ? "yes" : "no") << "\n";
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> sets{};
    ::syscall(SYS_capget, &header, sets.data());
    std::cout << "capabilities: " << std::hex << sets[0].effective << "." << sets[1].effective
              << std::dec << "\n";
    std::cout << "variables:";
    for (char** variable = environ; *variable != nullptr; ++variable) {
        std::cout << " " << std::string_view(*variable).substr(0, std::strcspn(*variable, "="));
    }
    std::cout << "\ndescriptors:";
    for (int fd = 0; fd < 4096; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) {
            std::cout << " " << fd;
        }
    }
    const mode_t mask = ::umask(0);
    std::cout << "\numask: " << std::oct << mask << std::dec << "\n";
    std::cout << "groups: " << ::getgroups(0, nullptr) << "\n";
    std::cout << "leads its group: " << (::getpgid(0) == ::getpid() ? "yes" : "no") << "\n";
    std::cout << std::flush;
}

// Obeys its limits until it is told to end, and then takes all it can get.
void grow_when_told() {
    sigset_t end;
    ::sigemptyset(&end);
    ::sigaddset(&end, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &end, nullptr);
    std::cout << "waiting\n" << std::flush;
    int signal = 0;
    ::sigwait(&end, &signal);
    constexpr std::size_t kPiece = std::size_t{4} << 20U;
    for (int i = 0; i < 64; ++i) {
        void* const piece =
            ::mmap(nullptr, kPiece, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (piece == MAP_FAILED) {
            break;
        }
    }
    for (;;) {
        ::pause();
    }
}

}  // namespace

const std::map<std::string, void (*)()>& hostile_acts() {
    static const std::map<std::string, void (*)()> acts{
        {"read-outside", read_outside},
        {"write-outside", write_outside},
        {"change-files", change_files},
        {"make-links", make_links},
        {"open-sockets", open_sockets},
        {"call-as-32-bit", call_as_32_bit},
        {"start-processes", start_processes},
        {"touch-the-worker", touch_the_worker},
        {"take-kernel-things", take_kernel_things},
        {"take-memory-elsewhere", take_memory_elsewhere},
        {"start-threads", start_threads},
        {"keep-threads", keep_threads},
        {"make-sparse-files", make_sparse_files},
        {"execute", execute},
        {"describe-itself", describe_itself},
        {"grow-when-told", grow_when_told},
    };
    return acts;
}

}  // namespace signalbox::worker
