#include "scenario/process_output.hpp"

#include "base/fs.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace signalbox::scenario {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

/// A started program in its own process group; what is left of it ends with this object.
class Child {
public:
    Child() = default;

    ~Child() {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
            static_cast<void>(wait());
        }
    }

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    Result<void> start(const ProgramCall& call, int output) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);

        std::vector<std::string> arguments{call.program.string()};
        arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
        std::vector<std::string> environment;
        for (const auto& [name, value] : call.environment) {
            environment.push_back(name + "=" + value);
        }
        const int problem = ::posix_spawn(
            &pid_,
            call.program.c_str(),
            &actions,
            &attributes,
            pointers(arguments).data(),
            pointers(environment).data()
        );
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        if (problem != 0) {
            pid_ = -1;
            return fail(
                Code::kUnavailable,
                "PROGRAM_FAILED",
                call.program.string() +
                    " does not start: " + system_error(problem, "posix_spawn").message()
            );
        }
        return {};
    }

    /// Exit code, or 128 and the signal.
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t pid_ = -1;
};

Result<std::string> read_until(
    const UniqueFd& output, const ProgramCall& call, steady_clock::time_point deadline
) {
    std::string text;
    std::array<char, 16384> room{};
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
        pollfd waiting{.fd = output.get(), .events = POLLIN, .revents = 0};
        const int ready =
            left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return fail(
                Code::kDeadline,
                "PROGRAM_FAILED",
                call.program.string() + " gave no answer within " +
                    std::to_string(call.timeout.count()) + " ms"
            );
        }
        const ssize_t got = ::read(output.get(), room.data(), room.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return text;
        }
        text.append(room.data(), static_cast<std::size_t>(got));
        if (text.size() > call.max_bytes) {
            return fail(
                Code::kTooLarge,
                "PROGRAM_FAILED",
                call.program.string() + " prints more than " + std::to_string(call.max_bytes) +
                    " bytes"
            );
        }
    }
}

}  // namespace

Result<std::string> output_of(const ProgramCall& call) {
    const auto deadline = steady_clock::now() + call.timeout;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(system_error(errno, "making a pipe"));
    }
    const UniqueFd output(ends[0]);
    UniqueFd input(ends[1]);
    Child child;
    SB_OK(child.start(call, input.get()));
    input.reset();
    SB_TRY(std::string text, read_until(output, call, deadline));
    if (const int code = child.wait(); code != 0) {
        return fail(
            Code::kUnavailable,
            "PROGRAM_FAILED",
            call.program.string() + " ends with exit code " + std::to_string(code)
        );
    }
    return text;
}

}  // namespace signalbox::scenario
