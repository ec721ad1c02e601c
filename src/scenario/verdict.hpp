// The verdict on a run, from evidence alone: exit code 0 does not mean finished.
//
// The order of judgement: was SUMO told to stop; how did its process end; what did it print; is
// every expected output whole; did it reach the configured end or had every vehicle arrived.
//
// Threads: any (pure).  Suspends: never.  Errors: none.
#pragma once

#include "model/job.hpp"
#include "scenario/outputs/sumo_log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::scenario {

/// Why the worker stopped SUMO itself.
enum class StopCause : std::uint8_t {
    kNone,
    kCancelled,
    kTimedOut,
    kShutdown,  ///< the worker was told to end
    kMemoryLimit,
    kDiskLimit,  ///< the run's output reached its limit
    kDiskFull,   ///< no room is left for anybody
    kFenced,     ///< a newer attempt runs
};

struct OutputState {
    std::string path;
    bool exists = false;
    bool complete = false;  ///< with its closing tag; true for what is no XML
};

struct Evidence {
    StopCause stop = StopCause::kNone;
    std::optional<std::int32_t> exit_code;
    std::optional<std::int32_t> signal;
    bool oom_killed = false;     ///< cgroup or kernel says so
    bool disk_was_full = false;  ///< ENOSPC seen, or no room on the file system at the end
    SumoMessages messages;
    std::vector<OutputState> outputs;
    std::optional<double> last_time;    ///< newest simulated second seen (summary, step lines)
    std::optional<double> end_seconds;  ///< configured
    double step_length = 1;
    std::optional<std::int64_t> vehicles_running;  ///< at the end
    std::optional<std::int64_t> vehicles_waiting;
    std::int64_t peak_memory_bytes = 0;
    std::int64_t memory_limit_bytes = 0;  ///< 0: none
    std::int64_t output_bytes = 0;
    std::int64_t output_limit_bytes = 0;            ///< 0: none
    std::optional<std::int64_t> passed_file_limit;  ///< more files than this were made
    std::chrono::seconds timeout{0};
};

struct Outcome {
    model::Reason reason = model::Reason::kInternal;
    std::string error;  ///< one sentence; empty for kCompleted
};

[[nodiscard]] Outcome decide(const Evidence& evidence);

}  // namespace signalbox::scenario
