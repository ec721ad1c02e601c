// How much room text takes on a terminal, and text made to fit.
//
// Width counts columns: combining marks take none, East Asian wide characters and most emoji two,
// everything else one. Near enough for tables; no locale is asked.
//
// Threads: any.  Suspends: never.  Errors: none; invalid UTF-8 counts and is shown as U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

[[nodiscard]] std::size_t display_width(std::string_view text);

/// At most `columns` wide; what was cut is marked with an ellipsis.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);

/// Lines of at most `columns`, broken at blanks; a longer word stays whole, so that it can be
/// copied. Never empty.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t columns);

enum class Align : std::uint8_t { kLeft, kRight };

/// Blanks up to `columns`; longer text stays as it is.
[[nodiscard]] std::string pad(std::string_view text, std::size_t columns, Align align);

/// Text of others made harmless: control characters (terminal sequences begin with one) become
/// U+FFFD, line ends and tabs blanks.
[[nodiscard]] std::string printable(std::string_view text);

/// The same for running text: line ends and tabs stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

}  // namespace signalbox::cli
