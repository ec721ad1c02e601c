// Where the program writes and asks: results to stdout, everything about them to stderr.
//
// On a terminal one live line can stand at the bottom of stderr and is changed in place; whatever
// else is written first takes it away. Without a terminal there are no control codes at all:
// show_live does nothing, and callers write plain lines at sensible moments instead (is_live).
//
// Threads: one at a time.  Suspends: ask, ask_secret.
// Errors: none; what cannot be written is dropped, and for stdout remembered (output_error).
#pragma once

#include "async/task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::cli {

enum class Style : std::uint8_t { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

struct TerminalOptions {
    /// 0, or the errno of what kept the text from being written.
    using Sink = std::function<int(std::string_view)>;

    Sink out;
    Sink err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool dumb = false;   ///< a terminal that can only be written to from left to right
    bool color = false;  ///< wanted, where a terminal is
    bool utf8 = true;    ///< the terminal shows more than ASCII
    int input = -1;      ///< to read answers from; -1: nobody to ask
    bool input_is_terminal = false;
    std::function<std::size_t()> columns;  ///< of the terminal now; empty: 80
};

class Terminal {
public:
    explicit Terminal(TerminalOptions options);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void set_quiet(bool quiet) { quiet_ = quiet; }

    void disable_color() { options_.color = false; }

    /// To stdout, as it is; nothing more once that failed.
    void print(std::string_view text);

    /// errno of what kept stdout from being written; 0: all of it was.
    [[nodiscard]] int output_error() const { return output_error_; }

    /// A line about what goes on, to stderr; not when quiet.
    void note(std::string_view line);
    /// A line to stderr that is always said.
    void complain(std::string_view line);

    /// True when show_live shows something.
    [[nodiscard]] bool is_live() const {
        return options_.err_is_terminal && !options_.dumb && !quiet_;
    }

    /// Replaces the live line; cut to live_columns().
    void show_live(std::string_view line);
    /// The terminal's width less the room for the `^C` that it echoes.
    [[nodiscard]] std::size_t live_columns() const;
    void clear_live();

    /// For stdout and for stderr, which need not be the same place.
    [[nodiscard]] std::string styled(std::string_view text, Style style) const;
    [[nodiscard]] std::string styled_note(std::string_view text, Style style) const;

    [[nodiscard]] bool out_is_terminal() const { return options_.out_is_terminal; }

    [[nodiscard]] bool utf8() const { return options_.utf8; }

    [[nodiscard]] std::size_t columns() const;

    /// Somebody is there to answer.
    [[nodiscard]] bool can_ask() const { return options_.input >= 0 && options_.err_is_terminal; }

    /// Asks on stderr and waits for a line; nothing when input ended.
    Task<std::optional<std::string>> ask(std::string question);

    /// The same for a line that is not shown while it is typed.
    Task<std::optional<std::string>> ask_secret(std::string question);

    /// The next line of stdin where it is no terminal (blocks).
    [[nodiscard]] std::optional<std::string> read_piped_line() const;

private:
    TerminalOptions options_;
    bool quiet_ = false;
    bool live_shown_ = false;
    int output_error_ = 0;
};

/// The real one: descriptors 0, 1 and 2, and `/dev/tty` for questions.
[[nodiscard]] TerminalOptions real_terminal(
    const std::function<std::optional<std::string>(const std::string&)>& variable
);

}  // namespace signalbox::cli
