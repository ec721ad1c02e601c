// What the followers of one log look at: the job and the next piece of its log, read once for all
// who are at the same place.
//
// A line of log wakes every follower, a thousand of them perhaps; what the first ones read serves
// the rest. It does so until the log's next hint and for a second at most, for hints may be lost.
// Only looks that reach the end are shared, and short ones: who catches up reads for himself. A log
// with one follower keeps nothing.
//
// Threads: event loop.  Suspends: look.  Errors: of the stores, passed on.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "files/log_files.hpp"
#include "jobs/log_position.hpp"
#include "store/job_store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::jobs {

struct LogLook {
    model::Job job;         ///< looked at before its log: what an ended attempt has logged is there
    files::LogChunk chunk;  ///< empty when the attempt has logged nothing there yet
    bool reaches_end = true;  ///< of the attempt's log so far
};

/// One look: enough for throughput, little enough that a thousand followers cost little memory.
inline constexpr std::size_t kLogLookBytes = std::size_t{64} << 10U;

/// What a reader finds in place of what the log has dropped: a line without its end.
[[nodiscard]] std::string dropped_mark(std::uint64_t bytes);

class LogFeed;

/// The feeds there are, by job.
using LogFeedMap = std::map<std::string, std::weak_ptr<LogFeed>, std::less<>>;

class LogFeed : public std::enable_shared_from_this<LogFeed> {
public:
    struct Sources {
        store::JobStore& jobs;
        files::LogFiles& logs;
        async::Signal& changes;
        const Clock& clock;
    };

    /// It leaves the map when it goes.
    LogFeed(Sources sources, JobId job, std::weak_ptr<LogFeedMap> map);
    ~LogFeed();
    LogFeed(const LogFeed&) = delete;
    LogFeed& operator=(const LogFeed&) = delete;

    /// The hints of the log that is looked at.
    [[nodiscard]] async::Signal::Subscription subscribe() const;

    [[nodiscard]] const JobId& job() const { return job_; }

    /// At the job, and at the log of `from.attempt` behind `from.offset`; attempt 0: at the job
    /// only.
    Task<Result<std::shared_ptr<const LogLook>>> look(LogPosition from);

private:
    struct Recent {
        LogPosition from;
        std::shared_ptr<const LogLook> look;
        SteadyTime at;
    };

    void forget_old();
    [[nodiscard]] bool is_worth_sharing(const Recent& recent) const;

    Sources sources_;
    JobId job_;
    std::weak_ptr<LogFeedMap> map_;
    async::Signal::Subscription hints_;
    std::uint64_t hints_seen_ = 0;
    std::vector<Recent> recent_;  ///< begun since the last hint
};

/// One feed for each log that is being followed.
class LogFeeds {
public:
    /// The sources must outlive this and its feeds.
    explicit LogFeeds(LogFeed::Sources sources) : sources_(sources) {}

    /// The feed is forgotten with its last follower.
    [[nodiscard]] std::shared_ptr<LogFeed> open(const JobId& job);

private:
    LogFeed::Sources sources_;
    std::shared_ptr<LogFeedMap> feeds_ = std::make_shared<LogFeedMap>();
};

}  // namespace signalbox::jobs
