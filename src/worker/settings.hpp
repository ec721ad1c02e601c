// What a runner tells a worker when it starts it, and the worker's own clockwork.
//
// Variables: SIGNALBOX_URL, SIGNALBOX_ATTEMPT (`<job>-<n>`), SIGNALBOX_ATTEMPT_TOKEN (the token, or
// a file that holds it when it begins with `/` or `./`), SIGNALBOX_CA_CERT, SIGNALBOX_CACHE_DIR
// (where what simulators can is remembered between runs), SIGNALBOX_RUN_AS (`uid:gid` for SUMO when
// the worker is root), SIGNALBOX_LOCK_FD. Where the simulators are, scenario/simulators.hpp says.
//
// Threads: any (values).  Suspends: never.
// Errors: kInvalid `BAD_ENVIRONMENT` with all that is wrong in one sentence.
#pragma once

#include "async/backoff.hpp"
#include "base/error.hpp"
#include "scenario/simulators.hpp"
#include "worker/process/sandbox.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace signalbox::worker {

struct WorkerTimes {
    std::chrono::milliseconds beat{5'000};
    std::chrono::milliseconds live_beat{500};  ///< at most this often while figures change
    std::chrono::milliseconds sample{250};
    std::chrono::milliseconds grace{5'000};  ///< from SIGTERM to SIGKILL
    std::chrono::milliseconds log_batch{100};
    std::chrono::milliseconds answer{10'000};           ///< for one small request
    std::chrono::milliseconds second_nudge{10'000};     ///< a second SIGTERM within this counts
    std::chrono::milliseconds fetch_patience{600'000};  ///< with a server that is away, at first
    std::chrono::milliseconds patience{3'600'000};      ///< with a server that is away, at the end
    std::chrono::milliseconds sync_after{2'000};        ///< of delivering: it may take long
    async::BackoffPolicy retry{
        .first = std::chrono::milliseconds(100), .ceiling = std::chrono::milliseconds(15'000)
    };
};

struct WorkerSettings {
    std::filesystem::path directory;  ///< the attempt's own, absolute
    std::string server_url;
    std::string attempt;  ///< its name, for the log
    std::string token;    ///< never logged
    std::filesystem::path ca_file;
    std::filesystem::path cache_directory;  ///< empty: nothing is remembered
    scenario::SimulatorSearch simulators;
    UserAndGroup run_as;
    WorkerTimes times;
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

[[nodiscard]] Result<WorkerSettings> settings_from(
    const Environment& environment, std::filesystem::path directory
);

/// `65534:65534`
[[nodiscard]] std::optional<UserAndGroup> parse_user_and_group(std::string_view text);

}  // namespace signalbox::worker
