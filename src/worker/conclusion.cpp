#include "worker/conclusion.hpp"

#include "scenario/outputs/figures.hpp"
#include "scenario/outputs/outputs.hpp"
#include "worker/evidence/file_walk.hpp"

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

scenario::OutputState look_at(const fs::path& run, const scenario::ExpectedOutput& output) {
    scenario::OutputState state{.path = output.path, .exists = false, .complete = false};
    state.exists = open_beneath(run, output.path).has_value();
    if (state.exists) {
        const auto whole =
            output.is_xml ? scenario::is_complete_xml(run / output.path) : Result<bool>(true);
        state.complete = whole && *whole;
    }
    return state;
}

scenario::Evidence make_evidence(const RunFacts& facts, const model::Figures& figures) {
    scenario::Evidence evidence{
        .stop = facts.stop,
        .exit_code = facts.end.process.exit_code,
        .signal = facts.end.process.signal,
        .oom_killed = facts.end.oom_killed,
        .disk_was_full = facts.end.disk_was_full,
        .messages = facts.end.messages,
        .outputs = {},
        .last_time = facts.end.last_time,
        .end_seconds = facts.prepared.plan.end_seconds,
        .step_length = facts.prepared.step_length,
        .vehicles_running = figures.vehicles.running,
        .vehicles_waiting = figures.vehicles.waiting,
        .peak_memory_bytes = facts.end.usage.peak_rss_bytes,
        .memory_limit_bytes = facts.limits.memory_bytes,
        .output_bytes = facts.end.usage.output_bytes,
        .output_limit_bytes = facts.limits.output_bytes,
        .passed_file_limit = facts.end.passed_file_limit,
        .timeout = std::chrono::seconds(facts.limits.wall_seconds)
    };
    for (const scenario::ExpectedOutput& output : facts.prepared.plan.outputs) {
        evidence.outputs.push_back(look_at(facts.run_directory, output));
    }
    return evidence;
}

model::Figures make_figures(const RunFacts& facts) {
    const scenario::SumoMessages& messages = facts.end.messages;
    return scenario::collect_figures(
        facts.run_directory,
        facts.prepared.plan,
        {.statistics = std::nullopt,
         .tripinfo = std::nullopt,
         .usage = facts.end.usage,
         .wall_seconds = facts.end.wall_seconds,
         .begin_seconds = facts.prepared.plan.begin_seconds,
         .end_seconds = messages.end_time ? messages.end_time : facts.end.last_time}
    );
}

}  // namespace

Conclusion conclude(const RunFacts& facts) {
    Conclusion conclusion;
    model::Verdict& verdict = conclusion.verdict;
    verdict.figures = make_figures(facts);
    const auto outcome = scenario::decide(make_evidence(facts, verdict.figures));
    verdict.reason = outcome.reason;
    verdict.error = outcome.error;
    verdict.usage = facts.end.usage;
    verdict.sumo = {
        .version = facts.prepared.simulator.version,
        .exit_code = facts.end.process.exit_code,
        .signal = facts.end.process.signal,
        .end_time = facts.end.messages.end_time,
        .end_reason = facts.end.messages.end_reason
    };
    ResultLimits limits;
    if (facts.limits.output_bytes > 0) {
        limits.max_bytes = static_cast<std::uint64_t>(facts.limits.output_bytes);
    }
    auto results = collect_results(facts.run_directory, facts.prepared.inputs, limits);
    if (results) {
        verdict.files = std::move(results->files);
        conclusion.remarks = std::move(results->remarks);
    } else {
        conclusion.remarks.push_back("the results cannot be read: " + results.error().message());
    }
    return conclusion;
}

model::Verdict conclude_unstarted(
    const scenario::Outcome& outcome, const std::string& sumo_version
) {
    model::Verdict verdict;
    verdict.reason = outcome.reason;
    verdict.error = outcome.error;
    verdict.sumo.version = sumo_version;
    return verdict;
}

}  // namespace signalbox::worker
