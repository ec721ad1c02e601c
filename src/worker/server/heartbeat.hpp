// Tells the server that this attempt lives and how far it is, and brings back its orders.
//
// A beat leaves every few seconds, at once on a change of phase and when nudged, and at most twice
// a second while live figures change. Whatever the answer asks for goes to the stop switch. A beat
// that does not get through is only noted: the next one carries all of it.
//
// Threads: the event loop.  Suspends: run.  Errors: none.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "contract/worker_contract.hpp"
#include "worker/server/attempt_client.hpp"
#include "worker/server/stop_switch.hpp"
#include "worker/settings.hpp"

namespace signalbox::worker {

class Heartbeat {
public:
    /// All must outlive the heartbeat.
    Heartbeat(
        Executor executor,
        AttemptClient& client,
        StopSwitch& stop,
        const Clock& clock,
        const WorkerTimes& times
    );

    void enter(contract::WorkerPhase phase);
    void show(const model::Progress& progress, const model::Figures& figures);
    /// These change all the time and are no reason for a beat of their own.
    void show(const model::Usage& usage, const model::RunCost& cost);

    /// Somebody says that the server wants to be asked.
    void nudge();

    /// The last beat got its answer.
    [[nodiscard]] bool server_answers() const { return server_answers_; }

    /// Beats until it is cancelled, or the attempt is over.
    Task<void> run();

private:
    Task<void> beat();
    Task<void> wait_until_due();
    void obey(const Result<contract::BeatAnswer>& answer);
    [[nodiscard]] SteadyTime due() const;
    void make_urgent();

    AttemptClient& client_;
    StopSwitch& stop_;
    const Clock& clock_;
    const WorkerTimes& times_;
    async::Signal wake_;
    async::Signal::Subscription woken_;
    contract::BeatRequest next_;
    SteadyTime last_{};
    bool urgent_ = true;
    bool changed_ = false;  ///< live figures, since the last beat
    bool server_answers_ = false;
    bool complained_ = false;
};

}  // namespace signalbox::worker
