#include "cli/show/terminal.hpp"

#include "base/text.hpp"
#include "cli/show/text_width.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace signalbox::cli {

namespace {

constexpr std::size_t kDefaultColumns = 80;
constexpr std::size_t kMaxAnswerBytes = 4096;
constexpr std::string_view kClearLine = "\r\x1b[K";

std::string_view code_of(Style style) {
    switch (style) {
        case Style::kPlain:
            return "";
        case Style::kBold:
            return "1";
        case Style::kDim:
            return "2";
        case Style::kRed:
            return "31";
        case Style::kGreen:
            return "32";
        case Style::kYellow:
            return "33";
        case Style::kCyan:
            return "36";
    }
    return "";
}

std::string with_style(std::string_view text, Style style, bool wanted) {
    const std::string_view code = code_of(style);
    if (!wanted || code.empty() || text.empty()) {
        return std::string(text);
    }
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

// Switches the echo of a terminal off, and back whatever happens.
class SilentInput {
public:
    explicit SilentInput(int fd) : fd_(fd) {
        if (tcgetattr(fd_, &before_) != 0) {
            return;
        }
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    }

    ~SilentInput() {
        if (changed_) {
            tcsetattr(fd_, TCSAFLUSH, &before_);
        }
    }

    SilentInput(const SilentInput&) = delete;
    SilentInput& operator=(const SilentInput&) = delete;

private:
    int fd_;
    termios before_{};
    bool changed_ = false;
};

/// One line, byte by byte: what follows it is for the next reader.
std::optional<std::string> read_line(int fd) {
    std::string line;
    char c = 0;
    while (line.size() < kMaxAnswerBytes) {
        const ssize_t count = read(fd, &c, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return line.empty() ? std::nullopt : std::optional(line);
        }
        if (c == '\n') {
            break;
        }
        line.push_back(c);
    }
    return line;
}

/// Writes all of it, also where somebody made the descriptor non-blocking; 0 or errno.
int write_to(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(fd, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

TerminalOptions::Sink sink_of(int fd) {
    return [fd](std::string_view text) { return write_to(fd, text); };
}

std::size_t columns_of(int fd) {
    winsize size{};
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// The locale's character set, where an empty variable counts as not set (POSIX).
bool is_utf8(const std::function<std::optional<std::string>(const std::string&)>& variable) {
    for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string locale = to_lower(variable(name).value_or(""));
        if (!locale.empty()) {
            return locale.contains("utf-8") || locale.contains("utf8");
        }
    }
    return true;
}

}  // namespace

Terminal::Terminal(TerminalOptions options) : options_(std::move(options)) {}

void Terminal::print(std::string_view text) {
    clear_live();
    if (output_error_ == 0) {
        output_error_ = options_.out(text);
    }
}

void Terminal::note(std::string_view line) {
    if (!quiet_) {
        complain(line);
    }
}

void Terminal::complain(std::string_view line) {
    clear_live();
    options_.err(std::string(line) + "\n");
}

void Terminal::show_live(std::string_view line) {
    if (is_live()) {
        options_.err(std::string(kClearLine) + fit(line, live_columns()));
        live_shown_ = true;
    }
}

std::size_t Terminal::live_columns() const {
    constexpr std::size_t kEcho = 3;
    return columns() - std::min(columns() - 1, kEcho);
}

void Terminal::clear_live() {
    if (std::exchange(live_shown_, false)) {
        options_.err(kClearLine);
    }
}

std::string Terminal::styled(std::string_view text, Style style) const {
    return with_style(text, style, options_.color && options_.out_is_terminal);
}

std::string Terminal::styled_note(std::string_view text, Style style) const {
    return with_style(text, style, options_.color && options_.err_is_terminal);
}

std::size_t Terminal::columns() const {
    const std::size_t columns = options_.columns ? options_.columns() : kDefaultColumns;
    return columns < 2 ? kDefaultColumns : columns;
}

Task<std::optional<std::string>> Terminal::ask(std::string question) {
    if (!can_ask()) {
        co_return std::nullopt;
    }
    clear_live();
    options_.err(question + " ");
    co_await async::wait_readable(options_.input);
    co_return read_line(options_.input);
}

Task<std::optional<std::string>> Terminal::ask_secret(std::string question) {
    const SilentInput silent(options_.input);
    co_return co_await ask(std::move(question));
}

std::optional<std::string> Terminal::read_piped_line() const {
    return options_.input_is_terminal ? std::nullopt : read_line(STDIN_FILENO);
}

TerminalOptions real_terminal(
    const std::function<std::optional<std::string>(const std::string&)>& variable
) {
    TerminalOptions options;
    options.out = sink_of(STDOUT_FILENO);
    options.err = sink_of(STDERR_FILENO);
    options.dumb = variable("TERM").value_or("") == "dumb";
    options.out_is_terminal = isatty(STDOUT_FILENO) == 1;
    options.err_is_terminal = isatty(STDERR_FILENO) == 1;
    options.color = !options.dumb && variable("NO_COLOR").value_or("").empty();
    options.utf8 = is_utf8(variable);
    options.input_is_terminal = isatty(STDIN_FILENO) == 1;
    if (options.input_is_terminal) {
        // Opened anew: waiting makes a descriptor non-blocking, which stdout would share.
        options.input = open("/dev/tty", O_RDWR | O_CLOEXEC);
    }
    options.columns = [] {
        const std::size_t columns = columns_of(STDERR_FILENO);
        return columns > 0 ? columns : columns_of(STDOUT_FILENO);
    };
    return options;
}

}  // namespace signalbox::cli
