// One SUMO process: started with its limits and its sandbox, watched by a pidfd, signalled as a
// group.
//
// SUMO dies with the worker (PDEATHSIG), leads its own process group, reads /dev/null and writes
// stdout and stderr into one pipe. SIGPIPE is ignored in it: a reader that goes away must not end a
// simulation. Everything is prepared before the fork; the child makes system calls only.
//
// Threads: the one that started it (PDEATHSIG belongs to that thread).  Suspends: never; `start`
// blocks until exec succeeded or failed.  Errors: start: kUnavailable `START_FAILED` with the step
// that failed.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"
#include "worker/process/sandbox.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::worker {

struct ProcessLimits {
    std::uint64_t address_space_bytes = 0;  ///< 0: none
    std::uint64_t file_bytes = 0;           ///< of one file; 0: none
};

struct SumoCommand {
    std::filesystem::path binary;  ///< absolute
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  ///< all of it
    std::filesystem::path directory;                               ///< where it runs
    ProcessLimits limits;
};

struct ProcessEnd {
    std::optional<std::int32_t> exit_code;
    std::optional<std::int32_t> signal;
    double cpu_seconds = 0;
    std::int64_t peak_rss_bytes = 0;
};

class SumoProcess {
public:
    [[nodiscard]] static Result<SumoProcess> start(const SumoCommand& command, Sandbox& sandbox);

    SumoProcess(SumoProcess&& other) noexcept;
    SumoProcess& operator=(SumoProcess&&) = delete;
    /// Kills and reaps what still runs.
    ~SumoProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }

    /// Readable when the process has ended.
    [[nodiscard]] int pid_fd() const { return pid_fd_.get(); }

    /// Its stdout and stderr; never blocks.
    [[nodiscard]] int output() const { return output_.get(); }

    /// To the whole group; nothing once it was reaped.
    void signal_group(int signal) const;

    /// After pid_fd() became readable: how it ended, once. Kills what is left of the group.
    [[nodiscard]] ProcessEnd reap();

private:
    SumoProcess(pid_t pid, UniqueFd pid_fd, UniqueFd output);

    pid_t pid_ = 0;  ///< 0: reaped
    UniqueFd pid_fd_;
    UniqueFd output_;
};

/// `environment` with what makes a C library write each line of stdout at once, also into a pipe;
/// unchanged where the library for it (of GNU coreutils) is missing.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> with_unbuffered_output(
    std::vector<std::pair<std::string, std::string>> environment
);

}  // namespace signalbox::worker
