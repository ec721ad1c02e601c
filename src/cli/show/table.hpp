// Aligned columns for people.
//
// The headings are the first line. Columns that may be cut give way, the widest first, when a row
// is wider than the terminal; without a limit nothing is cut. Cells are made printable here.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "cli/show/terminal.hpp"
#include "cli/show/text_width.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

struct Column {
    std::string heading;
    Align align = Align::kLeft;
    bool may_shrink = false;
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
    [[nodiscard]] std::vector<std::size_t> widths(std::size_t limit) const;

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
