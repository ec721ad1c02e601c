// The keys of the wake-up hints that the parts of this folder send each other.
//
// A hint says "look again". Within one process each commit is followed by its hints; one is lost
// only with a request that is broken off in between. So whoever waits looks without a hint too, but
// seldom: ten thousand idle streams then cost two thousand look-ups a second.
//
// Threads: event loop (the keys: any).  Suspends: never.  Errors: none.
#pragma once

#include "async/signal.hpp"
#include "base/ids.hpp"

#include <chrono>
#include <string>

namespace signalbox::jobs {

/// How long a stream waits for a hint before it looks all the same.
inline constexpr std::chrono::seconds kLookWithoutHint{5};

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

/// An attempt of the job began or ended: whoever watches the job or its log looks again.
inline void notify_watchers(async::Signal& changes, const JobId& job) {
    changes.notify(job_hint(job));
    changes.notify(log_hint(job));
}

/// The same when what ended may have made room for another start.
inline void notify_end(async::Signal& changes, const JobId& job) {
    notify_watchers(changes, job);
    changes.notify(kDispatchHint);
}

}  // namespace signalbox::jobs
