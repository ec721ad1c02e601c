// A job's log as a resumable sequence of lines, the same while it runs and after it is over.
//
// The follower pulls: hints only say "look again". A position is (attempt, byte offset) and is the
// id of each event, so any reader resumes without loss or repetition and a slow one costs a cursor.
// Order: the opening, the lines of each attempt, an announcement between attempts, the closing.
//
// Threads: event loop, one caller at a time.  Suspends: next.  Errors: of the stores, passed on.
#pragma once

#include "jobs/log_feed.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::jobs {

struct LogEvent {
    enum class Kind : std::uint8_t { kOpening, kLine, kClosing };

    Kind kind = Kind::kLine;
    LogPosition position;                                 ///< to resume behind this event
    std::string text;                                     ///< of a line; the closing sentence
    model::JobStatus status = model::JobStatus::kQueued;  ///< of the job by then
};

class LogFollower {
public:
    /// `resume` absent: from the start.
    LogFollower(std::shared_ptr<LogFeed> feed, std::optional<LogPosition> resume);

    /// The next events, at least one, or none when `patience` passed without any. After the closing
    /// event: done() is true.
    Task<Result<std::vector<LogEvent>>> next(std::chrono::steady_clock::duration patience);

    [[nodiscard]] bool done() const { return done_; }

    [[nodiscard]] const JobId& job() const { return feed_->job(); }

private:
    Task<Result<std::vector<LogEvent>>> collect();
    void read_lines(const LogLook& look, std::vector<LogEvent>& events);
    void split_lines(const LogLook& look, std::vector<LogEvent>& events);
    void leave_attempt(const model::Job& job, std::vector<LogEvent>& events);
    [[nodiscard]] bool attempt_is_over(const model::Job& job) const;

    std::shared_ptr<LogFeed> feed_;
    async::Signal::Subscription hints_;
    LogPosition position_;
    std::chrono::steady_clock::time_point looked_at_;
    bool opened_ = false;
    bool done_ = false;
    bool all_seen_ = false;  ///< the last look found nothing: the next one waits for a hint
};

}  // namespace signalbox::jobs
