#include "jobs/log_follower.hpp"

#include "base/text.hpp"
#include "jobs/changes.hpp"

#include <fmt/format.h>

namespace signalbox::jobs {

namespace {

// One look: enough for throughput, little enough that a thousand followers cost little memory.
constexpr std::size_t kChunkBytes = std::size_t{64} << 10U;

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

std::string to_text(const LogPosition& position) {
    return position.ended ? fmt::format("{}-end", position.attempt)
                          : fmt::format("{}-{}", position.attempt, position.offset);
}

std::optional<LogPosition> parse_log_position(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto attempt = parse_number<std::int32_t>(text.substr(0, dash));
    const std::string_view rest = text.substr(dash + 1);
    const auto offset = parse_number<std::uint64_t>(rest);
    if (!attempt || *attempt < 0 || (rest != "end" && !offset)) {
        return std::nullopt;
    }
    return LogPosition{.attempt = *attempt, .offset = offset.value_or(0), .ended = rest == "end"};
}

LogFollower::LogFollower(
    store::JobStore& jobs,
    files::LogFiles& logs,
    async::Signal& changes,
    model::Job job,
    std::optional<LogPosition> resume
)
    : jobs_(jobs),
      logs_(logs),
      hints_(changes.subscribe(log_hint(job.id))),
      job_(std::move(job)),
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
            co_await hints_.wait(
                std::min<std::chrono::steady_clock::duration>(left, kLookWithoutHint)
            );
        }
        SB_CO_TRY(auto events, co_await collect());
        all_seen_ = events.empty();
        if (!events.empty() || done_) {
            co_return std::move(events);
        }
    }
}

bool LogFollower::attempt_is_over() const {
    const model::Attempt* const attempt = find_attempt(job_, position_.attempt);
    return model::is_final(job_.status) || position_.attempt < job_.attempt ||
           (attempt != nullptr && attempt->reason != model::Reason::kNone);
}

Task<Result<std::vector<LogEvent>>> LogFollower::collect() {
    std::vector<LogEvent> events;
    if (done_) {
        co_return events;
    }
    // The job is looked at before its log: what an ended attempt has logged is then all there.
    SB_CO_TRY(job_, co_await jobs_.get_job(std::nullopt, job_.id));
    if (!std::exchange(opened_, true)) {
        events.push_back({.kind = LogEvent::Kind::kOpening, .position = position_, .text = {}});
    }
    if (position_.attempt == 0 && job_.attempt > 0) {
        position_ = {.attempt = 1};
    }
    bool all_read = true;
    if (position_.attempt > 0) {
        SB_CO_TRY(all_read, co_await read_lines(events));
    }
    if (all_read && attempt_is_over()) {
        leave_attempt(events);
    }
    co_return events;
}

// True when everything the attempt has logged so far was handed out.
Task<Result<bool>> LogFollower::read_lines(std::vector<LogEvent>& events) {
    const files::ResultPlace place{
        .tenant = job_.tenant, .attempt = {.job = job_.id, .n = position_.attempt}
    };
    const auto chunk = co_await logs_.read(place, position_.offset, kChunkBytes);
    if (!chunk && chunk.error().code() == Code::kNotFound) {
        co_return true;
    }
    if (!chunk) {
        co_return Failure(chunk.error());
    }
    const bool reaches_end = chunk->offset + chunk->bytes.size() >= chunk->size;
    if (chunk->dropped_bytes > 0) {
        position_.offset = chunk->offset;
        events.push_back(
            {.position = position_,
             .text = fmt::format(
                 "[signalbox: {} of the log were dropped here]", format_bytes(chunk->dropped_bytes)
             )}
        );
    }
    split_lines(*chunk, reaches_end && attempt_is_over(), events);
    co_return reaches_end;
}

// `over`: nothing will follow, so a last line without its end is handed out too.
void LogFollower::split_lines(
    const files::LogChunk& chunk, bool over, std::vector<LogEvent>& events
) {
    std::string_view rest = chunk.bytes;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const bool whole_chunk = rest.size() == chunk.bytes.size() && rest.size() >= kChunkBytes;
        if (end == std::string_view::npos && !over && !whole_chunk) {
            return;
        }
        const std::string_view line = rest.substr(0, end);
        const std::size_t taken = end == std::string_view::npos ? rest.size() : end + 1;
        rest.remove_prefix(taken);
        position_.offset += taken;
        events.push_back({.position = position_, .text = std::string(line)});
    }
}

// Behind the last line of an attempt that is over: on to the next one, or the end.
void LogFollower::leave_attempt(std::vector<LogEvent>& events) {
    if (position_.attempt < job_.attempt) {
        const model::Attempt* const before = find_attempt(job_, position_.attempt);
        position_ = {.attempt = position_.attempt + 1};
        if (before != nullptr) {
            events.push_back(
                {.position = position_,
                 .text = fmt::format(
                     "attempt {}: {}", position_.attempt, model::to_word(before->reason)
                 )}
            );
        }
        return;
    }
    if (model::is_final(job_.status)) {
        position_.ended = true;
        done_ = true;
        events.push_back(
            {.kind = LogEvent::Kind::kClosing, .position = position_, .text = closing_sentence(job_)
            }
        );
    }
}

}  // namespace signalbox::jobs
