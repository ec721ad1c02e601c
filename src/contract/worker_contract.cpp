#include "contract/worker_contract.hpp"

#include "base/text.hpp"
#include "base/uuid.hpp"
#include "contract/model_fields.hpp"

#include <algorithm>
#include <unordered_set>

namespace signalbox::contract {

namespace {

constexpr std::size_t kMaxDescriptionBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 10U;
constexpr std::size_t kMaxWordBytes = 200;
constexpr std::size_t kMaxArgs = 1000;
// 1 PiB: more than any limit somebody will configure, and far from overflow.
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 50U;

Failure wrong(std::string location, std::string message) {
    return fail(field_error(std::move(location), std::move(message)));
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, is_hex_digit) && to_lower(text) == text;
}

// A sentence may have several lines, but nothing that moves a terminal's cursor.
bool is_plain_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c == '\n' || c == '\t' || !has_control_characters({&c, 1});
    });
}

// What is sent is always fit to be taken: bad bytes become blanks, a long text is cut and says so.
std::string sendable(std::string_view text, std::size_t max_bytes) {
    constexpr std::string_view kCut = "…";
    std::string safe = to_valid_utf8(text);
    std::ranges::replace_if(safe, [](char c) { return !is_plain_text({&c, 1}); }, ' ');
    if (safe.size() > max_bytes) {
        std::size_t end = max_bytes - kCut.size();
        // Not inside a character.
        while (end > 0 && (static_cast<unsigned char>(safe[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        safe.resize(end);
        safe += kCut;
    }
    return safe;
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t max_bytes) {
    if (text.size() > max_bytes) {
        return wrong(
            "body." + std::string(field),
            "has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(max_bytes) +
                " are allowed"
        );
    }
    if (!is_plain_text(text)) {
        return wrong("body." + std::string(field), "holds control characters");
    }
    return {};
}

Result<void> check_usage(const model::Usage& usage) {
    if (usage.cpu_seconds < 0 || usage.rss_bytes < 0 || usage.peak_rss_bytes < 0 ||
        usage.output_bytes < 0) {
        return wrong("body.usage", "has a negative number");
    }
    return {};
}

Result<void> check_files(const std::vector<model::ResultFile>& files) {
    if (files.size() > kMaxResultFiles) {
        return wrong(
            "body.files",
            "has " + std::to_string(files.size()) + " items; at most " +
                std::to_string(kMaxResultFiles) + " are allowed"
        );
    }
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string place = "body.files." + std::to_string(i);
        const model::ResultFile& file = files[i];
        if (!is_result_path(file.path)) {
            return wrong(
                place + ".path", shown(file.path) + " is not a relative path below the results"
            );
        }
        if (!seen.insert(file.path).second) {
            return wrong(place + ".path", shown(file.path) + " stands there twice");
        }
        if (!is_sha256(file.sha256)) {
            return wrong(
                place + ".sha256", shown(file.sha256) + " is not a SHA-256 in hexadecimal"
            );
        }
        if (file.size_bytes > kMaxFileBytes) {
            return wrong(place + ".size", std::to_string(file.size_bytes) + " is too large");
        }
    }
    return {};
}

}  // namespace

template <>
struct WordsOf<WorkerPhase> {
    static auto word(WorkerPhase phase) { return to_word(phase); }

    static auto parse(std::string_view word) { return parse_worker_phase(word); }
};

template <>
struct Fields<AttemptLimits> {
    static void list(auto& f, auto& v) {
        f.required("wall_seconds", v.wall_seconds);
        f.required("memory_bytes", v.memory_bytes);
        f.required("output_bytes", v.output_bytes);
        f.required("log_bytes", v.log_bytes);
    }
};

template <>
struct Fields<ScenarioInfo> {
    static void list(auto& f, auto& v) {
        f.required("sha256", v.sha256);
        f.required("size", v.size_bytes);
        f.if_any("url", v.url);
    }
};

template <>
struct Fields<AttemptDescription> {
    static void list(auto& f, auto& v) {
        f.required("job_id", v.job_id);
        f.required("attempt", v.attempt);
        f.required("config_file", v.config_file);
        f.required("sumo_version", v.sumo_version);
        f("seed", v.seed);
        f("end", v.end);
        f("args", v.args);
        f.required("limits", v.limits);
        f.required("scenario", v.scenario);
    }
};

template <>
struct Fields<model::Progress> {
    static void list(auto& f, auto& v) {
        f("simulated_seconds", v.simulated_seconds);
        f("begin_seconds", v.begin_seconds);
        f("end_seconds", v.end_seconds);
        f("running", v.running);
        f("halting", v.halting);
        f("real_time_factor", v.real_time_factor);
    }
};

template <>
struct Fields<BeatRequest> {
    static void list(auto& f, auto& v) {
        f.required("phase", v.phase);
        f("progress", v.progress);
        f("figures", v.figures);
        f("usage", v.usage);
    }
};

template <>
struct Fields<BeatAnswer> {
    static void list(auto& f, auto& v) {
        f.one_of("action", v.stop, "stop", "continue");
        f("reason", v.reason);
    }
};

template <>
struct Fields<LogAnswer> {
    static void list(auto& f, auto& v) {
        f.if_set("next", v.next);
        f.if_set("expected", v.expected);
    }
};

template <>
struct Fields<model::ResultFile> {
    static void list(auto& f, auto& v) {
        f.required("path", v.path);
        f.required("size", v.size_bytes);
        f.required("sha256", v.sha256);
    }
};

template <>
struct Fields<model::SumoExit> {
    static void list(auto& f, auto& v) {
        f("version", v.version);
        f("exit", v.exit_code);
        f("signal", v.signal);
        f("end_time", v.end_time);
        f("end_reason", v.end_reason);
    }
};

namespace {

// The verdict with its outcome, which must not contradict the reason.
struct VerdictMessage {
    model::JobStatus outcome = model::JobStatus::kFailed;
    model::Verdict verdict;
};

}  // namespace

template <>
struct Fields<VerdictMessage> {
    static void list(auto& f, auto& v) {
        f.required("outcome", v.outcome);
        f.required("reason", v.verdict.reason);
        f("error", v.verdict.error);
        f("figures", v.verdict.figures);
        f("usage", v.verdict.usage);
        f("files", v.verdict.files);
        f("sumo", v.verdict.sumo);
    }
};

std::string_view to_word(WorkerPhase phase) {
    switch (phase) {
        case WorkerPhase::kFetching:
            return "fetching";
        case WorkerPhase::kRunning:
            return "running";
        case WorkerPhase::kUploading:
            return "uploading";
    }
    return "";
}

std::optional<WorkerPhase> parse_worker_phase(std::string_view word) {
    for (const WorkerPhase phase :
         {WorkerPhase::kFetching, WorkerPhase::kRunning, WorkerPhase::kUploading}) {
        if (to_word(phase) == word) {
            return phase;
        }
    }
    return std::nullopt;
}

bool is_result_path(std::string_view path) {
    return path.size() <= kMaxResultPathBytes && is_valid_utf8(path) &&
           !has_control_characters(path) && !path.contains('\\') &&
           std::ranges::none_of(split(path, '/'), [](std::string_view part) {
               return part.empty() || part == "." || part == "..";
           });
}

std::string encode(const AttemptDescription& attempt) {
    return encode_fields(attempt);
}

Result<AttemptDescription> decode_attempt_description(std::string_view text) {
    SB_TRY(auto attempt, decode_fields<AttemptDescription>(text, {kMaxDescriptionBytes, 8}));
    if (!is_uuid(attempt.job_id)) {
        return wrong("body.job_id", shown(attempt.job_id) + " is not a UUID");
    }
    if (attempt.attempt < 1) {
        return wrong("body.attempt", std::to_string(attempt.attempt) + " is not at least 1");
    }
    if (!is_result_path(attempt.config_file)) {
        return wrong(
            "body.config_file", shown(attempt.config_file) + " is not a path within the scenario"
        );
    }
    if (!is_sha256(attempt.scenario.sha256)) {
        return wrong(
            "body.scenario.sha256",
            shown(attempt.scenario.sha256) + " is not a SHA-256 in hexadecimal"
        );
    }
    if (attempt.args.size() > kMaxArgs) {
        return wrong(
            "body.args",
            "has " + std::to_string(attempt.args.size()) + " items; at most " +
                std::to_string(kMaxArgs) + " are allowed"
        );
    }
    SB_OK(check_text("sumo_version", attempt.sumo_version, kMaxWordBytes));
    return attempt;
}

std::string encode(const BeatRequest& beat) {
    return encode_fields(beat);
}

Result<BeatRequest> decode_beat_request(std::string_view text) {
    SB_TRY(auto beat, decode_fields<BeatRequest>(text, {kMaxBeatBytes, 8}));
    SB_OK(check_usage(beat.usage));
    return beat;
}

std::string encode(const BeatAnswer& answer) {
    return encode_fields(answer);
}

Result<BeatAnswer> decode_beat_answer(std::string_view text) {
    return decode_fields<BeatAnswer>(text, {kMaxAnswerBytes, 8});
}

std::string encode(const LogAnswer& answer) {
    return encode_fields(answer);
}

Result<LogAnswer> decode_log_answer(std::string_view text) {
    return decode_fields<LogAnswer>(text, {kMaxAnswerBytes, 8});
}

std::string encode(const model::Verdict& verdict) {
    VerdictMessage message{.outcome = model::final_status(verdict.reason), .verdict = verdict};
    message.verdict.error = sendable(verdict.error, kMaxVerdictErrorBytes);
    message.verdict.sumo.version = sendable(verdict.sumo.version, kMaxWordBytes);
    message.verdict.sumo.end_reason = sendable(verdict.sumo.end_reason, kMaxWordBytes);
    return encode_fields(message);
}

Result<model::Verdict> decode_verdict(std::string_view text) {
    SB_TRY(auto message, decode_fields<VerdictMessage>(text, {kMaxVerdictBytes, 8}));
    model::Verdict& verdict = message.verdict;
    if (verdict.reason == model::Reason::kNone) {
        return wrong("body.reason", "is empty");
    }
    if (message.outcome != model::final_status(verdict.reason)) {
        return wrong(
            "body.outcome",
            shown(model::to_word(message.outcome)) + " does not go with the reason " +
                std::string(model::to_word(verdict.reason))
        );
    }
    SB_OK(check_text("error", verdict.error, kMaxVerdictErrorBytes));
    SB_OK(check_text("sumo.version", verdict.sumo.version, kMaxWordBytes));
    SB_OK(check_text("sumo.end_reason", verdict.sumo.end_reason, kMaxWordBytes));
    SB_OK(check_usage(verdict.usage));
    SB_OK(check_files(verdict.files));
    return std::move(verdict);
}

}  // namespace signalbox::contract
