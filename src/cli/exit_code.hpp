// What the program ends with: one number per kind of outcome, for scripts.
//
// 0 success · 1 error · 2 usage · 3 not authenticated or not allowed · 4 not found · 5 limit
// reached · 6 server not reachable · of a followed job: 10 FAILED, 11 CANCELLED, 12 still running
// when following ended.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"

#include <string_view>

namespace signalbox::cli {

inline constexpr int kExitSuccess = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitDenied = 3;
inline constexpr int kExitNotFound = 4;
inline constexpr int kExitLimit = 5;
inline constexpr int kExitUnreachable = 6;
inline constexpr int kExitJobFailed = 10;
inline constexpr int kExitJobCancelled = 11;
inline constexpr int kExitJobRuns = 12;

/// Word of an error that came from the way to the server, not from the server.
inline constexpr std::string_view kUnreachableWord = "SERVER_NOT_REACHABLE";
/// Word of a wrong use of the program.
inline constexpr std::string_view kUsageWord = "USAGE";

[[nodiscard]] int exit_code_of(const Error& error);

/// Of a job that was followed to where it stands now.
[[nodiscard]] int exit_code_of(model::JobStatus status);

/// An error of usage: exit code 2.
[[nodiscard]] Failure usage_error(std::string message);

}  // namespace signalbox::cli
