// The figures of a run from all that is known about it: statistics, trips, usage.
//
// SUMO's statistics are taken as they are; what they lack is filled from the trips, and in a run
// with vehicles under way at its end the totals are SUMO's own formula for that:
// totalTravelTime = inserted × (duration + departDelay) + waiting × departDelayWaiting.
//
// Threads: any.  Suspends: never.  Errors: none; what is unknown is absent.
#pragma once

#include "model/job.hpp"
#include "scenario/outputs/outputs.hpp"
#include "scenario/run_plan.hpp"

#include <filesystem>
#include <optional>

namespace signalbox::scenario {

struct FigureSources {
    std::optional<StatisticReport> statistics;
    std::optional<TripinfoReport> tripinfo;
    std::optional<model::Usage> usage;
    std::optional<double> wall_seconds;
    std::optional<double> begin_seconds;
    std::optional<double> end_seconds;  ///< simulated time reached
};

[[nodiscard]] model::Figures make_figures(const FigureSources& sources);

/// Reads what the plan's outputs hold (missing ones are absent) and makes the figures.
[[nodiscard]] model::Figures collect_figures(
    const std::filesystem::path& directory, const RunPlan& plan, FigureSources known
);

}  // namespace signalbox::scenario
