#include "jobs/run_probe.hpp"

namespace signalbox::jobs {

RunProbe::RunProbe(Metrics& metrics)
    : metrics_(metrics),
      started_(metrics.counter("signalbox_runs_started_total", "Attempts handed to the runner")),
      open_(metrics.gauge("signalbox_runs_open", "Attempts that have not ended")),
      delivering_(metrics.gauge(
          "signalbox_runs_delivering",
          "Attempts whose simulation has ended and that deliver their results"
      )),
      slots_(metrics.gauge("signalbox_run_slots", "Simulations that may go on at a time")) {
    // Every series is there from the start, so that the first end of a kind is seen as an increase.
    for (int i = static_cast<int>(model::Reason::kCompleted);
         i <= static_cast<int>(model::Reason::kInternal);
         ++i) {
        static_cast<void>(ended(static_cast<model::Reason>(i)));
    }
}

Counter RunProbe::ended(model::Reason reason) {
    return metrics_.counter(
        "signalbox_runs_ended_total",
        "Attempts that ended, by reason",
        {{"reason", std::string(model::to_word(reason))}}
    );
}

void RunProbe::run_started() {
    started_.add();
}

void RunProbe::run_could_not_start() {
    run_ended(model::Reason::kStartFailed);
}

void RunProbe::run_ended(model::Reason reason) {
    ended(reason).add();
}

void RunProbe::run_lost() {
    run_ended(model::Reason::kWorkerLost);
}

void RunProbe::slots_seen(store::SlotUse use, std::int64_t slots) {
    open_.set(static_cast<double>(use.open()));
    delivering_.set(static_cast<double>(use.delivering));
    slots_.set(static_cast<double>(slots));
}

}  // namespace signalbox::jobs
