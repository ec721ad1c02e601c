// Figures of a run while it goes on: from the summary output, through a named pipe of ours or from
// the user's own file as it grows.
//
// The pipe is opened for reading and writing: then no read looks like the end before SUMO has
// opened it, and SUMO's open never waits. The end is the end of the process; what is left in the
// pipe then is drained until it is empty. What came through the pipe is kept thinned, as a result.
//
// Threads: one at a time.  Suspends: never (non-blocking reads).
// Errors: make: kNoSpace, kInternal when the pipe cannot be made.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"
#include "scenario/outputs/summary_reader.hpp"
#include "scenario/run_plan.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace signalbox::worker {

class LiveFigures {
public:
    /// Makes the pipe the plan asks for, if it does. `run_directory` is absolute.
    [[nodiscard]] static Result<std::unique_ptr<LiveFigures>> make(
        std::filesystem::path run_directory, const scenario::RunPlan& plan
    );

    ~LiveFigures();
    LiveFigures(const LiveFigures&) = delete;
    LiveFigures& operator=(const LiveFigures&) = delete;

    /// The pipe, for waiting; -1 when the figures come from a file, or not at all.
    [[nodiscard]] int pipe() const { return pipe_.get(); }

    /// Takes in what is there, at most `max_bytes`; false when there was nothing.
    bool read_some(std::size_t max_bytes);

    /// The newest step; nothing before the first.
    [[nodiscard]] const std::optional<scenario::SummaryStep>& newest() const { return newest_; }

    /// The closing tag came.
    [[nodiscard]] bool complete() const { return reader_.complete(); }

    /// After the end: removes the pipe and writes what came through it to its place among the
    /// results; without the closing tag if that had not come.
    [[nodiscard]] Result<void> finish();

private:
    LiveFigures(std::filesystem::path run_directory, const scenario::RunPlan& plan);

    bool read_pipe(std::size_t max_bytes);
    bool read_file(std::size_t max_bytes);

    std::filesystem::path run_directory_;
    scenario::SummarySource source_;
    std::string path_;
    std::string result_;
    UniqueFd pipe_;
    std::uint64_t file_offset_ = 0;
    std::optional<scenario::SummaryStep> newest_;
    scenario::SummaryThinner thinner_;
    scenario::SummaryReader reader_;
};

}  // namespace signalbox::worker
