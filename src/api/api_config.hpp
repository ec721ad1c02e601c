// What the HTTP interface needs to know besides its services.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace signalbox::api {

/// Event streams at a time.
struct StreamLimits {
    std::size_t total = 10'000;
    std::size_t per_key = 200;
    std::chrono::milliseconds heartbeat{15'000};  ///< a comment when nothing else was sent
};

/// What a worker is told about its run; memory and wall clock are the job's own.
struct RunLimits {
    std::int64_t output_bytes = std::int64_t{20} << 30U;
    std::int64_t log_bytes = std::int64_t{64} << 20U;
};

struct ApiConfig {
    std::string version = SIGNALBOX_VERSION;
    Instant started_at;
    std::filesystem::path spool_directory;  ///< uploads on their way; beside the scenario files
    std::uint64_t max_upload_bytes = std::uint64_t{100} << 20U;
    std::uint64_t max_json_bytes = std::uint64_t{1} << 20U;
    double min_free_disk = 0.05;  ///< share of the spool's file system below which uploads are 507
    std::int64_t storage_limit_bytes = std::int64_t{100} << 30U;  ///< of one tenant; above it: 507
    bool open_registration = false;
    std::string metrics_key;  ///< empty: `/metrics` is open
    StreamLimits streams;
    RunLimits runs;
};

}  // namespace signalbox::api
