#include "cli/program.hpp"

#include "async/event_loop.hpp"
#include "base/log.hpp"
#include "cli/command_line.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/show/report.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox::cli {

namespace {

constexpr std::size_t kPoolThreads = 2;

/// What is missing in stdout is an error, unless its reader had enough (`| head`).
int with_output_checked(int code, Terminal& terminal) {
    const int problem = terminal.output_error();
    if (problem == 0 || problem == EPIPE) {
        return code;
    }
    const Error error = system_error(problem, "stdout could not be written");
    const int failed = report_error(error, terminal);
    return code == kExitSuccess ? failed : code;
}

/// One that was closed (`>&-`) would be given to the next file or socket that is opened, and be
/// written to as if it were our output. Opened for reading only, writing to it is an error.
void hold_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) < 0) {
            // The lowest free one is taken, which is this.
            static_cast<void>(open("/dev/null", O_RDONLY));
        }
    }
}

Task<int> run_interruptibly(std::vector<std::string> args, Surroundings surroundings) {
    Interrupts& interrupts = surroundings.interrupts;
    const int code = co_await run_command_line(std::move(args), std::move(surroundings));
    co_await interrupts.stop();
    co_return code;
}

}  // namespace

Task<int> run_command_line(std::vector<std::string> args, Surroundings surroundings) {
    Terminal& terminal = surroundings.terminal;
    const auto settings = std::make_shared<Settings>();
    const CommandSpec program = make_program(settings);
    const auto parsed = parse_command_line(program, std::move(args));
    if (!parsed) {
        co_return report_error(parsed.error(), terminal);
    }
    if (!parsed->action) {
        terminal.print(parsed->text);
        co_return with_output_checked(kExitSuccess, terminal);
    }
    terminal.set_quiet(settings->quiet);
    if (settings->no_color) {
        terminal.disable_color();
    }
    Session session(std::move(surroundings), *settings);
    const Result<int> outcome = co_await parsed->action(session);
    terminal.clear_live();
    const int code = outcome ? *outcome : report_error(outcome.error(), terminal);
    co_return with_output_checked(code, terminal);
}

int run_program(std::vector<std::string> args, ContextStore& contexts) {
    hold_standard_descriptors();
    // A reader of our output that went away is no reason to die without a word, and not to leave
    // the temporary directory of a packed scenario behind.
    std::signal(SIGPIPE, SIG_IGN);
    const Variables variables = real_variables();
    Terminal terminal(real_terminal(variables));
    async::EventLoop loop;
    async::BlockingPool pool(kPoolThreads);
    const SystemClock clock;
    OsRandom random;
    Interrupts interrupts(loop.executor());
    const Surroundings surroundings{
        .pool = pool,
        .terminal = terminal,
        .contexts = contexts,
        .interrupts = interrupts,
        .clock = clock,
        .random = random,
        .variables = variables
    };
    try {
        return loop.run(run_interruptibly(std::move(args), surroundings));
    } catch (const std::exception& problem) {
        log::error("the command failed", {{"error", problem.what()}});
        return kExitError;
    }
}

Variables real_variables() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

}  // namespace signalbox::cli
