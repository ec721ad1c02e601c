#include "scenario/verdict.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace signalbox::scenario {

namespace {

using model::Reason;

Outcome with(Reason reason, std::string error) {
    return {.reason = reason, .error = std::move(error)};
}

std::string bytes_of(std::int64_t bytes) {
    return format_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)));
}

bool is_whole(const OutputState& output) {
    return output.exists && output.complete;
}

// SUMO had come to its own end, good or bad, before our signal reached it: the true outcome stands.
// Not with more output than it may keep: that is a fact whenever it is seen.
bool had_finished(const Evidence& evidence) {
    if (evidence.stop == StopCause::kDiskLimit) {
        return false;
    }
    const SumoMessages& messages = evidence.messages;
    const bool interrupted = messages.end_reason.find("Interrupted") != std::string::npos;
    if (!evidence.exit_code || interrupted) {
        return false;
    }
    return *evidence.exit_code == 0
               ? messages.end_time && std::ranges::all_of(evidence.outputs, is_whole)
               : messages.quit_on_error;
}

std::string output_sentence(const Evidence& e) {
    if (e.passed_file_limit) {
        return fmt::format(
            "the run made more than {} files, or folders that cannot be read", *e.passed_file_limit
        );
    }
    return fmt::format(
        "the run wrote {} of output; its limit is {}",
        bytes_of(e.output_bytes),
        bytes_of(e.output_limit_bytes)
    );
}

// A full disk is judged with the other resources.
std::optional<Outcome> judge_stop(const Evidence& e) {
    if (e.stop == StopCause::kNone || e.stop == StopCause::kDiskFull || had_finished(e)) {
        return std::nullopt;
    }
    switch (e.stop) {
        case StopCause::kMemoryLimit:
            return with(
                Reason::kOutOfMemory,
                fmt::format(
                    "sumo used {} of memory; the limit of this run is {}",
                    bytes_of(e.peak_memory_bytes),
                    bytes_of(e.memory_limit_bytes)
                )
            );
        case StopCause::kDiskLimit:
            return with(Reason::kDiskFull, output_sentence(e));
        case StopCause::kCancelled:
            return with(Reason::kCancelled, "cancelled on request");
        case StopCause::kTimedOut:
            return with(
                Reason::kTimedOut,
                fmt::format("the run took longer than its limit of {}", format_duration(e.timeout))
            );
        case StopCause::kFenced:
            return with(Reason::kInterrupted, "another attempt of this job has taken over");
        case StopCause::kShutdown:
        case StopCause::kDiskFull:
        case StopCause::kNone:
            break;
    }
    return with(Reason::kInterrupted, "the run was ended by a stop of the server");
}

std::optional<Outcome> judge_resources(const Evidence& e) {
    if (e.oom_killed) {
        return with(
            Reason::kOutOfMemory,
            fmt::format(
                "the kernel ended sumo for lack of memory at {}", bytes_of(e.peak_memory_bytes)
            )
        );
    }
    if (e.messages.memory_exhausted) {
        return with(
            Reason::kOutOfMemory,
            fmt::format(
                "sumo could not get more memory; it had used {}", bytes_of(e.peak_memory_bytes)
            )
        );
    }
    if (e.stop == StopCause::kDiskFull || e.disk_was_full || e.messages.disk_full) {
        return with(Reason::kDiskFull, "the disk was full, so outputs of the run are not whole");
    }
    return std::nullopt;
}

