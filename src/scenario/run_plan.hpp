// How one attempt runs SUMO: command line, environment, and which outputs tell what happened.
//
// SUMO runs in the directory the scenario was unpacked to. Outputs that the product needs and the
// user has not asked for are injected into `signalbox/` (another name if the scenario has one) and
// are results like others; the user's own are left alone and read. Options after `-c` beat the
// configuration.
//
// Live figures come from the summary through a named pipe, if the user writes no summary: the
// caller makes the pipe before the start (`summary_pipe`), opens it O_RDWR|O_NONBLOCK, starts SUMO
// with SIGPIPE ignored, and drains it until the process has ended. Step lines on stdout (ending in
// CR) tell the progress in any case.
//
// Threads: any (values).  Suspends: never.  Errors: kInvalid for a configuration that does not
// parse, kNotFound for a missing one.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/job.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/simulators.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::scenario {

struct RunRequest {
    std::filesystem::path directory;  ///< the unpacked scenario, absolute
    std::string config_file;          ///< within it
    std::optional<std::int64_t> seed;
    std::optional<double> end;
    std::vector<std::string> args;  ///< checked (check_args)
    Instant started_at;             ///< replaces `TIME`, `${UTC}` in an output-prefix
};

enum class OutputKind : std::uint8_t { kStatistics, kSummary, kTripinfo, kEdgedata, kOther };

struct ExpectedOutput {
    OutputKind kind = OutputKind::kOther;
    std::string path;    ///< relative to the directory
    bool is_xml = true;  ///< ends with a closing tag when complete
};

enum class SummarySource : std::uint8_t {
    kPipe,      ///< `summary_path` is to be made a named pipe
    kUserFile,  ///< grows at `summary_path` while the run goes on
    kNone,      ///< the step log tells
};

struct RunPlan {
    std::vector<std::string> arguments;                            ///< after the binary
    std::vector<std::pair<std::string, std::string>> environment;  ///< all of it
    std::vector<std::string> directories;  ///< to be made below the run's directory, in order
    std::vector<ExpectedOutput> outputs;   ///< without the pipe
    SummarySource summary = SummarySource::kNone;
    std::string summary_path;           ///< relative; empty for kNone
    std::string summary_result;         ///< where the thinned summary belongs; empty unless kPipe
    std::optional<double> end_seconds;  ///< absent: ends with the last vehicle
    double begin_seconds = 0;

    /// The first output of a kind; nullptr when there is none.
    [[nodiscard]] const ExpectedOutput* find(OutputKind kind) const;
};

[[nodiscard]] Result<RunPlan> make_run_plan(const RunRequest& request, const Simulator& simulator);

}  // namespace signalbox::scenario
