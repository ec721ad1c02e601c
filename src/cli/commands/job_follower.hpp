// Follows one job to its end and shows where it stands: one live line on a terminal, plain lines at
// sensible moments elsewhere.
//
// What it knows comes from the job's event stream, each event a full snapshot of its kind; while
// the job waits the server is asked why. A cut stream is resumed.
//
// Threads: the event loop.  Suspends: follow, stop.
// Errors: those of EventStream and ApiClient.
#pragma once

#include "async/task_group.hpp"
#include "cli/client/event_stream.hpp"
#include "cli/session.hpp"
#include "contract/job_contract.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::cli {

class JobFollower {
public:
    /// Session and client must outlive the follower.
    JobFollower(Session& session, ApiClient& client, std::string job_id);
    ~JobFollower();
    JobFollower(const JobFollower&) = delete;
    JobFollower& operator=(const JobFollower&) = delete;

    /// Returns with the final state; once per follower.
    Task<Result<model::JobStatus>> follow();

    /// Must be awaited after follow, however that ended.
    Task<void> stop();

    /// As last seen.
    [[nodiscard]] std::optional<model::JobStatus> status() const { return status_; }

private:
    Task<void> keep_explaining();
    [[nodiscard]] Result<void> take(const wire::SseEvent& event);
    void take_state(const contract::JobView& job);
    void take_progress(const contract::ProgressView& progress);
    void say_trouble(const Error& error, std::chrono::milliseconds wait);
    void refresh();
    void say(const std::string& line);
    [[nodiscard]] bool is_waiting() const;

    Session& session_;
    ApiClient& client_;
    std::string job_id_;
    async::TaskGroup helpers_;
    std::optional<model::JobStatus> status_;
    std::int32_t attempt_ = 0;
    bool cancel_requested_ = false;
    contract::ProgressView progress_;
    std::string waiting_;          ///< why, in a line
    std::string last_said_;        ///< so that a plain line is not said twice
    std::int64_t said_tenth_ = 0;  ///< of the progress, in plain lines
    SteadyTime said_at_;
};

}  // namespace signalbox::cli
