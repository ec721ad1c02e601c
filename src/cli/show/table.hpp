// Aligned columns for people.
//
// The headings are the first line. When a row is wider than the terminal, columns give way as each
// says: those that are cut or wrapped to a comfortable width, then whole columns that may be left
// out, the leftmost first, and in the end the former down to a few characters. Without a limit
// nothing gives way. Cells are made printable here.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "cli/show/terminal.hpp"
#include "cli/show/text_width.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

/// What a column does where there is no room for it.
enum class Narrow : std::uint8_t {
    kKeep,  ///< stays as it is
    kCut,   ///< ends in an ellipsis
    kWrap,  ///< goes on below, broken at blanks
    kDrop   ///< is left out
};

struct Column {
    std::string heading;
    Align align = Align::kLeft;
    Narrow narrow = Narrow::kKeep;
};

struct Cell {
    Cell(std::string content) : text(std::move(content)) {}

    Cell(const char* content) : text(content) {}

    Cell(std::string content, Style how) : text(std::move(content)), style(how) {}

    std::string text;
    Style style = Style::kPlain;
};

class Table {
public:
    explicit Table(std::vector<Column> columns);

    /// Missing cells are empty, further ones ignored.
    void add(std::vector<Cell> row);

    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// Whole lines. On a terminal: its colours and its width.
    [[nodiscard]] std::string render(const Terminal& terminal) const;

private:
    /// One per column; nothing for one that is left out.
    using Widths = std::vector<std::optional<std::size_t>>;

    [[nodiscard]] Widths widths(std::size_t limit) const;
    [[nodiscard]] std::string render_row(
        const std::vector<Cell>& row, const Widths& widths, const Terminal& terminal
    ) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// Names and values, one pair a line: the form of a single thing.
class Facts {
public:
    /// Nothing is added for an empty value.
    void add(std::string name, std::string_view value, Style style = Style::kPlain);

    [[nodiscard]] std::string render(const Terminal& terminal) const;

private:
    struct Fact {
        std::string name;
        std::string value;
        Style style;
    };

    std::vector<Fact> facts_;
};

}  // namespace signalbox::cli
