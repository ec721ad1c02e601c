#include "model/job.hpp"

#include <utility>

namespace signalbox::model {

namespace {

template <class Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Words<JobStatus, kJobStatusCount> kStatusWords{{
    {JobStatus::kQueued, "QUEUED"},
    {JobStatus::kPending, "PENDING"},
    {JobStatus::kRunning, "RUNNING"},
    {JobStatus::kSucceeded, "SUCCEEDED"},
    {JobStatus::kFailed, "FAILED"},
    {JobStatus::kCancelled, "CANCELLED"},
}};

constexpr Words<Reason, 17> kReasonWords{{
    {Reason::kNone, ""},
    {Reason::kCompleted, "COMPLETED"},
    {Reason::kEndedEarly, "ENDED_EARLY"},
    {Reason::kCancelled, "CANCELLED"},
    {Reason::kTimedOut, "TIMED_OUT"},
    {Reason::kScenarioError, "SCENARIO_ERROR"},
    {Reason::kOutOfMemory, "OUT_OF_MEMORY"},
    {Reason::kDiskFull, "DISK_FULL"},
    {Reason::kInterrupted, "INTERRUPTED"},
    {Reason::kSumoCrashed, "SUMO_CRASHED"},
    {Reason::kWorkerLost, "WORKER_LOST"},
    {Reason::kNodeLost, "NODE_LOST"},
    {Reason::kImageError, "IMAGE_ERROR"},
    {Reason::kQuota, "QUOTA"},
    {Reason::kUnschedulable, "UNSCHEDULABLE"},
    {Reason::kStartFailed, "START_FAILED"},
    {Reason::kInternal, "INTERNAL"},
}};

constexpr Words<OnLimit, 2> kOnLimitWords{{
    {OnLimit::kReject, "reject"},
    {OnLimit::kQueue, "queue"},
}};

template <class Enum, std::size_t N>
std::string_view word_of(const Words<Enum, N>& words, Enum value) {
    for (const auto& [candidate, word] : words) {
        if (candidate == value) {
            return word;
        }
    }
    return "";
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const Words<Enum, N>& words, std::string_view word) {
    for (const auto& [value, candidate] : words) {
        if (candidate == word) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_word(JobStatus status) {
    return word_of(kStatusWords, status);
}

std::optional<JobStatus> parse_job_status(std::string_view word) {
    return value_of(kStatusWords, word);
}

std::string_view to_word(Reason reason) {
    return word_of(kReasonWords, reason);
}

std::optional<Reason> parse_reason(std::string_view word) {
    return value_of(kReasonWords, word);
}

std::string_view to_word(OnLimit on_limit) {
    return word_of(kOnLimitWords, on_limit);
}

std::optional<OnLimit> parse_on_limit(std::string_view word) {
    return value_of(kOnLimitWords, word);
}

bool is_infrastructure(Reason reason) {
    switch (reason) {
        case Reason::kInterrupted:
        case Reason::kWorkerLost:
        case Reason::kNodeLost:
        case Reason::kImageError:
        case Reason::kStartFailed:
        case Reason::kInternal:
            return true;
        default:
            return false;
    }
}

JobStatus final_status(Reason reason) {
    switch (reason) {
        case Reason::kCompleted:
            return JobStatus::kSucceeded;
        case Reason::kCancelled:
            return JobStatus::kCancelled;
        default:
            return JobStatus::kFailed;
    }
}

}  // namespace signalbox::model
