// Where runs happen: starts, stops and looks for the worker of an attempt.
//
// Every attempt has a deterministic name (AttemptId::name), so each call may be repeated: starting
// what is there already is success. Absent is not failed: a worker that is not there may have left
// a verdict behind (kUndelivered), and only the reconciler decides that a run is lost.
//
// Threads: event loop.  Suspends: everything.  Errors: kUnavailable when the runner's backend is
// away; start: kInternal with the reason why this attempt cannot be started: nothing of it runs.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::jobs {

struct StartRequest {
    AttemptId attempt;
    std::string token;  ///< the attempt's credential; never logged
};

enum class Presence : std::uint8_t {
    kAlive,        ///< its worker runs, or start() is under way
    kUndelivered,  ///< no worker, but a verdict that was not taken in yet: redeliver()
    kUnstarted,    ///< no worker ever began: the server ended between its intent and the start
    kAbsent        ///< its worker began and is gone, and left nothing that is whole
};

class Runner {
public:
    virtual ~Runner() = default;

    virtual Task<Result<void>> start(StartRequest request) = 0;

    /// Asks the worker to ask the server what to do (it then learns of a cancel at once).
    virtual Task<Result<void>> nudge(AttemptId attempt) = 0;

    virtual Task<Result<Presence>> observe(AttemptId attempt) = 0;

    /// Starts the worker of a kUndelivered attempt again, only to report.
    virtual Task<Result<void>> redeliver(AttemptId attempt) = 0;

    /// Ends whatever is left of the attempt and removes its private files; its outcome is stored.
    virtual Task<Result<void>> clean_up(AttemptId attempt) = 0;

    /// Attempts of which something is left here, whoever started them.
    virtual Task<Result<std::vector<AttemptId>>> list_leftovers() = 0;

    /// Simulations at a time; 0: it starts none.
    [[nodiscard]] virtual std::int64_t slots() const = 0;

    /// Why a run that is started now would be wasted; empty: nothing is in the way. Every tenant
    /// may read it: it names no path, and nothing of another's job.
    virtual Task<std::string> find_obstacle() = 0;

    /// The name of the place for people: `local`.
    [[nodiscard]] virtual std::string where() const = 0;
};

}  // namespace signalbox::jobs
