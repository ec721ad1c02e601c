#include "worker/process/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

// The kernel's interface (Documentation/userspace-api/landlock.rst), ABI 1 to 6.
constexpr std::uint64_t kExecute = 1U << 0U;
constexpr std::uint64_t kWriteFile = 1U << 1U;
constexpr std::uint64_t kReadFile = 1U << 2U;
constexpr std::uint64_t kReadDirectory = 1U << 3U;
constexpr std::uint64_t kRemoveFile = 1U << 5U;
constexpr std::uint64_t kMakeFile = 1U << 8U;
constexpr std::uint64_t kTruncate = 1U << 14U;

constexpr std::uint64_t kNetAll = 0x3;    // bind, connect
constexpr std::uint64_t kScopeAll = 0x3;  // abstract Unix sockets, signals
constexpr unsigned kRulePathBeneath = 1;
constexpr unsigned kAskVersion = 1;

constexpr std::uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate;

struct RulesetAttributes {
    std::uint64_t handled_fs;
    std::uint64_t handled_net;
    std::uint64_t scoped;
};

struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed;
    std::int32_t parent_fd;
};

// Rights and sizes grew with the ABI; a kernel refuses what it does not know.
std::uint64_t handled_rights(int abi) {
    constexpr std::uint64_t kFirst = (1U << 13U) - 1;
    std::uint64_t rights = kFirst;
    rights |= abi >= 2 ? 1U << 13U : 0U;  // REFER
    rights |= abi >= 3 ? kTruncate : 0U;
    rights |= abi >= 5 ? 1U << 15U : 0U;  // IOCTL_DEV
    return rights;
}

std::size_t attribute_size(int abi) {
    return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

Result<void> allow(int ruleset, const fs::path& path, std::uint64_t rights) {
    const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return {};
    }
    const UniqueFd owned(fd);
    struct stat facts{};
    if (::fstat(fd, &facts) != 0) {
        return fail(system_error(errno, "look at " + path.string()));
    }
    const bool directory = S_ISDIR(facts.st_mode);
    PathBeneath rule{.allowed = directory ? rights : rights & kOfFiles, .parent_fd = fd};
    if (rule.allowed == 0) {
        return {};
    }
    if (::syscall(SYS_landlock_add_rule, ruleset, kRulePathBeneath, &rule, 0) != 0) {
        return fail(system_error(errno, "allow " + path.string() + " by Landlock"));
    }
    return {};
}

Result<void> allow_all(int ruleset, const LandlockPlan& plan, std::uint64_t handled) {
    for (const fs::path& path : plan.readable) {
        SB_OK(allow(ruleset, path, kReadFile | kReadDirectory));
    }
    for (const fs::path& path : plan.runnable) {
        SB_OK(allow(ruleset, path, kReadFile | kExecute));
    }
    for (const fs::path& path : plan.devices) {
        SB_OK(allow(ruleset, path, kReadFile | kWriteFile));
    }
    constexpr std::uint64_t kWrite =
        kReadFile | kReadDirectory | kWriteFile | kTruncate | kRemoveFile | kMakeFile;
    return allow(ruleset, plan.writable, kWrite & handled);
}

}  // namespace

int landlock_abi() {
    const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
    return abi < 0 ? 0 : static_cast<int>(abi);
}

Result<LandlockRuleset> make_landlock_ruleset(const LandlockPlan& plan) {
    const int abi = landlock_abi();
    if (abi == 0) {
        return fail(Code::kNotImplemented, "NO_LANDLOCK", "this kernel has no Landlock");
    }
    const std::uint64_t handled = handled_rights(abi);
    const RulesetAttributes attributes{
        .handled_fs = handled, .handled_net = kNetAll, .scoped = kScopeAll
    };
    const long fd = ::syscall(SYS_landlock_create_ruleset, &attributes, attribute_size(abi), 0);
    if (fd < 0) {
        return fail(system_error(errno, "make a Landlock ruleset"));
    }
    LandlockRuleset ruleset{.fd = UniqueFd(static_cast<int>(fd)), .abi = abi};
    SB_OK(allow_all(ruleset.fd.get(), plan, handled));
    return ruleset;
}

int enforce_landlock(int ruleset) noexcept {
    return ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ? 0 : errno;
}

}  // namespace signalbox::worker
