// Where the program writes and asks: results to stdout, everything about them to stderr.
//
// On a terminal one live line can stand at the bottom of stderr and is changed in place; whatever
// else is written first takes it away. Without a terminal there are no control codes at all:
// show_live does nothing, and callers write plain lines at sensible moments instead (is_live).
//
// Threads: one at a time.  Suspends: ask.  Errors: none; what cannot be written is dropped.
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
    using Sink = std::function<void(std::string_view)>;

    Sink out;
    Sink err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
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

    /// To stdout, as it is.
    void print(std::string_view text);
    /// A line about what goes on, to stderr; not when quiet.
    void note(std::string_view line);
    /// A line to stderr that is always said.
    void complain(std::string_view line);

    /// True when show_live shows something.
    [[nodiscard]] bool is_live() const { return options_.err_is_terminal && !quiet_; }

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

    /// Reads one line that is not shown while it is typed (blocks); also from a pipe, then without
    /// the question.
    [[nodiscard]] std::optional<std::string> read_secret(std::string_view question);

private:
    TerminalOptions options_;
    bool quiet_ = false;
    bool live_shown_ = false;
};

/// The real one: descriptors 0, 1 and 2, and `/dev/tty` for questions.
[[nodiscard]] TerminalOptions real_terminal(
    const std::function<std::optional<std::string>(const std::string&)>& variable
);

}  // namespace signalbox::cli
