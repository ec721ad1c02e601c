#include "tests/simulation/parts.hpp"

namespace signalbox::simulation {

namespace {

using jobs::Presence;

Failure broken(std::string what) {
    return fail(Code::kInternal, "SIMULATED", std::move(what));
}

}  // namespace

bool SimulatedRunner::fails(std::uint64_t percent) const {
    return with_.faults && with_.random.below(100) < percent;
}

Task<Result<void>> SimulatedRunner::start(jobs::StartRequest request) {
    const jobs::UnderWay starting(starting_, request.attempt);
    co_await turn();
    Worker& worker = with_.machine.directories[request.attempt];
    if (fails(10)) {
        co_return broken("no process could be made");
    }
    if (!worker.alive) {
        worker = {.token = std::move(request.token), .alive = true};
    }
    co_await turn();
    co_return Result<void>();
}

Task<Result<void>> SimulatedRunner::nudge(AttemptId attempt) {
    co_await turn();
    const auto found = with_.machine.directories.find(attempt);
    if (found != with_.machine.directories.end() && found->second.alive) {
        with_.machine.send(Message::Kind::kBeat, attempt);
    }
    co_return Result<void>();
}

Task<Result<Presence>> SimulatedRunner::observe(AttemptId attempt) {
    if (starting_.contains(attempt)) {
        co_return Presence::kAlive;
    }
    co_await turn();
    if (fails(3)) {
        co_return broken("its directory cannot be read");
    }
    const auto found = with_.machine.directories.find(attempt);
    Presence presence = Presence::kUnstarted;
    if (found != with_.machine.directories.end()) {
        const Worker& worker = found->second;
        presence = worker.alive     ? Presence::kAlive
                   : worker.verdict ? Presence::kUndelivered
                                    : Presence::kAbsent;
    }
    co_await turn();
    co_return presence;
}

Task<Result<void>> SimulatedRunner::redeliver(AttemptId attempt) {
    co_await turn();
    if (fails(20)) {
        co_return broken("no process could be made");
    }
    const auto found = with_.machine.directories.find(attempt);
    if (found != with_.machine.directories.end() && !found->second.alive) {
        found->second.alive = true;
        ++found->second.life;
    }
    co_await turn();
    co_return Result<void>();
}

Task<Result<void>> SimulatedRunner::clean_up(AttemptId attempt) {
    co_await turn();
    if (fails(10)) {
        co_return broken("its directory cannot be removed");
    }
    with_.on_clean_up(attempt);
    with_.machine.directories.erase(attempt);
    co_await turn();
    co_return Result<void>();
}

Task<Result<std::vector<AttemptId>>> SimulatedRunner::list_leftovers() {
    co_await turn();
    std::vector<AttemptId> found;
    for (const auto& [attempt, worker] : with_.machine.directories) {
        found.push_back(attempt);
    }
    co_await turn();
    co_return found;
}

Task<Result<void>> SimulatedResults::seal(
    files::ResultPlace place, std::vector<model::ResultFile> manifest
) {
    co_await with_.turns.take(with_.process);
    with_.machine.manifests[place.attempt] = std::move(manifest);
    co_await with_.turns.take(with_.process);
    co_return Result<void>();
}

Task<Result<void>> SimulatedLogs::sync(files::ResultPlace /*place*/) {
    co_await with_.turns.take(with_.process);
    co_return Result<void>();
}

}  // namespace signalbox::simulation
