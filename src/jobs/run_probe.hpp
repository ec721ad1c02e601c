// What operators watch of the runs, as metrics.
//
// Threads: event loop.  Suspends: never.  Errors: none.
#pragma once

#include "base/metrics.hpp"
#include "model/job.hpp"
#include "store/slot_use.hpp"

#include <cstdint>

namespace signalbox::jobs {

class RunProbe {
public:
    /// The metrics must outlive the probe.
    explicit RunProbe(Metrics& metrics);

    void run_started();
    void run_could_not_start();
    void run_ended(model::Reason reason);
    void run_lost();

    /// What a pass of the dispatcher has seen.
    void slots_seen(store::SlotUse use, std::int64_t slots);

private:
    Counter ended(model::Reason reason);

    Metrics& metrics_;
    Counter started_;
    Gauge open_;
    Gauge delivering_;
    Gauge slots_;
};

}  // namespace signalbox::jobs
