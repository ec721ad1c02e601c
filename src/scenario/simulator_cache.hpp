// Remembers what the simulators of this machine can: asking one costs as long as a small run.
//
// One text file in a directory that outlives the runs, for the server and its workers. An entry
// counts while its home has that binary, of the same size and time of change; any other home is
// asked and the file replaced. A file that does not read well is as good as none.
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

    /// Every simulator, as find_simulators gives them.
    [[nodiscard]] std::vector<Simulator> find_all() const;

    /// The simulator of this version, or the preferred one for an empty `version`.
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
