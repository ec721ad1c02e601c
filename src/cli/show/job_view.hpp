// A job for people: a row of a list, all about one, the verdict at its end.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "cli/show/terminal.hpp"
#include "contract/job_answers.hpp"
#include "contract/job_contract.hpp"

#include <span>
#include <string>

namespace signalbox::cli {

[[nodiscard]] std::string render_jobs(
    std::span<const contract::JobView> jobs, Instant now, const Terminal& terminal
);

/// Everything about one job, its attempts and figures included.
[[nodiscard]] std::string render_job(
    const contract::JobView& job, Instant now, const Terminal& terminal
);

/// How a followed job ended: the verdict in words, the figures, where the results are, what to do
/// next.
[[nodiscard]] std::string render_verdict(
    const contract::JobView& job, Instant now, const Terminal& terminal
);

[[nodiscard]] std::string render_explanation(
    const contract::Explanation& explanation, const Terminal& terminal
);

/// `queued, position 3: the tenant runs 2 of 2 jobs`
[[nodiscard]] std::string waiting_line(const contract::Explanation& explanation);

/// `12 s`; so far, when it still runs; empty before the start.
[[nodiscard]] std::string duration_of(const contract::JobView& job, Instant now);

}  // namespace signalbox::cli
