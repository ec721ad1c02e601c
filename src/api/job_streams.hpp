// The two event streams of a job: its log line by line, and snapshots of its state.
//
// Log events have positions as ids (jobs::LogPosition). A snapshot's id says what its reader knows
// by then: short hashes of the newest state, progress and figures; resuming sends what differs. The
// closing event of both has the id `<attempt>-end`, and resuming behind it is 204.
//
// Threads: event loop.  Suspends: next.  Errors: of the stores, passed on.
#pragma once

#include "api/request_context.hpp"
#include "api/sse_stream.hpp"
#include "jobs/log_follower.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::api {

class LogEvents final : public EventSource {
public:
    explicit LogEvents(jobs::LogFollower follower) : follower_(std::move(follower)) {}

    Task<Result<void>> next(std::string& out, std::chrono::steady_clock::duration patience)
        override;

    [[nodiscard]] bool done() const override { return follower_.done(); }

private:
    jobs::LogFollower follower_;
};

/// What a reader of snapshots has seen: hashes, empty for nothing.
struct SeenSnapshots {
    std::string state;
    std::string progress;
    std::string figures;

    bool operator==(const SeenSnapshots&) const = default;
};

[[nodiscard]] std::string to_text(const SeenSnapshots& seen);
/// Nothing seen for a text that is no such id.
[[nodiscard]] SeenSnapshots parse_seen_snapshots(std::string_view text);

class JobEvents final : public EventSource {
public:
    /// The parts must outlive the source.
    JobEvents(const Parts& with, JobId job, SeenSnapshots seen);

    Task<Result<void>> next(std::string& out, std::chrono::steady_clock::duration patience)
        override;

    [[nodiscard]] bool done() const override { return done_; }

private:
    Task<Result<void>> look(std::string& out);
    void append_changes(const model::Job& job, std::string& out);
    void append_if_new(std::string& out, std::string_view event, const std::string& data);

    const Parts& with_;
    async::Signal::Subscription hints_;
    JobId job_;
    SeenSnapshots seen_;
    std::optional<std::chrono::steady_clock::time_point> looked_at_;
    bool done_ = false;
};

/// The `Last-Event-ID` is that of a closing event.
[[nodiscard]] bool resumes_behind_end(std::string_view last_event_id);

/// How Kubernetes would call the phase of the job's pod.
[[nodiscard]] std::string_view pod_phase(model::JobStatus status);

/// `local-<last 8 of the id>`
[[nodiscard]] std::string pod_name(const JobId& job);

}  // namespace signalbox::api
