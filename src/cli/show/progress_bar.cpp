#include "cli/show/progress_bar.hpp"

#include "base/text.hpp"
#include "cli/show/text_width.hpp"
#include "cli/show/time_text.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

constexpr std::size_t kBarColumns = 20;
constexpr std::size_t kNarrowBarColumns = 8;
constexpr std::size_t kNarrow = 60;

/// Whole percents, rounded down: 100 % is said when it is true.
std::string percent_text(double percent) {
    return fmt::format("{} %", static_cast<int>(std::floor(std::clamp(percent, 0.0, 100.0))));
}

std::vector<std::string> words_of(const contract::ProgressView& progress, bool utf8) {
    std::vector<std::string> words;
    // What matters most comes first.
    if (progress.percent) {
        words.push_back(percent_text(*progress.percent));
    }
    if (progress.eta_seconds) {
        words.push_back(format_duration(*progress.eta_seconds) + " left");
    }
    if (progress.simulated_seconds) {
        const std::string simulated = fmt::format("{:.0f}", *progress.simulated_seconds);
        words.push_back(
            progress.end_seconds ? fmt::format("{} of {:.0f} s", simulated, *progress.end_seconds)
                                 : simulated + " s simulated"
        );
    }
    if (progress.running) {
        words.push_back(counted(*progress.running, "vehicle"));
    }
    if (progress.real_time_factor) {
        words.push_back(
            fmt::format("{:.1f} {} real time", *progress.real_time_factor, utf8 ? "×" : "x")
        );
    }
    return words;
}

}  // namespace

std::string progress_bar(double fraction, std::size_t columns, bool utf8) {
    const double share = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0.0;
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(columns));
    std::string bar;
    for (std::size_t i = 0; i < columns; ++i) {
        if (i < filled) {
            bar += utf8 ? "█" : "#";
        } else {
            bar += utf8 ? "░" : "-";
        }
    }
    return bar;
}

std::string transfer_line(
    std::string_view what, std::uint64_t done, std::uint64_t total, bool utf8
) {
    const double fraction =
        total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
    return fmt::format(
        "{}  {}  {}  {} of {}",
        what,
        progress_bar(fraction, kBarColumns, utf8),
        percent_text(fraction * 100),
        format_bytes(done),
        format_bytes(total)
    );
}

std::string run_line(const contract::ProgressView& progress, std::size_t columns, bool utf8) {
    std::string line;
    if (progress.percent) {
        const std::size_t bar = columns < kNarrow ? kNarrowBarColumns : kBarColumns;
        line = progress_bar(*progress.percent / 100, bar, utf8);
    }
    for (const std::string& word : words_of(progress, utf8)) {
        const std::string longer = line + (line.empty() ? "" : "  ") + word;
        if (!line.empty() && display_width(longer) > columns) {
            break;
        }
        line = longer;
    }
    return line.empty() ? "running" : line;
}

std::string run_words(const contract::ProgressView& progress, bool utf8) {
    const std::vector<std::string> words = words_of(progress, utf8);
    return words.empty() ? "running" : join(words, "  ");
}

}  // namespace signalbox::cli
