// What a simulated server has in place of processes and files.
//
// Threads: one.  Suspends: everything.  Errors: as the interfaces say, and at random.
#pragma once

#include "base/random.hpp"
#include "jobs/runner.hpp"
#include "jobs/testing/unused.hpp"
#include "jobs/under_way.hpp"
#include "tests/simulation/machine.hpp"
#include "tests/simulation/turns.hpp"

#include <functional>

namespace signalbox::simulation {

/// What all parts of one server's life share.
struct Surroundings {
    Turns& turns;
    const Process& process;
    Machine& machine;
    Random& random;
    const bool& faults;  ///< whether calls fail at random
    /// An attempt's directory is about to be removed.
    std::function<void(const AttemptId&)> on_clean_up;
};

class SimulatedRunner final : public jobs::Runner {
public:
    explicit SimulatedRunner(Surroundings with) : with_(std::move(with)) {}

    Task<Result<void>> start(jobs::StartRequest request) override;
    Task<Result<void>> nudge(AttemptId attempt) override;
    Task<Result<jobs::Presence>> observe(AttemptId attempt) override;
    Task<Result<void>> redeliver(AttemptId attempt) override;
    Task<Result<void>> clean_up(AttemptId attempt) override;
    Task<Result<std::vector<AttemptId>>> list_leftovers() override;

    Task<std::string> find_obstacle() override { co_return ""; }

    [[nodiscard]] std::int64_t slots() const override { return with_.machine.slots; }

    [[nodiscard]] std::string where() const override { return "simulated"; }

private:
    [[nodiscard]] bool fails(std::uint64_t percent) const;

    Task<void> turn() { return with_.turns.take(with_.process); }

    Surroundings with_;
    std::set<AttemptId> starting_;
};

/// Workers of the simulation name files, they do not send them.
class SimulatedResults final : public jobs::testing::UnusedResultFiles {
public:
    explicit SimulatedResults(Surroundings with) : with_(std::move(with)) {}

    Task<Result<void>> seal(files::ResultPlace place, std::vector<model::ResultFile> manifest)
        override;

private:
    Surroundings with_;
};

class SimulatedLogs final : public jobs::testing::UnusedLogFiles {
public:
    explicit SimulatedLogs(Surroundings with) : with_(std::move(with)) {}

    Task<Result<void>> sync(files::ResultPlace place) override;

private:
    Surroundings with_;
};

/// Every archive is there.
class SimulatedArchives final : public jobs::testing::UnusedScenarioFiles {
public:
    Task<Result<void>> touch(std::string /*sha256*/) override { co_return Result<void>(); }
};

}  // namespace signalbox::simulation
