// What people do with jobs that exist: find them by a shortened id, cancel, explain, read the end
// of the log, free the space of the results.
//
// A cancel is written first, so that it holds whatever happens next; then the worker is nudged to
// ask for it, and everybody who waits is hinted. Files go before the record that names them.
//
// Threads: event loop.  Suspends: everything.
// Errors: kNotFound `Job not found`, kConflict for an ambiguous id or a state that does not allow
// it; of the stores, passed on.
#pragma once

#include "async/signal.hpp"
#include "base/clock.hpp"
#include "contract/job_answers.hpp"
#include "files/log_files.hpp"
#include "files/result_files.hpp"
#include "jobs/runner.hpp"
#include "jobs/submission_service.hpp"
#include "store/job_store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::jobs {

class JobService {
public:
    struct Dependencies {
        store::JobStore& jobs;
        files::ResultFiles& results;
        files::LogFiles& logs;
        Runner& runner;
        const SubmissionService& submissions;
        async::Signal& changes;
        const Clock& clock;
    };

    /// All must outlive the service.
    explicit JobService(Dependencies dependencies) : with_(dependencies) {}

    JobService(const JobService&) = delete;
    JobService& operator=(const JobService&) = delete;

    /// With attempts; by a whole id, or by the only one that begins or ends with `text`. kConflict
    /// names the candidates. `tenant` absent: of all tenants.
    Task<Result<model::Job>> get_job(std::optional<TenantId> tenant, std::string text);

    Task<Result<model::Job>> cancel(std::optional<TenantId> tenant, JobId id);

    Task<Result<contract::Explanation>> explain(model::Job job);

    /// The last `lines` lines of an attempt; what is too much for one text is left out, and said.
    Task<Result<std::string>> read_log_end(
        model::Job job, std::int32_t attempt, std::int64_t lines
    );

    /// The files of a finished job; record, figures and log stay.
    Task<Result<void>> delete_results(TenantId tenant, JobId id);

private:
    /// A whole id need not exist.
    Task<Result<JobId>> find_id(std::optional<TenantId> tenant, std::string text);

    Dependencies with_;
};

}  // namespace signalbox::jobs
