#include "cli/show/table.hpp"

#include <algorithm>
#include <limits>

namespace signalbox::cli {

namespace {

constexpr std::size_t kGap = 2;

using Widths = std::vector<std::optional<std::size_t>>;

/// How far a column gives way: first while others can still be left out, and in the end.
struct Least {
    std::size_t cut;
    std::size_t wrapped;
};

constexpr Least kComfortable{.cut = 20, .wrapped = 28};
constexpr Least kNarrowest{.cut = 8, .wrapped = 16};

std::size_t total_of(const Widths& widths) {
    std::size_t total = 0;
    for (const auto& width : widths) {
        total += width ? *width + kGap : 0;
    }
    return total - std::min(total, kGap);
}

/// The widest that can still give way; nullptr when there is none.
std::optional<std::size_t>* widest_of(
    const std::vector<Column>& columns, Widths& widths, const Least& least
) {
    std::optional<std::size_t>* widest = nullptr;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Narrow narrow = columns[i].narrow;
        const std::size_t limit = narrow == Narrow::kWrap ? least.wrapped : least.cut;
        const bool gives = narrow == Narrow::kCut || narrow == Narrow::kWrap;
        if (gives && *widths[i] > limit && (widest == nullptr || *widths[i] > *widest)) {
            widest = &widths[i];
        }
    }
    return widest;
}

/// False when it does not suffice.
bool shrink(
    const std::vector<Column>& columns, Widths& widths, std::size_t limit, const Least& least
) {
    for (std::size_t total = total_of(widths); total > limit; --total) {
        std::optional<std::size_t>* const widest = widest_of(columns, widths, least);
        if (widest == nullptr) {
            return false;
        }
        --**widest;
    }
    return true;
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<Cell> row) {
    row.resize(columns_.size(), Cell(""));
    for (Cell& cell : row) {
        cell.text = printable(cell.text);
    }
    rows_.push_back(std::move(row));
}

Table::Widths Table::widths(std::size_t limit) const {
    Widths natural;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = display_width(columns_[i].heading);
        for (const std::vector<Cell>& row : rows_) {
            width = std::max(width, display_width(row[i].text));
        }
        natural.emplace_back(width);
    }
    Widths widths = natural;
    for (std::size_t i = 0; !shrink(columns_, widths, limit, kComfortable); ++i) {
        while (i < columns_.size() && columns_[i].narrow != Narrow::kDrop) {
            ++i;
        }
        if (i == columns_.size()) {
            shrink(columns_, widths, limit, kNarrowest);
            break;
        }
        natural[i].reset();
        widths = natural;  // the others may need less now
    }
    return widths;
}

std::string Table::render_row(
    const std::vector<Cell>& row, const Widths& widths, const Terminal& terminal
) const {
    std::vector<std::vector<std::string>> texts;
    std::size_t height = 1;
    std::size_t last = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::size_t width = widths[i].value_or(0);
        const bool wraps = columns_[i].narrow == Narrow::kWrap;
        texts.push_back(wraps ? wrap(row[i].text, width) : std::vector{fit(row[i].text, width)});
        height = std::max(height, texts.back().size());
        last = widths[i] ? i : last;
    }
    std::string out;
    for (std::size_t n = 0; n < height; ++n) {
        std::string line;
        for (std::size_t i = 0; i <= last; ++i) {
            if (!widths[i]) {
                continue;
            }
            const std::string text = n < texts[i].size() ? texts[i][n] : std::string();
            // Nothing stands behind the last column: blanks there would only wrap.
            const bool open_end = i == last && columns_[i].align == Align::kLeft;
            const std::string cell = open_end ? text : pad(text, *widths[i], columns_[i].align);
            line += terminal.styled(cell, text.empty() ? Style::kPlain : row[i].style);
            line += i == last ? "" : std::string(kGap, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string Table::render(const Terminal& terminal) const {
    const bool limited = terminal.out_is_terminal();
    const Widths all_widths =
        widths(limited ? terminal.columns() : std::numeric_limits<std::size_t>::max());
    std::vector<Cell> headings;
    for (const Column& column : columns_) {
        headings.emplace_back(column.heading, Style::kBold);
    }
    std::string out = render_row(headings, all_widths, terminal);
    for (const std::vector<Cell>& row : rows_) {
        out += render_row(row, all_widths, terminal);
    }
    return out;
}

void Facts::add(std::string name, std::string_view value, Style style) {
    if (!value.empty()) {
        facts_.push_back({.name = std::move(name), .value = printable(value), .style = style});
    }
}

std::string Facts::render(const Terminal& terminal) const {
    std::size_t width = 0;
    for (const Fact& fact : facts_) {
        width = std::max(width, display_width(fact.name));
    }
    std::string out;
    for (const Fact& fact : facts_) {
        out += terminal.styled(pad(fact.name, width + kGap, Align::kLeft), Style::kDim) +
               terminal.styled(fact.value, fact.style) + "\n";
    }
    return out;
}

}  // namespace signalbox::cli
