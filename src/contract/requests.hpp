// What callers may ask of the job routes, read from body, form or query.
//
// The `read_` functions leave their errors in the reader: call its finish afterwards.
//
// Threads: any.  Suspends: never.  Errors: in the reader.
#pragma once

#include "contract/body_reader.hpp"
#include "model/job.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::contract {

/// The fields of a submission besides the archive itself; every form of `POST /jobs` has these.
struct SubmitRequest {
    std::string scenario_id;
    std::int32_t cpu_request = 1;
    std::int32_t memory_gi = 1;
    std::string config_file;   ///< empty: the only one
    std::string sumo_version;  ///< empty: the default
    std::optional<std::int64_t> seed;
    std::optional<double> end;
    std::vector<std::string> args;
    std::optional<model::OnLimit> on_limit;
    std::int32_t priority = 5;
    std::optional<std::chrono::seconds> timeout;
    std::string callback_url;
    std::string progress_webhook_url;
    std::string scenario;              ///< name of a stored scenario
    std::string s3_url;                ///< `sumo_files_s3_url`
    std::vector<std::string> s3_urls;  ///< `sumo_files_s3_urls`
};

[[nodiscard]] SubmitRequest read_submit_request(BodyReader& reader);

struct PageRule {
    std::int64_t default_limit = 50;
    std::int64_t max_limit = 200;
    std::string_view kind;  ///< of the cursor: one word per list
};

struct PageQuery {
    std::int64_t limit = 50;
    std::optional<std::string> after;  ///< key of the last row of the page before
};

/// `limit` and `cursor`.
[[nodiscard]] PageQuery read_page_query(BodyReader& reader, PageRule rule);

struct JobsQuery {
    std::optional<model::JobStatus> status;
    std::optional<std::string> scenario_id;
    PageQuery page;
};

[[nodiscard]] JobsQuery read_jobs_query(BodyReader& reader, PageRule rule);

struct AdminJobsQuery {
    std::optional<model::JobStatus> status;
    std::optional<std::string> tenant_id;
    PageQuery page;
};

[[nodiscard]] AdminJobsQuery read_admin_jobs_query(BodyReader& reader, PageRule rule);

/// `on_limit` of a submission or a retry.
[[nodiscard]] std::optional<model::OnLimit> read_on_limit(BodyReader& reader);

}  // namespace signalbox::contract
