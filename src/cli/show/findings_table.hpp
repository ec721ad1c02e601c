// What pre-flight found, for people: where, how bad, what, and what to do.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "cli/show/terminal.hpp"
#include "model/finding.hpp"

#include <span>
#include <string>

namespace signalbox::cli {

/// `net.xml:12`, `net.xml`, or `-` for the archive as a whole.
[[nodiscard]] std::string place_of(const model::Finding& finding);

/// One line each, its hint indented below; for stdout.
[[nodiscard]] std::string render_findings(
    std::span<const model::Finding> findings, const Terminal& terminal
);

/// `2 errors, 1 warning`, `no findings`.
[[nodiscard]] std::string count_findings(std::span<const model::Finding> findings);

/// The same lines to stderr, below an error or beside a submission.
void complain_findings(std::span<const model::Finding> findings, Terminal& terminal);

}  // namespace signalbox::cli
