#include "jobs/submission_service.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "jobs/changes.hpp"
#include "scenario/options/option_policy.hpp"
#include "store/refusals.hpp"

#include <fmt/format.h>

namespace signalbox::jobs {

namespace {

// How long a duplicate waits for the first of its kind; clients give up before.
constexpr std::chrono::seconds kDuplicatePatience{60};

// Everything that makes two submissions the same, in one unambiguous text.
std::string fingerprint_of(const SubmissionRequest& request, const std::string& sha256) {
    std::string text;
    const auto add = [&text](std::string_view field) {
        text += fmt::format("{}:{};", field.size(), field);
    };
    add(sha256);
    add(request.scenario_id);
    add(fmt::format("{}/{}/{}", request.cpu_request, request.memory_gi, request.priority));
    add(request.config_file);
    add(request.sumo_version);
    add(request.seed ? std::to_string(*request.seed) : "");
    add(request.end ? fmt::format("{}", *request.end) : "");
    for (const std::string& arg : request.args) {
        add(arg);
    }
    add(request.on_limit ? model::to_word(*request.on_limit) : "");
    add(request.timeout ? std::to_string(request.timeout->count()) : "");
    return sha256_hex(text);
}

std::optional<store::IdempotencyKey> key_of(
    const std::string& key, const std::string& fingerprint
) {
    if (key.empty()) {
        return std::nullopt;
    }
    return store::IdempotencyKey{.key = key, .fingerprint = fingerprint};
}

model::JobSpec spec_of(const SubmissionRequest& request, const model::ScenarioRef& ref) {
    return {
        .scenario_id = request.scenario_id,
        .scenario = ref,
        .cpu_request = request.cpu_request,
        .memory_gi = request.memory_gi,
        .priority = request.priority,
        .seed = request.seed,
        .end = request.end
    };
}

// Marks a key as being taken in for the life of a scope.
class KeyInWork {
public:
    KeyInWork(std::set<std::string>& keys, async::Signal& changes, std::string name)
        : keys_(keys), changes_(changes), name_(std::move(name)) {
        keys_.insert(name_);
    }

    ~KeyInWork() {
        keys_.erase(name_);
        changes_.notify("key:" + name_);
    }

