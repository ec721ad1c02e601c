// Why a job waits, runs on, or ended as it did: ordered reasons with numbers.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "contract/job_answers.hpp"
#include "model/job.hpp"
#include "store/job_store.hpp"

#include <cstdint>
#include <string>

namespace signalbox::jobs {

struct Surroundings {
    store::QueuePlace place;
    std::int64_t slots = 0;     ///< of the runner
    std::string obstacle;       ///< of the runner
    bool has_simulator = true;  ///< of the job's version
    Instant now;
};

[[nodiscard]] contract::Explanation explain(
    const model::Job& job, const Surroundings& surroundings
);

}  // namespace signalbox::jobs
