#include "worker/server/heartbeat.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace signalbox::worker {

namespace {

constexpr auto kKey = "beat";

scenario::StopCause cause_of(model::Reason reason) {
    switch (reason) {
        case model::Reason::kCancelled:
            return scenario::StopCause::kCancelled;
        case model::Reason::kTimedOut:
            return scenario::StopCause::kTimedOut;
        default:
            return scenario::StopCause::kShutdown;
    }
}

}  // namespace

Heartbeat::Heartbeat(
    Executor executor,
    AttemptClient& client,
    StopSwitch& stop,
    const Clock& clock,
    const WorkerTimes& times
)
    : client_(client),
      stop_(stop),
      clock_(clock),
      times_(times),
      wake_(std::move(executor)),
      woken_(wake_.subscribe(kKey)) {}

void Heartbeat::enter(contract::WorkerPhase phase) {
    if (next_.phase != phase) {
        next_.phase = phase;
        make_urgent();
    }
}

void Heartbeat::show(const model::Progress& progress, const model::Figures& figures) {
    next_.progress = progress;
    next_.figures = figures;
    if (!changed_) {
        changed_ = true;
        wake_.notify(kKey);
    }
}

void Heartbeat::show(const model::Usage& usage, const model::RunCost& cost) {
    next_.usage = usage;
    next_.figures.cost = cost;
}

void Heartbeat::nudge() {
    make_urgent();
}

void Heartbeat::make_urgent() {
    urgent_ = true;
    wake_.notify(kKey);
}

Task<void> Heartbeat::run() {
    while (!stop_.fenced()) {
        co_await beat();
        co_await wait_until_due();
    }
}

Task<void> Heartbeat::beat() {
    urgent_ = false;
    changed_ = false;
    last_ = clock_.steady();
    obey(co_await client_.beat(next_));
}

void Heartbeat::obey(const Result<contract::BeatAnswer>& answer) {
    if (!answer && answer.error().code() == Code::kGone) {
        log::info("the server says that this attempt is over");
        stop_.request(scenario::StopCause::kFenced);
        return;
    }
    if (!answer && !complained_) {
        log::warning("the server does not take beats", {{"error", answer.error().message()}});
    }
    server_answers_ = answer.has_value();
    complained_ = !server_answers_;
    if (answer && answer->stop && !stop_.requested()) {
        log::info("the server says to stop", {{"reason", model::to_word(answer->reason)}});
        stop_.request(cause_of(answer->reason));
    }
}

SteadyTime Heartbeat::due() const {
    if (urgent_) {
        return clock_.steady();
    }
    return last_ + (changed_ && server_answers_ ? times_.live_beat : times_.beat);
}

Task<void> Heartbeat::wait_until_due() {
    for (;;) {
        const auto left = due() - clock_.steady();
        if (left <= SteadyTime::duration::zero()) {
            co_return;
        }
        co_await woken_.wait(left);
    }
}

}  // namespace signalbox::worker
