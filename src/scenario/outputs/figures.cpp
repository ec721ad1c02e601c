#include "scenario/outputs/figures.hpp"

#include <utility>

namespace signalbox::scenario {

namespace {

model::Figure mean(double sum, std::int64_t count) {
    return count > 0 ? model::Figure(sum / static_cast<double>(count)) : std::nullopt;
}

template <class Value>
void fill(std::optional<Value>& target, const std::optional<Value>& source) {
    if (!target) {
        target = source;
    }
}

void fill_from_trips(const TripinfoReport& trips, model::Figures& figures) {
    model::TripStatistics& means = figures.trips;
    fill(means.count, model::Count(trips.finished));
    fill(means.route_length, mean(trips.route_length, trips.finished));
    fill(means.duration, mean(trips.duration, trips.finished));
    fill(means.waiting_time, mean(trips.waiting_time, trips.finished));
    fill(means.time_loss, mean(trips.time_loss, trips.finished));
    fill(means.depart_delay, mean(trips.depart_delay, trips.finished));
    fill(figures.vehicles.inserted, model::Count(trips.finished + trips.unfinished));
    fill(figures.vehicles.running, model::Count(trips.unfinished));
    if (!figures.vehicles.arrived) {
        figures.vehicles.arrived = *figures.vehicles.inserted - *figures.vehicles.running;
    }
}

bool is_unfinished(const model::VehicleCounts& vehicles) {
    return vehicles.running.value_or(0) > 0 || vehicles.waiting.value_or(0) > 0;
}

/// SUMO's own formula for a run that ended with vehicles under way. It needs means over all
/// inserted vehicles, which the statistics hold only if unfinished trips were written too.
model::Figure total_travel_time(
    const model::Figures& figures, const std::optional<TripinfoReport>& trips
) {
    const model::VehicleCounts& vehicles = figures.vehicles;
    const model::TripStatistics& means = figures.trips;
    if (!is_unfinished(vehicles)) {
        return means.total_travel_time ? means.total_travel_time
               : trips                 ? model::Figure(trips->all_duration)
                                       : std::nullopt;
    }
    const auto waiting = static_cast<double>(vehicles.waiting.value_or(0));
    const double waiting_time = waiting * means.depart_delay_waiting.value_or(0);
    if (waiting > 0 && !means.depart_delay_waiting) {
        return std::nullopt;
    }
    if (trips && vehicles.inserted && trips->finished + trips->unfinished == *vehicles.inserted) {
        return trips->all_duration + trips->all_depart_delay + waiting_time;
    }
    if (vehicles.inserted && means.count == vehicles.inserted && means.duration &&
        means.depart_delay) {
        return static_cast<double>(*vehicles.inserted) * (*means.duration + *means.depart_delay) +
               waiting_time;
    }
    return std::nullopt;  // only finished trips are known: their sum would mislead
}

void fill_cost(const FigureSources& sources, model::RunCost& cost) {
    if (sources.usage) {
        cost.cpu_seconds = sources.usage->cpu_seconds;
        cost.peak_memory_bytes = sources.usage->peak_rss_bytes;
    }
    cost.wall_seconds = sources.wall_seconds;
    if (sources.end_seconds) {
        cost.simulated_seconds = *sources.end_seconds - sources.begin_seconds.value_or(0);
    }
    if (cost.simulated_seconds && cost.wall_seconds && *cost.wall_seconds > 0) {
        cost.real_time_factor = *cost.simulated_seconds / *cost.wall_seconds;
    }
}

}  // namespace

model::Figures make_figures(const FigureSources& sources) {
    model::Figures figures;
    if (sources.statistics) {
        figures = sources.statistics->figures;
    }
    if (sources.tripinfo) {
        fill_from_trips(*sources.tripinfo, figures);
        figures.emissions = sources.tripinfo->emissions;
    }
    if (sources.statistics || sources.tripinfo) {
        figures.trips.total_travel_time = total_travel_time(figures, sources.tripinfo);
    }
    fill_cost(sources, figures.cost);
    return figures;
}

model::Figures collect_figures(
    const std::filesystem::path& directory, const RunPlan& plan, FigureSources known
) {
    if (const ExpectedOutput* output = plan.find(OutputKind::kStatistics);
        output != nullptr && output->is_xml) {
        if (auto report = read_statistics(directory / output->path); report) {
            known.statistics = *std::move(report);
        }
    }
    if (const ExpectedOutput* output = plan.find(OutputKind::kTripinfo);
        output != nullptr && output->is_xml) {
        if (auto report = read_tripinfo(directory / output->path); report) {
            known.tripinfo = *std::move(report);
        }
    }
    return make_figures(known);
}

}  // namespace signalbox::scenario
