// What a running SUMO takes: processor time, memory now and at most, bytes written.
//
// SUMO is one process (its filter refuses to fork), so /proc of that one is the whole truth.
// Written bytes are those of the run's directory beyond the input's; a hole in a file counts, for
// it is read and sent like the rest. Walking a directory of many files takes its time, so it is
// done more rarely the longer it takes; and more files than a limit are not counted, only noticed.
//
// Threads: one at a time (blocking: microseconds, a walk of 10,000 files some ten milliseconds).
// Suspends: never.  Errors: none; what cannot be read any more keeps its last value.
#pragma once

#include "base/clock.hpp"
#include "model/job.hpp"
#include "worker/evidence/file_walk.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace signalbox::worker {

class UsageSampler {
public:
    /// What is in `run_directory` now is the input. The clock must outlive the sampler.
    UsageSampler(std::filesystem::path run_directory, const Clock& clock, WalkLimits limits = {});

    /// The process to look at; before that only files are counted.
    void watch(pid_t pid) { pid_ = pid; }

    [[nodiscard]] const model::Usage& sample();

    [[nodiscard]] const model::Usage& latest() const { return usage_; }

    /// Counts the files now, however long it takes.
    [[nodiscard]] const model::Usage& sample_output();

    /// What the kernel said at the end of the process.
    void note_end(double cpu_seconds, std::int64_t peak_rss_bytes);

    /// The limit, once there are more files than can be counted.
    [[nodiscard]] std::optional<std::int64_t> passed_file_limit() const;

    /// Whether the run's file system can take another small file; also when it does not say.
    [[nodiscard]] bool has_room() const;

private:
    void read_memory();
    void read_processor();
    std::int64_t count_bytes();

    std::filesystem::path run_directory_;
    const Clock& clock_;
    WalkLimits limits_;
    pid_t pid_ = 0;
    bool uncounted_ = false;
    std::int64_t input_bytes_ = 0;
    SteadyTime next_walk_{};
    model::Usage usage_;
};

/// `VmHWM:	  1234 kB` of /proc/<pid>/status, in bytes.
[[nodiscard]] std::optional<std::int64_t> parse_status_line(
    std::string_view status, std::string_view name
);

/// How often the kernel killed something in this process's memory cgroup (v2); nothing when it does
/// not say.
[[nodiscard]] std::optional<std::int64_t> count_oom_kills();

}  // namespace signalbox::worker
