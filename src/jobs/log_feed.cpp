#include "jobs/log_feed.hpp"

#include "base/text.hpp"
#include "jobs/changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::jobs {

namespace {

constexpr std::chrono::seconds kSharedFor{1};
// A crowd is at the end, or at the line before it.
constexpr std::size_t kMostShared = 4;
constexpr std::size_t kMostSharedBytes = std::size_t{4} << 10U;

}  // namespace

std::string dropped_mark(std::uint64_t bytes) {
    return fmt::format("[signalbox: {} of the log were dropped here]", format_bytes(bytes));
}

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
    forget_old();
    if (const auto known = std::ranges::find(recent_, from, &Recent::from);
        known != recent_.end()) {
        co_return known->look;
    }
    const std::uint64_t round = hints_seen_;
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
    forget_old();
    // A hint that came meanwhile may be about what this look has not seen.
    if (Recent recent{.from = from, .look = look, .at = at};
        round == hints_seen_ && is_worth_sharing(recent)) {
        recent_.push_back(std::move(recent));
    }
    co_return look;
}

void LogFeed::forget_old() {
    if (hints_.take()) {
        ++hints_seen_;
        recent_.clear();
    }
    const SteadyTime oldest = sources_.clock.steady() - kSharedFor;
    std::erase_if(recent_, [oldest](const Recent& recent) { return recent.at < oldest; });
}

bool LogFeed::is_worth_sharing(const Recent& recent) const {
    const bool has_company = weak_from_this().use_count() > 1;
    return has_company && recent.from.attempt > 0 && recent.look->reaches_end &&
           recent.look->chunk.bytes.size() <= kMostSharedBytes && recent_.size() < kMostShared &&
           std::ranges::find(recent_, recent.from, &Recent::from) == recent_.end();
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
