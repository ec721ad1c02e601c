// A bar that fills, and the live lines made with it.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "contract/job_contract.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::cli {

/// `████░░░░` (or `####----`), `columns` wide; `fraction` outside 0-1 is taken as its nearest end.
[[nodiscard]] std::string progress_bar(double fraction, std::size_t columns, bool utf8);

/// `Uploading acosta.zip  ████░░░░  50 %  4.3 MiB of 8.6 MiB`
[[nodiscard]] std::string transfer_line(
    std::string_view what, std::uint64_t done, std::uint64_t total, bool utf8
);

/// `████░░░░  50 %  1 min 20 s left  1800 of 3600 s  812 vehicles  42.3 × real time`; what is not
/// known, or does not fit into `columns`, is left out.
[[nodiscard]] std::string run_line(
    const contract::ProgressView& progress, std::size_t columns, bool utf8
);

/// The same without the bar, for a plain line.
[[nodiscard]] std::string run_words(const contract::ProgressView& progress, bool utf8);

}  // namespace signalbox::cli
