#include "cli/show/terminal.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/show/text_width.hpp"

#include <fcntl.h>
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

TerminalOptions::Sink sink_of(int fd) {
    return [fd](std::string_view text) {
        // A reader that went away (`| head`) is no reason to fail.
        const auto written = write_all(fd, text, "output");
        static_cast<void>(written.has_value());
    };
}

}  // namespace

Terminal::Terminal(TerminalOptions options) : options_(std::move(options)) {}

void Terminal::print(std::string_view text) {
    clear_live();
    options_.out(text);
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

std::optional<std::string> Terminal::read_secret(std::string_view question) {
    if (!options_.input_is_terminal) {
        return read_line(STDIN_FILENO);
    }
    clear_live();
    options_.err(std::string(question) + " ");
    const SilentInput silent(options_.input);
    auto line = read_line(options_.input);
    options_.err("\n");
    return line;
}

TerminalOptions real_terminal(
    const std::function<std::optional<std::string>(const std::string&)>& variable
) {
    TerminalOptions options;
    options.out = sink_of(STDOUT_FILENO);
    options.err = sink_of(STDERR_FILENO);
    const bool dumb = variable("TERM").value_or("") == "dumb";
    options.out_is_terminal = isatty(STDOUT_FILENO) == 1;
    options.err_is_terminal = isatty(STDERR_FILENO) == 1 && !dumb;
    options.color = !dumb && variable("NO_COLOR").value_or("").empty();
    const std::string locale = to_lower(variable("LC_ALL").value_or(
        variable("LC_CTYPE").value_or(variable("LANG").value_or("C.UTF-8"))
    ));
    options.utf8 = locale.contains("utf-8") || locale.contains("utf8");
    options.input_is_terminal = isatty(STDIN_FILENO) == 1;
    if (options.input_is_terminal) {
        // Opened anew: waiting makes a descriptor non-blocking, which stdout would share.
        options.input = open("/dev/tty", O_RDWR | O_CLOEXEC);
    }
    options.columns = [] {
        winsize size{};
        const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
        return known ? std::size_t{size.ws_col} : kDefaultColumns;
    };
    return options;
}

}  // namespace signalbox::cli
