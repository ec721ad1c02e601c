// Refusals that are given here and above, each with one code and one wording.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/job.hpp"

#include <string_view>

namespace signalbox::store {

/// kGone: to a worker whose attempt has ended.
[[nodiscard]] Error attempt_over(const AttemptId& id);

/// kConflict; `what` is possible later: `Results can be deleted`.
[[nodiscard]] Error job_not_final(std::string_view what, model::JobStatus status);

}  // namespace signalbox::store
