// What else can be asked about a job and about the caller: why, since when, its text, its files.
//
// Threads: any.  Suspends: never.
// Errors: decoding: kInvalid for malformed JSON, kUnprocessable naming the field of a wrong type.
#pragma once

#include "contract/job_contract.hpp"
#include "model/tenant.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::contract {

struct History {
    std::string job_id;
    std::vector<model::StateChange> changes;  ///< oldest first
};

/// One cause, most important first; value and limit where there are numbers.
struct ExplainReason {
    std::string code;
    std::string message;
    std::optional<double> value;
    std::optional<double> limit;

    bool operator==(const ExplainReason&) const = default;
};

struct Explanation {
    std::string job_id;
    model::JobStatus status = model::JobStatus::kPending;
    std::optional<std::int64_t> queue_position;  ///< from 1; only while queued
    std::vector<ExplainReason> reasons;

    bool operator==(const Explanation&) const = default;
};

struct LogText {
    std::string job_id;
    std::string pod_name;
    std::string logs;

    bool operator==(const LogText&) const = default;
};

struct ResultFileView {
    std::string name;
    std::uint64_t size_bytes = 0;
    std::string sha256;
    std::string url;  ///< path on this server, or a presigned address

    bool operator==(const ResultFileView&) const = default;
};

struct ResultsView {
    std::string job_id;
    model::JobStatus status = model::JobStatus::kPending;
    std::string storage_type;  ///< `local`, `s3`
    std::string result_location;
    std::vector<ResultFileView> files;
    std::string message;  ///< why there are no results; empty when SUCCEEDED

    bool operator==(const ResultsView&) const = default;
};

struct SimulatorView {
    std::string version;
    bool is_default = false;
    std::string home;  ///< empty for tenants: left out

    bool operator==(const SimulatorView&) const = default;
};

struct Simulators {
    std::vector<SimulatorView> simulators;

    bool operator==(const Simulators&) const = default;
};

struct Dashboard {
    std::string tenant_id;
    model::TenantLimits limits;
    model::TenantUsage usage;
    std::int64_t running_pods = 0;
    std::vector<JobView> recent_jobs;  ///< list items, at most 20
    model::StatusCounts stats{};
    std::int64_t storage_limit_bytes = 0;
};

/// Files of a job, with their addresses below `/jobs/{id}/results/`.
[[nodiscard]] ResultsView make_results_view(
    const model::Job& job, std::string storage_type, std::string result_location
);

[[nodiscard]] std::string encode(const History& history);
[[nodiscard]] std::string encode(const Explanation& explanation);
[[nodiscard]] std::string encode(const LogText& log);
[[nodiscard]] std::string encode(const ResultsView& results);
[[nodiscard]] std::string encode(const Simulators& simulators);
[[nodiscard]] std::string encode(const Dashboard& dashboard);

[[nodiscard]] Result<History> decode_history(std::string_view text);
[[nodiscard]] Result<Explanation> decode_explanation(std::string_view text);
[[nodiscard]] Result<LogText> decode_log_text(std::string_view text);
[[nodiscard]] Result<ResultsView> decode_results_view(std::string_view text);
[[nodiscard]] Result<Simulators> decode_simulators(std::string_view text);
[[nodiscard]] Result<Dashboard> decode_dashboard(std::string_view text);

}  // namespace signalbox::contract
