// What a run of SUMO yielded, in SUMO's own names and units (`--statistic-output`), every figure
// absent when unknown.
//
// The same type carries live figures of a run (from the summary output) and the final ones.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <optional>

namespace signalbox::model {

using Count = std::optional<std::int64_t>;
using Figure = std::optional<double>;

struct VehicleCounts {
    Count loaded;
    Count inserted;
    Count running;
    Count waiting;  ///< for insertion
    Count arrived;  ///< inserted − running

    bool operator==(const VehicleCounts&) const = default;
};

struct TeleportCounts {
    Count total;
    Count jam;
    Count yield;
    Count wrong_lane;

    bool operator==(const TeleportCounts&) const = default;
};

struct SafetyCounts {
    Count collisions;
    Count emergency_stops;
    Count emergency_braking;

    bool operator==(const SafetyCounts&) const = default;
};

/// Means over finished trips; times in s, lengths in m, speed in m/s.
struct TripStatistics {
    Count count;
    Figure route_length;
    Figure speed;
    Figure duration;
    Figure waiting_time;
    Figure time_loss;
    Figure depart_delay;
    Figure depart_delay_waiting;
    Figure total_travel_time;
    Figure total_depart_delay;

    bool operator==(const TripStatistics&) const = default;
};

struct PersonCounts {
    Count loaded;
    Count running;
    Count jammed;

    bool operator==(const PersonCounts&) const = default;
};

/// Sums over all vehicles; mg, but fuel as SUMO writes it (mg since 1.15) and electricity in Wh.
struct Emissions {
    Figure co;
    Figure co2;
    Figure hc;
    Figure nox;
    Figure pmx;
    Figure fuel;
    Figure electricity;

    bool operator==(const Emissions&) const = default;
};

/// What the run took from the machine.
struct RunCost {
    Figure cpu_seconds;
    Figure wall_seconds;
    Count peak_memory_bytes;
    Figure simulated_seconds;
    Figure real_time_factor;  ///< simulated seconds per wall second

    bool operator==(const RunCost&) const = default;
};

struct Figures {
    VehicleCounts vehicles;
    TeleportCounts teleports;
    SafetyCounts safety;
    TripStatistics trips;
    std::optional<PersonCounts> persons;
    std::optional<Emissions> emissions;
    RunCost cost;

    bool operator==(const Figures&) const = default;
};

/// Where a run stands. Times in simulated seconds of the scenario's own clock.
struct Progress {
    Figure simulated_seconds;
    Figure end_seconds;  ///< configured end; absent when the run ends with its last vehicle
    Count running;       ///< vehicles in the network
    Count halting;
    Figure real_time_factor;
    Figure begin_seconds;

    bool operator==(const Progress&) const = default;
};

}  // namespace signalbox::model
