// What a worker and the server say to each other about one attempt (`/worker/v1/…`).
//
// Decoding checks every name, size and count: a worker runs next to a scenario that nobody trusts.
// The other way round the worker checks as well, so that a wrong address fails with a sentence.
//
// Threads: any.  Suspends: never.
// Errors: decoding: kInvalid for malformed JSON, kTooLarge, kUnprocessable naming the first field
// that is wrong.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::contract {

inline constexpr std::size_t kMaxBeatBytes = std::size_t{64} << 10U;
inline constexpr std::size_t kMaxVerdictBytes = std::size_t{16} << 20U;
inline constexpr std::size_t kMaxResultFiles = 50'000;
inline constexpr std::size_t kMaxResultPathBytes = 1024;
inline constexpr std::size_t kMaxVerdictErrorBytes = 4096;

struct AttemptLimits {
    std::int64_t wall_seconds = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t output_bytes = 0;
    std::int64_t log_bytes = 0;

    bool operator==(const AttemptLimits&) const = default;
};

struct ScenarioInfo {
    std::string sha256;
    std::uint64_t size_bytes = 0;
    std::string url;  ///< presigned; empty: from `/worker/v1/scenario`

    bool operator==(const ScenarioInfo&) const = default;
};

struct AttemptDescription {
    std::string job_id;
    std::int32_t attempt = 0;
    std::string config_file;
    std::string sumo_version;
    std::optional<std::int64_t> seed;
    std::optional<double> end;
    std::vector<std::string> args;
    AttemptLimits limits;
    ScenarioInfo scenario;

    bool operator==(const AttemptDescription&) const = default;
};

enum class WorkerPhase : std::uint8_t { kFetching, kRunning, kUploading };

[[nodiscard]] std::string_view to_word(WorkerPhase phase);
[[nodiscard]] std::optional<WorkerPhase> parse_worker_phase(std::string_view word);

struct BeatRequest {
    WorkerPhase phase = WorkerPhase::kFetching;
    model::Progress progress;
    model::Figures figures;
    model::Usage usage;

    bool operator==(const BeatRequest&) const = default;
};

struct BeatAnswer {
    bool stop = false;
    model::Reason reason =
        model::Reason::kNone;  ///< why to stop: CANCELLED, TIMED_OUT, INTERRUPTED

    bool operator==(const BeatAnswer&) const = default;
};

/// `next` with 200; `expected` with 409, where the server's log ends.
struct LogAnswer {
    std::optional<std::uint64_t> next;
    std::optional<std::uint64_t> expected;

    bool operator==(const LogAnswer&) const = default;
};

/// A path a worker may name: relative, valid UTF-8, no empty, `.` or `..` part, no control
/// character, no backslash, at most kMaxResultPathBytes.
[[nodiscard]] bool is_result_path(std::string_view path);

[[nodiscard]] std::string encode(const AttemptDescription& attempt);
[[nodiscard]] Result<AttemptDescription> decode_attempt_description(std::string_view text);

[[nodiscard]] std::string encode(const BeatRequest& beat);
[[nodiscard]] Result<BeatRequest> decode_beat_request(std::string_view text);

[[nodiscard]] std::string encode(const BeatAnswer& answer);
[[nodiscard]] Result<BeatAnswer> decode_beat_answer(std::string_view text);

[[nodiscard]] std::string encode(const LogAnswer& answer);
[[nodiscard]] Result<LogAnswer> decode_log_answer(std::string_view text);

/// The same verdict always gives the same text, fit for hashing and for `verdict.json`.
[[nodiscard]] std::string encode(const model::Verdict& verdict);
[[nodiscard]] Result<model::Verdict> decode_verdict(std::string_view text);

}  // namespace signalbox::contract
