#include "worker/process/sandbox.hpp"

#include "base/log.hpp"
#include "worker/process/landlock.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

constexpr std::array kSystemFiles{
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives"
};
constexpr std::array kLoaders{"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};
constexpr std::array kDevices{"/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/random"};

// Where an installation outside /usr keeps what its binary loads: below its prefix, and beside the
// home the library folder of a Python wheel. Never the prefix itself: of `~/bin/sumo` that is a
// home.
void add_installation(const scenario::Simulator& simulator, LandlockPlan& plan) {
    plan.readable.push_back(simulator.home);
    plan.readable.push_back(simulator.home.parent_path() / "eclipse_sumo.libs");
    std::error_code problem;
    const fs::path real = fs::canonical(simulator.binary, problem);
    for (const fs::path& binary : {simulator.binary, problem ? simulator.binary : real}) {
        for (const char* const folder : {"lib", "lib64", "share"}) {
            plan.readable.push_back(binary.parent_path().parent_path() / folder);
        }
    }
    plan.runnable.push_back(simulator.binary);
}

LandlockPlan make_landlock_plan(const SandboxRequest& request) {
    LandlockPlan plan;
    plan.readable.assign(kSystemFiles.begin(), kSystemFiles.end());
    plan.runnable.assign(kLoaders.begin(), kLoaders.end());
    plan.devices.assign(kDevices.begin(), kDevices.end());
    plan.writable = request.run_directory;
    add_installation(request.simulator, plan);
    return plan;
}

void add_landlock(const SandboxRequest& request, Sandbox& sandbox) {
    auto ruleset = make_landlock_ruleset(make_landlock_plan(request));
    if (!ruleset) {
        sandbox.landlock_state = "off: " + ruleset.error().message();
        return;
    }
    sandbox.landlock_state = "on, ABI " + std::to_string(ruleset->abi);
    sandbox.landlock = std::move(ruleset->fd);
}

// Directories only: SUMO makes files everywhere, and leaves those of the input as they are.
bool give_directories_to(const fs::path& directory, UserAndGroup owner) {
    if (::lchown(directory.c_str(), owner.user, owner.group) != 0) {
        return false;
    }
    std::error_code problem;
    for (fs::recursive_directory_iterator it(directory, problem), end; !problem && it != end;
         it.increment(problem)) {
        if (it->symlink_status().type() == fs::file_type::directory &&
            ::lchown(it->path().c_str(), owner.user, owner.group) != 0) {
            return false;
        }
    }
    return !problem;
}

void choose_user(const SandboxRequest& request, Sandbox& sandbox) {
    if (::geteuid() != 0) {
        sandbox.user_state = "as the worker: it is not root";
        return;
    }
    for (const auto& [path, mode] :
         {std::pair(request.simulator.binary, 1U),
          std::pair(request.simulator.home, 5U),
          std::pair(request.run_directory.parent_path(), 1U)}) {
        if (const auto obstacle = find_obstacle(path, mode)) {
            sandbox.user_state =
                "root without its capabilities: others cannot get to " + obstacle->string();
            return;
        }
    }
    if (!give_directories_to(request.run_directory, request.run_as)) {
        sandbox.user_state =
            "root without its capabilities: the run's directory cannot be given away";
        return;
    }
    sandbox.run_as = request.run_as;
    sandbox.user_state = "user " + std::to_string(request.run_as.user);
}

}  // namespace

std::optional<fs::path> find_obstacle(const fs::path& path, unsigned mode) {
    std::error_code problem;
    const fs::path real = fs::canonical(path, problem);
    if (problem) {
        return path;
    }
    fs::path so_far;
    for (const fs::path& part : real) {
        so_far /= part;
        struct stat facts{};
        const unsigned needed = so_far == real ? mode : 1U;
        if (::stat(so_far.c_str(), &facts) != 0 || (facts.st_mode & needed) != needed) {
            return so_far;
        }
    }
    return std::nullopt;
}

Sandbox make_sandbox(const SandboxRequest& request) {
    Sandbox sandbox;
    add_landlock(request, sandbox);
    sandbox.seccomp = make_seccomp_filter();
    sandbox.seccomp_state = sandbox.seccomp.empty() ? "off: unknown architecture" : "on";
    choose_user(request, sandbox);
    log::info(
        "sandbox prepared",
        {{"landlock", sandbox.landlock_state},
         {"seccomp", sandbox.seccomp_state},
         {"sumo_runs_as", sandbox.user_state}}
    );
    return sandbox;
}

}  // namespace signalbox::worker
