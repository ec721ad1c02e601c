// The machine that outlives its servers: attempts' directories and the workers in them, the results
// that were sealed, and the messages that are under way.
//
// A worker runs, has a verdict on its disk, or is gone; what it sends may be lost, doubled, late
// and out of order.
//
// Threads: one.  Suspends: never.  Errors: none.
#pragma once

#include "base/ids.hpp"
#include "model/job.hpp"
#include "store/slot_use.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace signalbox::simulation {

struct Worker {
    std::string token;
    bool alive = false;
    int life = 0;  ///< grows when it is started again to deliver
    store::RunPhase phase = store::RunPhase::kRunning;
    model::Reason told_to_stop = model::Reason::kNone;
    std::optional<model::Verdict> verdict;  ///< on the disk
};

struct Message {
    enum class Kind : std::uint8_t { kBeat, kVerdict };

    Kind kind = Kind::kBeat;
    AttemptId from;
    int life = 0;
    std::string token;
    store::RunPhase phase = store::RunPhase::kRunning;
    model::Verdict verdict;
};

struct Machine {
    std::int64_t slots = 1;
    bool slow_results = false;  ///< runs are seen to deliver after their simulation
    std::map<AttemptId, Worker> directories;
    std::map<AttemptId, std::vector<model::ResultFile>> manifests;
    std::vector<Message> under_way;

    // What attempts have said, and what was accepted of it: for the judge.
    std::map<AttemptId, std::map<std::string, model::Verdict>> reported;  ///< by verdict hash
    std::map<AttemptId, std::string> accepted;                            ///< its verdict hash

    // Verdicts of one attempt that two servers took in at the same time. Only one server at a time
    // can have the data directory, so that what is sealed then is nobody's promise.
    std::map<AttemptId, std::set<const void*>> concluding;
    std::set<AttemptId> contested;

    [[nodiscard]] std::vector<AttemptId> alive() const {
        std::vector<AttemptId> found;
        for (const auto& [id, worker] : directories) {
            if (worker.alive) {
                found.push_back(id);
            }
        }
        return found;
    }

    void send(Message::Kind kind, const AttemptId& from, const model::Verdict& verdict = {}) {
        const Worker& worker = directories.at(from);
        under_way.push_back(
            {.kind = kind,
             .from = from,
             .life = worker.life,
             .token = worker.token,
             .phase = worker.phase,
             .verdict = verdict}
        );
    }
};

}  // namespace signalbox::simulation
