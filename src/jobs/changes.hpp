// The keys of the wake-up hints that the parts of this folder send each other.
//
// A hint says "look again" and may be lost: whoever waits looks again after a second anyway.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "base/ids.hpp"

#include <string>

namespace signalbox::jobs {

/// Something may be startable: a submission, an end, a change of limits.
inline const std::string kDispatchHint = "dispatch";

/// The job's state, progress or figures changed.
[[nodiscard]] inline std::string job_hint(const JobId& job) {
    return "job:" + job.text;
}

/// The job's log grew, or a new attempt of it began.
[[nodiscard]] inline std::string log_hint(const JobId& job) {
    return "log:" + job.text;
}

}  // namespace signalbox::jobs
