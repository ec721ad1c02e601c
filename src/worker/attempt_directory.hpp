// The layout of an attempt's private directory, and the verdict that waits in it.
//
//     pid  lock  token  boot  worker.log   shared with the runner
//     scenario.zip  run/  log              the worker's own
//     verdict.json                         written whole before anybody is told of it
//     synced                               all of it will be here after a power cut, too
//
// Threads: any (blocking).  Suspends: never.  Errors: kNoSpace, kInternal with the path;
// read_verdict: kNotFound when there is none.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"

#include <filesystem>

namespace signalbox::worker {

class AttemptDirectory {
public:
    /// `root` exists and is absolute.
    explicit AttemptDirectory(std::filesystem::path root) : root_(std::move(root)) {}

    [[nodiscard]] std::filesystem::path scenario() const { return root_ / "scenario.zip"; }

    [[nodiscard]] std::filesystem::path run() const { return root_ / "run"; }

    [[nodiscard]] std::filesystem::path log() const { return root_ / "log"; }

    [[nodiscard]] Result<void> write_pid() const;

    /// An empty `run/` that is its owner's alone, whatever a worker before this one left; others
    /// may pass through to it.
    [[nodiscard]] Result<void> prepare_run() const;

    [[nodiscard]] bool has_verdict() const;
    [[nodiscard]] Result<model::Verdict> read_verdict() const;
    [[nodiscard]] Result<void> write_verdict(const model::Verdict& verdict) const;

    /// What is here outlives the machine's next start, and `synced` says so. Syncs the file system.
    [[nodiscard]] Result<void> sync() const;

    /// Everything but `lock`, which says until the end that a worker is here.
    void remove_contents() const;

private:
    [[nodiscard]] std::filesystem::path verdict() const { return root_ / "verdict.json"; }

    std::filesystem::path root_;
};

}  // namespace signalbox::worker
