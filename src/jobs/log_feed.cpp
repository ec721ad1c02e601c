#include "jobs/log_feed.hpp"

#include "jobs/changes.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::jobs {

namespace {

constexpr std::chrono::seconds kSharedFor{1};
// A crowd is at the end, or at the line before it.
constexpr std::size_t kMostShared = 4;
constexpr std::size_t kMostSharedBytes = std::size_t{4} << 10U;

}  // namespace

LogFeed::LogFeed(Sources sources, JobId job, std::weak_ptr<LogFeedMap> map)
    : sources_(sources), job_(std::move(job)), map_(std::move(map)), hints_(subscribe()) {}

LogFeed::~LogFeed() {
    if (const auto map = map_.lock()) {
        map->erase(job_.text);
    }
}

async::Signal::Subscription LogFeed::subscribe() const {
    return sources_.changes.subscribe(log_hint(job_));
}

Task<Result<std::shared_ptr<const LogLook>>> LogFeed::look(LogPosition from) {
    if (auto recent = find_recent(from)) {
        co_return recent;
    }
    const SteadyTime at = sources_.clock.steady();
    auto look = std::make_shared<LogLook>();
    SB_CO_TRY(look->job, co_await sources_.jobs.get_job(std::nullopt, job_));
    if (from.attempt > 0) {
        const files::ResultPlace place{
            .tenant = look->job.tenant, .attempt = {.job = job_, .n = from.attempt}
        };
        auto chunk = co_await sources_.logs.read(place, from.offset, kLogLookBytes);
        if (chunk) {
            look->chunk = *std::move(chunk);
            look->reaches_end = look->chunk.offset + look->chunk.bytes.size() >= look->chunk.size;
        } else if (chunk.error().code() != Code::kNotFound) {
            co_return Failure(chunk.error());
        }
    }
    keep({.from = from, .look = look, .at = at});
    co_return look;
}

std::shared_ptr<const LogLook> LogFeed::find_recent(const LogPosition& from) {
    if (hints_.take()) {
        recent_.clear();
    }
    const SteadyTime oldest = sources_.clock.steady() - kSharedFor;
    std::erase_if(recent_, [oldest](const Recent& recent) { return recent.at < oldest; });
    const auto found = std::ranges::find(recent_, from, &Recent::from);
    return found == recent_.end() ? nullptr : found->look;
}

void LogFeed::keep(Recent recent) {
    if (hints_.take()) {
        recent_.clear();  // and this look may have come too early as well
        return;
    }
    const bool shared =
        recent.look->reaches_end && recent.look->chunk.bytes.size() <= kMostSharedBytes;
    const auto known = std::ranges::find(recent_, recent.from, &Recent::from);
    if (!shared || known != recent_.end()) {
        return;
    }
    if (recent_.size() == kMostShared) {
        recent_.erase(recent_.begin());
    }
    recent_.push_back(std::move(recent));
}

std::shared_ptr<LogFeed> LogFeeds::open(const JobId& job) {
    std::weak_ptr<LogFeed>& known = (*feeds_)[job.text];
    if (auto feed = known.lock()) {
        return feed;
    }
    auto feed = std::make_shared<LogFeed>(sources_, job, feeds_);
    known = feed;
    return feed;
}

}  // namespace signalbox::jobs