// A signal that nobody of ours sent.
Outcome judge_signal(const Evidence& e, std::int32_t signal) {
    constexpr std::int64_t kNearlyAll = 95;  // percent of the limit
    constexpr std::int32_t kHangUp = 1;
    constexpr std::int32_t kInterrupt = 2;
    constexpr std::int32_t kKill = 9;
    constexpr std::int32_t kTerminate = 15;
    constexpr std::int32_t kCpuLimit = 24;
    constexpr std::int32_t kFileLimit = 25;
    if (signal == kFileLimit) {
        return with(Reason::kDiskFull, "an output file of the run reached its size limit");
    }
    if (signal == kKill && e.memory_limit_bytes > 0 &&
        e.peak_memory_bytes >= e.memory_limit_bytes / 100 * kNearlyAll) {
        return with(
            Reason::kOutOfMemory,
            fmt::format(
                "sumo was killed while it used {} of memory; the limit of this run is {}",
                bytes_of(e.peak_memory_bytes),
                bytes_of(e.memory_limit_bytes)
            )
        );
    }
    const bool from_outside = signal == kHangUp || signal == kInterrupt || signal == kKill ||
                              signal == kTerminate || signal == kCpuLimit;
    if (from_outside) {
        return with(
            Reason::kInterrupted,
            fmt::format("sumo was ended by signal {} from outside of Signalbox", signal)
        );
    }
    if (!e.messages.error.empty() && !e.last_time) {
        // Some wrong scenarios are named by SUMO before it falls over them.
        return with(
            Reason::kScenarioError,
            fmt::format("{} (sumo then crashed with signal {})", e.messages.error, signal)
        );
    }
    return with(Reason::kSumoCrashed, fmt::format("sumo crashed with signal {}", signal));
}

std::optional<Outcome> judge_process(const Evidence& e) {
    if (e.signal) {
        return judge_signal(e, *e.signal);
    }
    const bool says_error = !e.messages.error.empty();
    if (says_error && (e.exit_code.value_or(1) != 0 || e.messages.quit_on_error)) {
        return with(Reason::kScenarioError, e.messages.error);
    }
    if (e.exit_code.value_or(1) != 0) {
        return with(
            Reason::kSumoCrashed,
            fmt::format("sumo ended with exit code {} and no message", e.exit_code.value_or(-1))
        );
    }
    return std::nullopt;
}

std::optional<Outcome> judge_end(const Evidence& e) {
    const std::string_view reason = e.messages.end_reason;
    if (reason.find("Interrupted") != std::string_view::npos) {
        return with(
            Reason::kInterrupted,
            "sumo was interrupted from outside of Signalbox (it still exits with 0)"
        );
    }
    if (!e.messages.end_time) {
        return with(
            Reason::kSumoCrashed, "sumo ended without saying that the simulation has ended"
        );
    }
    for (const OutputState& output : e.outputs) {
        if (!is_whole(output)) {
            return with(
                Reason::kEndedEarly,
                fmt::format(
                    "the output {} is {}", output.path, output.exists ? "cut off" : "missing"
                )
            );
        }
    }
    return std::nullopt;
}

// Nobody is left, or the configured end was reached: the run is whole. SUMO counts as left also who
// would wait for ever, so its own word goes before the number of vehicles; and a number that is not
// known (the user's output may be a table, or nowhere) is no proof of anything.
std::optional<Outcome> judge_completeness(const Evidence& e) {
    const std::string_view reason = e.messages.end_reason;
    const double ended_at = *e.messages.end_time;
    const bool all_left = reason.find("All vehicles have left") != std::string_view::npos;
    const bool reached = e.end_seconds && ended_at >= *e.end_seconds - e.step_length;
    const bool all_arrived = e.vehicles_running == 0 && e.vehicles_waiting == 0;
    if (all_left || reached || all_arrived) {
        return std::nullopt;
    }
    const std::string before = e.end_seconds
                                   ? fmt::format("its configured end of {} s", *e.end_seconds)
                                   : std::string("its last vehicle had arrived");
    const std::string under_way =
        e.vehicles_running ? fmt::format(", with {} vehicles under way", *e.vehicles_running)
                           : std::string();
    return with(
        Reason::kEndedEarly,
        fmt::format(
            "the simulation ended at {} s, before {}{} ({})",
            ended_at,
            before,
            under_way,
            reason.empty() ? "no reason given" : reason
        )
    );
}

}  // namespace

Outcome decide(const Evidence& evidence) {
    for (const auto judge :
         {judge_stop, judge_resources, judge_process, judge_end, judge_completeness}) {
        if (auto outcome = judge(evidence)) {
            return std::move(*outcome);
        }
    }
    return {.reason = Reason::kCompleted, .error = ""};
}

}  // namespace signalbox::scenario
