// The figures of a run under names people know, with their units.
//
// What is unknown is left out; sections without a known figure as well.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "cli/show/terminal.hpp"
#include "model/figures.hpp"

#include <string>
#include <vector>

namespace signalbox::cli {

struct FigureRow {
    std::string section;  ///< "Trips (means)"; only with the first row of a section
    std::string name;
    std::string value;
    std::string unit;
    std::string note;  ///< the same in another unit, or parts of the sum

    bool operator==(const FigureRow&) const = default;
};

[[nodiscard]] std::vector<FigureRow> figure_rows(const model::Figures& figures);

/// Empty when nothing is known.
[[nodiscard]] std::string render_figures(const model::Figures& figures, const Terminal& terminal);

}  // namespace signalbox::cli
