// Remembers what the simulators of this machine can: asking one costs as long as a small run.
//
// One text file in a directory that outlives the runs. The server asks all when it starts; its
// workers then find theirs without asking, while its binary has the same size and time of change. A
// file that does not read well is as good as none.
//
// Threads: any (blocking; asks programs only when it must).  Suspends: never.
// Errors: find: those of scenario/simulators.hpp. A cache that cannot be written is only slow.
#pragma once

#include "base/error.hpp"
#include "scenario/simulators.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

struct RememberedSimulator {
    Simulator simulator;
    std::string stamp;  ///< of the binary, when it was asked
};

class SimulatorCache {
public:
    /// An empty `directory` remembers nothing.
    SimulatorCache(const std::filesystem::path& directory, SimulatorSearch search);

    /// Asks every simulator, as find_simulators does, and remembers the answers.
    [[nodiscard]] std::vector<Simulator> ask_all() const;

    /// The simulator of this version, or the preferred one for an empty `version`. Asks only when
    /// none that is remembered will do.
    [[nodiscard]] Result<Simulator> find(std::string_view version) const;

private:
    [[nodiscard]] std::vector<RememberedSimulator> recall() const;
    void remember(const std::vector<RememberedSimulator>& simulators) const;

    std::filesystem::path file_;  ///< empty: none
    SimulatorSearch search_;
};

[[nodiscard]] std::string format_remembered(const std::vector<RememberedSimulator>& simulators);

/// Nothing when the text is not whole.
[[nodiscard]] std::optional<std::vector<RememberedSimulator>> parse_remembered(std::string_view text
);

}  // namespace signalbox::scenario
