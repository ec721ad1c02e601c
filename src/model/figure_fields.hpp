// The figures of each group with their names: the one list for all who write or read them.
//
// `each_figure(group, visit)` calls `visit(name, member)` in the order in which they are written.
// Names are SUMO's (`--statistic-output`). The group may be const.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "model/figures.hpp"

#include <concepts>
#include <type_traits>

namespace signalbox::model {

template <class T, class Group>
concept Of = std::same_as<std::remove_const_t<T>, Group>;

void each_figure(Of<VehicleCounts> auto& v, auto&& visit) {
    visit("loaded", v.loaded);
    visit("inserted", v.inserted);
    visit("running", v.running);
    visit("waiting", v.waiting);
    visit("arrived", v.arrived);
}

void each_figure(Of<TeleportCounts> auto& v, auto&& visit) {
    visit("total", v.total);
    visit("jam", v.jam);
    visit("yield", v.yield);
    visit("wrongLane", v.wrong_lane);
}

void each_figure(Of<SafetyCounts> auto& v, auto&& visit) {
    visit("collisions", v.collisions);
    visit("emergencyStops", v.emergency_stops);
    visit("emergencyBraking", v.emergency_braking);
}

void each_figure(Of<TripStatistics> auto& v, auto&& visit) {
    visit("count", v.count);
    visit("routeLength", v.route_length);
    visit("speed", v.speed);
    visit("duration", v.duration);
    visit("waitingTime", v.waiting_time);
    visit("timeLoss", v.time_loss);
    visit("departDelay", v.depart_delay);
    visit("departDelayWaiting", v.depart_delay_waiting);
    visit("totalTravelTime", v.total_travel_time);
    visit("totalDepartDelay", v.total_depart_delay);
}

void each_figure(Of<PersonCounts> auto& v, auto&& visit) {
    visit("loaded", v.loaded);
    visit("running", v.running);
    visit("jammed", v.jammed);
}

void each_figure(Of<Emissions> auto& v, auto&& visit) {
    visit("CO", v.co);
    visit("CO2", v.co2);
    visit("HC", v.hc);
    visit("NOx", v.nox);
    visit("PMx", v.pmx);
    visit("fuel", v.fuel);
    visit("electricity", v.electricity);
}

void each_figure(Of<RunCost> auto& v, auto&& visit) {
    visit("cpuSeconds", v.cpu_seconds);
    visit("wallSeconds", v.wall_seconds);
    visit("peakMemoryBytes", v.peak_memory_bytes);
    visit("simulatedSeconds", v.simulated_seconds);
    visit("realTimeFactor", v.real_time_factor);
}

/// What the functions above take.
template <class T>
concept FigureGroup = requires(T& group) { each_figure(group, [](auto&&, auto&&) {}); };

}  // namespace signalbox::model
