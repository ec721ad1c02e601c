#include "jobs/log_follower.hpp"

#include "jobs/changes.hpp"

#include <fmt/format.h>

namespace signalbox::jobs {

namespace {

std::string closing_sentence(const model::Job& job) {
    switch (job.status) {
        case model::JobStatus::kSucceeded:
            return "Simulation completed";
        case model::JobStatus::kCancelled:
            return "Simulation cancelled";
        default:
            return fmt::format("{}: {}", model::to_word(job.reason), job.error);
    }
}

const model::Attempt* find_attempt(const model::Job& job, std::int32_t n) {
    for (const model::Attempt& attempt : job.attempts) {
        if (attempt.n == n) {
            return &attempt;
        }
    }
    return nullptr;
}

}  // namespace

LogFollower::LogFollower(std::shared_ptr<LogFeed> feed, std::optional<LogPosition> resume)
    : feed_(std::move(feed)),
      hints_(feed_->subscribe()),
      position_(resume.value_or(LogPosition{})),
      opened_(resume.has_value()),
      done_(resume && resume->ended) {}

Task<Result<std::vector<LogEvent>>> LogFollower::next(std::chrono::steady_clock::duration patience
) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        if (all_seen_) {
            const auto left = until - std::chrono::steady_clock::now();
            if (left <= left.zero()) {
                co_return std::vector<LogEvent>();
            }
            const bool hinted = co_await hints_.wait(left);
            if (!hinted && std::chrono::steady_clock::now() - looked_at_ < kLookWithoutHint) {
                continue;
            }
        }
        looked_at_ = std::chrono::steady_clock::now();
        SB_CO_TRY(auto events, co_await collect());
        all_seen_ = events.empty();
        if (!events.empty() || done_) {
            co_return std::move(events);
        }
    }
}

bool LogFollower::attempt_is_over(const model::Job& job) const {
    const model::Attempt* const attempt = find_attempt(job, position_.attempt);
    return model::is_final(job.status) || position_.attempt < job.attempt ||
           (attempt != nullptr && attempt->reason != model::Reason::kNone);
}

Task<Result<std::vector<LogEvent>>> LogFollower::collect() {
    std::vector<LogEvent> events;
    if (done_) {
        co_return events;
    }
    SB_CO_TRY(auto look, co_await feed_->look(position_));
    if (!std::exchange(opened_, true)) {
        events.push_back(
            {.kind = LogEvent::Kind::kOpening,
             .position = position_,
             .text = {},
             .status = look->job.status}
        );
    }
    if (position_.attempt == 0 && look->job.attempt > 0) {
        position_ = {.attempt = 1};
        SB_CO_TRY(look, co_await feed_->look(position_));
    }
    read_lines(*look, events);
    if (look->reaches_end && attempt_is_over(look->job)) {
        leave_attempt(look->job, events);
    }
    co_return events;
}

void LogFollower::read_lines(const LogLook& look, std::vector<LogEvent>& events) {
    if (look.chunk.dropped_bytes > 0) {
        position_.offset = look.chunk.offset;
        events.push_back(
            {.position = position_,
             .text = dropped_mark(look.chunk.dropped_bytes),
             .status = look.job.status}
        );
    }
    split_lines(look, events);
}

void LogFollower::split_lines(const LogLook& look, std::vector<LogEvent>& events) {
    const files::LogChunk& chunk = look.chunk;
    // Nothing will follow, so a last line without its end is handed out too.
    const bool over = look.reaches_end && attempt_is_over(look.job);
    std::string_view rest = chunk.bytes;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const bool whole_chunk = rest.size() == chunk.bytes.size() && rest.size() >= kLogLookBytes;
        if (end == std::string_view::npos && !over && !whole_chunk) {
            return;
        }
        const std::string_view line = rest.substr(0, end);
        const std::size_t taken = end == std::string_view::npos ? rest.size() : end + 1;
        rest.remove_prefix(taken);
        position_.offset += taken;
        events.push_back(
            {.position = position_, .text = std::string(line), .status = look.job.status}
        );
    }
}

// Behind the last line of an attempt that is over: on to the next one, or the end.
void LogFollower::leave_attempt(const model::Job& job, std::vector<LogEvent>& events) {
    if (position_.attempt < job.attempt) {
        const model::Attempt* const before = find_attempt(job, position_.attempt);
        position_ = {.attempt = position_.attempt + 1};
        if (before != nullptr) {
            events.push_back(
                {.position = position_,
                 .text = fmt::format(
                     "attempt {}: {}", position_.attempt, model::to_word(before->reason)
                 ),
                 .status = job.status}
            );
        }
        return;
    }
    if (model::is_final(job.status)) {
        position_.ended = true;
        done_ = true;
        events.push_back(
            {.kind = LogEvent::Kind::kClosing,
             .position = position_,
             .text = closing_sentence(job),
             .status = job.status}
        );
    }
}

}  // namespace signalbox::jobs
