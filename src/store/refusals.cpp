#include "store/refusals.hpp"

#include <string>

namespace signalbox::store {

Error attempt_over(const AttemptId& id) {
    return {
        Code::kGone,
        "ATTEMPT_OVER",
        "Attempt " + std::to_string(id.n) + " of job " + id.job.text + " is over"
    };
}

Error job_not_final(std::string_view what, model::JobStatus status) {
    return {
        Code::kConflict,
        "JOB_NOT_FINAL",
        std::string(what) + " once the job is over; it is " + std::string(model::to_word(status))
    };
}

}  // namespace signalbox::store
