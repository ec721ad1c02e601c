// A job's log as a resumable sequence of lines, the same while it runs and after it is over.
//
// The follower pulls: hints only say "look again". A position is (attempt, byte offset) and is the
// id of each event, so any reader resumes without loss or repetition and a slow one costs a cursor.
// Order: the opening, the lines of each attempt, an announcement between attempts, the closing.
//
// Threads: event loop, one caller at a time.  Suspends: next.  Errors: of the stores, passed on.
#pragma once

#include "async/signal.hpp"
#include "files/log_files.hpp"
#include "store/job_store.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jobs {

/// Behind a byte of an attempt's log, or behind the closing event.
struct LogPosition {
    std::int32_t attempt = 0;
    std::uint64_t offset = 0;
    bool ended = false;

    bool operator==(const LogPosition&) const = default;
};

/// `<attempt>-<offset>` or `<attempt>-end`.
[[nodiscard]] std::string to_text(const LogPosition& position);
[[nodiscard]] std::optional<LogPosition> parse_log_position(std::string_view text);

struct LogEvent {
    enum class Kind : std::uint8_t { kOpening, kLine, kClosing };

    Kind kind = Kind::kLine;
    LogPosition position;  ///< to resume behind this event
    std::string text;      ///< of a line; the closing sentence
};

class LogFollower {
public:
    /// The stores must outlive the follower. `resume` absent: from the start.
    LogFollower(
        store::JobStore& jobs,
        files::LogFiles& logs,
        async::Signal& changes,
        model::Job job,
        std::optional<LogPosition> resume
    );

    /// The next events, at least one, or none when `patience` passed without any. After the closing
    /// event: done() is true.
    Task<Result<std::vector<LogEvent>>> next(std::chrono::steady_clock::duration patience);

    [[nodiscard]] bool done() const { return done_; }

    /// As last seen; its status is final once done.
    [[nodiscard]] const model::Job& job() const { return job_; }

private:
    Task<Result<std::vector<LogEvent>>> collect();
    Task<Result<bool>> read_lines(std::vector<LogEvent>& events);
    void split_lines(const files::LogChunk& chunk, bool over, std::vector<LogEvent>& events);
    void leave_attempt(std::vector<LogEvent>& events);
    [[nodiscard]] bool attempt_is_over() const;

    store::JobStore& jobs_;
    files::LogFiles& logs_;
    async::Signal::Subscription hints_;
    model::Job job_;
    LogPosition position_;
    bool opened_ = false;
    bool done_ = false;
    bool all_seen_ = false;  ///< the last look found nothing: the next one waits for a hint
};

}  // namespace signalbox::jobs
