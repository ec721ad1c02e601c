// From an uploaded archive to a job: checked, stored and admitted, in that order.
//
// The archive is on the local disk already, hashed and counted. The guard and the pre-flight say
// everything that is wrong before anything is kept; the archive is durable before the job that
// names it; the answer leaves after the commit. The same Idempotency-Key gives the same answer,
// also to a duplicate that arrives while the first is still being checked.
//
// Threads: event loop; checks on the pool.  Suspends: everything.
// Errors: kInvalid with findings, kExhausted at a limit, kConflict for a key used otherwise,
// kUnavailable without a usable sumo, kNoSpace.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/signal.hpp"
#include "base/clock.hpp"
#include "base/uuid.hpp"
#include "files/scenario_files.hpp"
#include "scenario/preflight.hpp"
#include "scenario/simulators.hpp"
#include "store/job_store.hpp"
#include "store/scenario_store.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace signalbox::jobs {

/// The fields of a submission, each within its own range already.
struct SubmissionRequest {
    TenantId tenant;
    std::string scenario_id;
    std::int32_t cpu_request = 1;
    std::int32_t memory_gi = 1;
    std::int32_t priority = 5;
    std::string config_file;   ///< empty: the only one
    std::string sumo_version;  ///< empty: the default
    std::optional<std::int64_t> seed;
    std::optional<double> end;
    std::vector<std::string> args;
    std::optional<model::OnLimit> on_limit;
    std::optional<std::chrono::seconds> timeout;
    std::string idempotency_key;  ///< empty: none
};

/// An archive on the local disk; whoever made it removes what was not taken over.
struct Upload {
    std::filesystem::path path;
    model::ScenarioRef ref;
};

struct RetryRequest {
    std::optional<TenantId> tenant;  ///< absent: an admin's
    JobId job;
    std::optional<model::OnLimit> on_limit;
    std::string idempotency_key;
};

struct SubmissionPolicy {
    scenario::ArchiveLimits archive;
    std::chrono::seconds default_timeout{std::chrono::hours(24)};
    std::string default_sumo_version;                            ///< empty: the newest
    std::int64_t storage_per_tenant = std::int64_t{100} << 30U;  ///< bytes of results
};

class SubmissionService {
public:
    struct Dependencies {
        store::JobStore& jobs;
        store::ScenarioStore& stored;
        files::ScenarioFiles& files;
        async::BlockingPool& pool;
        async::Signal& changes;
        UuidGenerator& ids;
        const Clock& clock;
    };

    /// All must outlive the service.
    SubmissionService(
        Dependencies dependencies,
        std::vector<scenario::Simulator> simulators,
        SubmissionPolicy policy
    );

    SubmissionService(const SubmissionService&) = delete;
    SubmissionService& operator=(const SubmissionService&) = delete;

    /// Newest first; the default is `default_simulator`.
    [[nodiscard]] const std::vector<scenario::Simulator>& simulators() const { return simulators_; }

    /// The default when no version is asked for; never null. kUnavailable, saying what to install,
    /// when there is none.
    [[nodiscard]] Result<const scenario::Simulator*> choose_simulator(const std::string& asked
    ) const;

    Task<Result<store::Admission>> submit(SubmissionRequest request, Upload upload);

    /// Of a scenario that put_scenario stored.
    Task<Result<store::Admission>> submit_stored(SubmissionRequest request, std::string stored_id);

    /// A new job with the input of a final one. kInvalid when its SUMO is not installed any more.
    Task<Result<store::Admission>> retry(RetryRequest request);

    Task<Result<store::StoredScenario>> put_scenario(
        TenantId tenant, std::string scenario_id, Upload upload
    );

private:
    Task<Result<store::Admission>> admit(
        SubmissionRequest request, model::ScenarioRef ref, std::optional<Upload> upload
    );
    Task<Result<void>> require_storage(TenantId tenant);
    Task<Result<scenario::PreflightReport>> check(
        SubmissionRequest request, std::filesystem::path archive, scenario::Simulator simulator
    );
    Task<Result<store::Admission>> store_job(
        model::JobSpec spec,
        TenantId tenant,
        std::optional<model::OnLimit> on_limit,
        std::optional<store::IdempotencyKey> key
    );

    Dependencies with_;
    std::vector<scenario::Simulator> simulators_;
    SubmissionPolicy policy_;
    std::set<std::string> keys_in_work_;  ///< `<tenant>/<Idempotency-Key>` being taken in
};

}  // namespace signalbox::jobs