    KeyInWork(const KeyInWork&) = delete;
    KeyInWork& operator=(const KeyInWork&) = delete;

private:
    std::set<std::string>& keys_;
    async::Signal& changes_;
    std::string name_;
};

}  // namespace

SubmissionService::SubmissionService(
    Dependencies dependencies, std::vector<scenario::Simulator> simulators, SubmissionPolicy policy
)
    : with_(dependencies), simulators_(std::move(simulators)), policy_(std::move(policy)) {}

Result<const scenario::Simulator*> SubmissionService::choose_simulator(const std::string& asked
) const {
    if (simulators_.empty()) {
        return fail(
            Code::kUnavailable,
            "NO_SIMULATOR",
            "No usable sumo on this server: install SUMO (Debian: apt install sumo; or pip install "
            "eclipse-sumo) or set SUMO_HOME, then start the server again"
        );
    }
    return scenario::choose_simulator(
        simulators_, asked.empty() ? policy_.default_sumo_version : asked
    );
}

Task<Result<store::Admission>> SubmissionService::submit(SubmissionRequest request, Upload upload) {
    const model::ScenarioRef ref = upload.ref;
    co_return co_await admit(std::move(request), ref, std::move(upload));
}

Task<Result<store::Admission>> SubmissionService::submit_stored(
    SubmissionRequest request, std::string stored_id
) {
    SB_CO_TRY(
        const auto stored, co_await with_.stored.get_scenario(request.tenant, std::move(stored_id))
    );
    co_return co_await admit(std::move(request), stored.ref, std::nullopt);
}

Task<Result<store::Admission>> SubmissionService::admit(
    SubmissionRequest request, model::ScenarioRef ref, std::optional<Upload> upload
) {
    SB_CO_TRY(const auto* const simulator, choose_simulator(request.sumo_version));
    const auto key = key_of(request.idempotency_key, fingerprint_of(request, ref.sha256));
    std::optional<KeyInWork> in_work;
    if (key) {
        const std::string name = request.tenant.text + "/" + key->key;
        const SteadyTime until = with_.clock.steady() + kDuplicatePatience;
        auto hint = with_.changes.subscribe("key:" + name);
        while (keys_in_work_.contains(name) && with_.clock.steady() < until) {
            co_await hint.wait(kDuplicatePatience);
        }
        in_work.emplace(keys_in_work_, with_.changes, name);
        SB_CO_TRY(
            auto replay, co_await with_.jobs.find_replay(request.tenant, *key, with_.clock.now())
        );
        if (replay) {
            co_return std::move(*replay);
        }
    }
    SB_CO_OK(co_await require_storage(request.tenant));
    SB_CO_TRY(request.args, scenario::check_args(request.args, simulator));

    model::JobSpec spec = spec_of(request, ref);
    spec.sumo_version = simulator->version;
    spec.args = request.args;
    spec.timeout = request.timeout.value_or(policy_.default_timeout);
    std::filesystem::path archive;
    files::OpenFile kept;
    if (upload) {
        archive = upload->path;
    } else {
        SB_CO_TRY(kept, co_await with_.files.open(ref.sha256));
        archive = fmt::format("/proc/self/fd/{}", kept.fd.get());
    }
    const TenantId tenant = request.tenant;
    const auto on_limit = request.on_limit;
    SB_CO_TRY(const auto report, co_await check(std::move(request), archive, *simulator));
    spec.config_file = report.config_file;
    spec.warnings = report.findings;
    if (upload) {
        SB_CO_OK(co_await with_.files.adopt(upload->path, ref));
    } else {
        SB_CO_OK(co_await with_.files.touch(ref.sha256));
    }
    co_return co_await store_job(std::move(spec), tenant, on_limit, key);
}

// What is stored already counts; a run that is under way may still add to it.
Task<Result<void>> SubmissionService::require_storage(TenantId tenant) {
    SB_CO_TRY(const auto usage, co_await with_.jobs.get_usage(std::move(tenant)));
    if (usage.storage_bytes < policy_.storage_per_tenant) {
        co_return Result<void>();
    }
    co_return fail(
        Code::kNoSpace,
        "STORAGE_LIMIT",
        fmt::format(
            "Your results take {} of {}: delete results of old jobs (DELETE /jobs/ID/results)",
            format_bytes(static_cast<std::uint64_t>(usage.storage_bytes)),
            format_bytes(static_cast<std::uint64_t>(policy_.storage_per_tenant))
        )
    );
}

Task<Result<scenario::PreflightReport>> SubmissionService::check(
    SubmissionRequest request, std::filesystem::path archive, scenario::Simulator simulator
) {
    scenario::PreflightOptions options{
        .config_file = request.config_file,
        .args = request.args,
        .end = request.end,
        .limits = policy_.archive
    };
    auto work = [archive = std::move(archive),
                 options = std::move(options),
                 simulator = std::move(simulator)]() mutable {
        options.simulator = &simulator;
        return scenario::check_scenario(archive, options);
    };
    SB_CO_TRY(auto report, co_await with_.pool.run(std::move(work)));
    if (!report.ok()) {
        co_return fail(scenario::to_error(report));
    }
    co_return std::move(report);
}

Task<Result<store::Admission>> SubmissionService::store_job(
    model::JobSpec spec,
    TenantId tenant,
    std::optional<model::OnLimit> on_limit,
    std::optional<store::IdempotencyKey> key
) {
    store::Submission submission{
        .id = {with_.ids.next()},
        .tenant = std::move(tenant),
        .spec = std::move(spec),
        .on_limit = on_limit,
        .idempotency = std::move(key),
        .now = with_.clock.now()
    };
    SB_CO_TRY(auto admission, co_await with_.jobs.submit(std::move(submission)));
    if (!admission.replayed) {
        log::info(
            "job submitted",
            {{"job_id", admission.id.text}, {"status", model::to_word(admission.status)}}
        );
    }
    with_.changes.notify(kDispatchHint);
    with_.changes.notify(job_hint(admission.id));
    co_return std::move(admission);
}

Task<Result<store::Admission>> SubmissionService::retry(RetryRequest request) {
    SB_CO_TRY(auto job, co_await with_.jobs.get_job(request.tenant, request.job));
    if (!model::is_final(job.status)) {
        co_return fail(store::job_not_final("A retry is possible", job.status));
    }
    const std::string fingerprint = sha256_hex(
        fmt::format("retry {} {}", job.id.text, request.on_limit ? to_word(*request.on_limit) : "")
    );
    auto key = key_of(request.idempotency_key, fingerprint);
    if (key) {
        // The first answer stays, whatever has become of what the job needs.
        SB_CO_TRY(
            auto replay, co_await with_.jobs.find_replay(job.tenant, *key, with_.clock.now())
        );
        if (replay) {
            co_return std::move(*replay);
        }
    }
    // What is missing is said here, not by the run: the simulator, room, the archive.
    SB_CO_OK(choose_simulator(job.spec.sumo_version));
    SB_CO_OK(co_await require_storage(job.tenant));
    SB_CO_OK(co_await with_.files.touch(job.spec.scenario.sha256));
    model::JobSpec spec = std::move(job.spec);
    spec.retry_of = job.id;
    co_return co_await store_job(std::move(spec), job.tenant, request.on_limit, std::move(key));
}

Task<Result<store::StoredScenario>> SubmissionService::put_scenario(
    TenantId tenant, std::string scenario_id, Upload upload
) {
    auto work = [path = upload.path, limits = policy_.archive] {
        return scenario::inspect_archive(path, limits);
    };
    SB_CO_TRY(const auto listing, co_await with_.pool.run(std::move(work)));
    store::StoredScenario stored{
        .scenario_id = std::move(scenario_id),
        .ref = upload.ref,
        .config_files = scenario::list_configurations(listing),
        .stored_at = with_.clock.now()
    };
    if (stored.config_files.empty()) {
        co_return fail(Code::kInvalid, "NO_CONFIGURATION", "No .sumocfg file found in zip");
    }
    if (stored.config_files.size() == 1) {
        SubmissionRequest request;
        request.config_file = stored.config_files.front();
        SB_CO_TRY(const auto* const simulator, choose_simulator(""));
        SB_CO_TRY(const auto report, co_await check(std::move(request), upload.path, *simulator));
        stored.warnings = report.findings;
    }
    SB_CO_OK(co_await with_.files.adopt(upload.path, upload.ref));
    SB_CO_OK(co_await with_.stored.put_scenario(std::move(tenant), stored));
    co_return std::move(stored);
}

}  // namespace signalbox::jobs
