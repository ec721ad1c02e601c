#include "worker/preparation.hpp"

#include "base/fs.hpp"
#include "scenario/archive/archive.hpp"
#include "scenario/preflight.hpp"

#include <algorithm>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

using model::Reason;

// The server has judged the archive by its own, configurable limits before it took the job; here
// they only bound what a broken server can do.
constexpr scenario::ArchiveLimits kUnpackLimits{
    .max_entries = 1'000'000,
    .max_unpacked_bytes = std::uint64_t{256} << 30U,
    .max_ratio = 100'000,
    .ratio_free_bytes = std::uint64_t{1} << 30U,
    .max_name_bytes = 255,
    .max_path_bytes = 4096,
    .max_depth = 64
};

// The server's pre-flight certainly came to the end of so much within its budget; and whatever it
// missed, SUMO itself finds.
constexpr std::uint64_t kCheckedByServer = std::uint64_t{32} << 20U;

constexpr std::size_t kMaxConfigurationBytes = std::size_t{16} << 20U;

// The same error under the word of the reason it leads to; a full disk stays what it is.
Failure as_reason(Reason reason, const Error& error) {
    if (error.code() == Code::kNoSpace) {
        reason = Reason::kDiskFull;
    }
    return fail(error.code(), std::string(model::to_word(reason)), error.message());
}

// What the archive itself can be blamed for, and what this machine.
Reason blame(const Error& error) {
    const bool scenario = error.code() == Code::kInvalid || error.code() == Code::kTooLarge ||
                          error.code() == Code::kNotFound;
    return scenario ? Reason::kScenarioError : Reason::kInternal;
}

Result<void> unpack(const PreparationRequest& request) {
    const auto listing = scenario::unpack_archive(
        request.directory.scenario(), request.directory.run(), kUnpackLimits
    );
    if (!listing) {
        return as_reason(blame(listing.error()), listing.error());
    }
    if (listing->unpacked_bytes <= kCheckedByServer) {
        return {};
    }
    scenario::PreflightOptions options;
    options.config_file = request.attempt.config_file;
    options.args = request.attempt.args;
    options.end = request.attempt.end;
    options.limits = kUnpackLimits;
    const auto report = scenario::check_scenario(
        request.directory.scenario(), scenario::without_budget(std::move(options))
    );
    if (!report) {
        return as_reason(blame(report.error()), report.error());
    }
    if (!report->ok()) {
        return as_reason(Reason::kScenarioError, scenario::to_error(*report));
    }
    return {};
}

Result<scenario::RunPlan> make_plan(
    const PreparationRequest& request, const scenario::Simulator& simulator
) {
    auto plan = scenario::make_run_plan(
        {.directory = request.directory.run(),
         .config_file = request.attempt.config_file,
         .seed = request.attempt.seed,
         .end = request.attempt.end,
         .args = request.attempt.args,
         .started_at = request.now},
        simulator
    );
    if (!plan) {
        return as_reason(blame(plan.error()), plan.error());
    }
    for (const std::string& directory : plan->directories) {
        const auto made = make_directories(request.directory.run() / directory, 0755);
        if (!made) {
            return as_reason(Reason::kInternal, made.error());
        }
    }
    return std::move(*plan);
}

// Tells the verdict how near to the configured end is the end.
double read_step_length(const PreparationRequest& request) {
    const auto xml =
        read_file(request.directory.run() / request.attempt.config_file, kMaxConfigurationBytes);
    const auto configuration =
        xml ? scenario::parse_configuration(*xml, request.attempt.config_file)
            : Result<scenario::Configuration>();
    if (!configuration) {
        return 1;
    }
    const auto effective = scenario::with_args(*configuration, request.attempt.args);
    return scenario::parse_time(effective.value_of("step-length")).value_or(1);
}

}  // namespace

Result<PreparedRun> prepare_run(const PreparationRequest& request) {
    if (const auto made = request.directory.prepare_run(); !made) {
        return as_reason(Reason::kInternal, made.error());
    }
    SB_OK(unpack(request));
    auto simulator = request.simulators.find(request.attempt.sumo_version);
    if (!simulator) {
        return as_reason(Reason::kStartFailed, simulator.error());
    }
    SB_TRY(scenario::RunPlan plan, make_plan(request, *simulator));
    auto inputs = record_inputs(request.directory.run());
    if (!inputs) {
        return as_reason(Reason::kInternal, inputs.error());
    }
    return PreparedRun{
        .simulator = std::move(*simulator),
        .plan = std::move(plan),
        .step_length = read_step_length(request),
        .inputs = std::move(*inputs)
    };
}

scenario::Outcome outcome_of(const Error& error) {
    const auto named = model::parse_reason(error.word());
    const Reason otherwise = error.code() == Code::kNoSpace ? Reason::kDiskFull : Reason::kInternal;
    return {.reason = named.value_or(otherwise), .error = error.message()};
}

}  // namespace signalbox::worker
