// What SUMO says on its way: step lines, how it ended, its errors.
//
// Lines come without their ends, in SUMO's order, from stdout and stderr together (the two may be
// fed as they come). Step lines of all versions: `Step #100.00 (7ms ~= 142.86*RT, ~23285.71UPS,
// vehicles TOT 167 ACT 163 BUF 0)`, the parts in brackets optional.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "model/figures.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::scenario {

struct StepLine {
    double time = 0;  ///< simulated seconds
    model::Count vehicles_running;
};

/// Nothing when the line is no step line.
[[nodiscard]] std::optional<StepLine> parse_step_line(std::string_view line);

struct SumoMessages {
    std::optional<double> end_time;  ///< `Simulation ended at time: T`
    std::string end_reason;          ///< `Reason: …`, without the word and the full stop
    std::string error;           ///< the first `Error: …` with the lines that continue it, bounded
    bool quit_on_error = false;  ///< `Quitting (on error).`
    bool disk_full = false;      ///< a message says `No space left on device`
    bool memory_exhausted = false;    ///< `bad_alloc`, `out of memory`
    std::optional<double> last_step;  ///< of the step lines
};

class SumoLog {
public:
    /// Returns the step, if the line is one.
    std::optional<StepLine> feed_line(std::string_view line);

    [[nodiscard]] const SumoMessages& messages() const { return messages_; }

private:
    bool continue_error(std::string_view line);
    void note_faults(std::string_view line);

    SumoMessages messages_;
    bool had_error_ = false;
    bool in_error_ = false;
};

}  // namespace signalbox::scenario
