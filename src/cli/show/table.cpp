#include "cli/show/table.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace signalbox::cli {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;  // no column is cut below this

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<Cell> row) {
    row.resize(columns_.size(), Cell(""));
    for (Cell& cell : row) {
        cell.text = printable(cell.text);
    }
    rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = display_width(columns_[i].heading);
        for (const std::vector<Cell>& row : rows_) {
            width = std::max(width, display_width(row[i].text));
        }
        widths.push_back(width);
    }
    std::size_t total = std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
                        kGap * (columns_.size() - 1);
    while (total > limit) {
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const bool candidate = columns_[i].may_shrink && widths[i] > kNarrowest;
            if (candidate && (widest == nullptr || widths[i] > *widest)) {
                widest = &widths[i];
            }
        }
        if (widest == nullptr) {
            break;
        }
        --*widest;
        --total;
    }
    return widths;
}

std::string Table::render(const Terminal& terminal) const {
    const bool limited = terminal.out_is_terminal();
    const auto all_widths =
        widths(limited ? terminal.columns() : std::numeric_limits<std::size_t>::max());
    std::string out;
    const auto add_line = [&](const auto& text_of, const auto& style_of) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const bool last = i + 1 == columns_.size();
            const std::string cell = fit(text_of(i), all_widths[i]);
            const Style style = cell.empty() ? Style::kPlain : style_of(i);
            line += terminal.styled(pad(cell, all_widths[i], columns_[i].align), style);
            line += last ? "" : std::string(kGap, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    };
    add_line(
        [&](std::size_t i) { return columns_[i].heading; }, [](std::size_t) { return Style::kBold; }
    );
    for (const std::vector<Cell>& row : rows_) {
        add_line(
            [&](std::size_t i) { return row[i].text; }, [&](std::size_t i) { return row[i].style; }
        );
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
