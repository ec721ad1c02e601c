#include "cli/interrupts.hpp"

#include "base/fs.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace signalbox::cli {

namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

// What a signal handler may touch: the end of a pipe it writes its number to.
std::atomic<int> handler_pipe{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
    const int before = errno;
    const char byte = static_cast<char>(number);
    if (write(handler_pipe.load(), &byte, 1) < 0) {
        // A full pipe holds enough of them already.
    }
    errno = before;
}

void set_handler(int number, void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

/// What this process was started to ignore stays ignored: `nohup`, a script's background job.
bool is_ignored(int number) {
    struct sigaction action{};
    return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupts::Interrupts(Executor executor) : changes_(executor), watchers_(executor) {}

Interrupts::~Interrupts() = default;

Result<void> Interrupts::catch_signals() {
    if (pipe_ >= 0) {
        return {};
    }
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return fail(system_error(errno, "cannot make a pipe for signals"));
    }
    pipe_ = ends[0];
    handler_pipe = ends[1];
    for (const int number : kSignals) {
        if (!is_ignored(number)) {
            set_handler(number, &on_signal);
        }
    }
    watchers_.spawn("signals", watch());
    return {};
}

void Interrupts::raise() {
    ++count_;
    changes_.notify("change");
}

Task<void> Interrupts::stop() {
    if (pipe_ >= 0) {
        for (const int number : kSignals) {
            if (!is_ignored(number)) {
                set_handler(number, SIG_DFL);
            }
        }
    }
    watchers_.cancel();
    co_await watchers_.join();
    if (pipe_ >= 0) {
        close(std::exchange(pipe_, -1));
        close(handler_pipe.exchange(-1));
    }
}

Task<void> Interrupts::watch() {
    for (;;) {
        co_await async::wait_readable(pipe_);
        char number = 0;
        while (read(pipe_, &number, 1) == 1) {
            must_end_ = must_end_ || number != SIGINT;
            raise();
        }
    }
}

}  // namespace signalbox::cli
