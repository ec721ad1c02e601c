// Field lists of values of model/ that stand in several messages; internal to contract/.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "contract/json_fields.hpp"
#include "model/figures.hpp"
#include "model/finding.hpp"
#include "model/job.hpp"

namespace signalbox::contract {

template <>
struct WordsOf<model::Severity> {
    static std::string_view word(model::Severity severity) {
        return severity == model::Severity::kError ? "error" : "warning";
    }

    static std::optional<model::Severity> parse(std::string_view word) {
        if (word == "error") {
            return model::Severity::kError;
        }
        return word == "warning" ? std::optional(model::Severity::kWarning) : std::nullopt;
    }
};

template <>
struct Fields<model::Finding> {
    static void list(auto& f, auto& v) {
        f("file", v.file);
        f("line", v.line);
        f("severity", v.severity);
        f("code", v.code);
        f("message", v.message);
        f("hint", v.hint);
    }
};

template <>
struct Fields<model::VehicleCounts> {
    static void list(auto& f, auto& v) {
        f("loaded", v.loaded);
        f("inserted", v.inserted);
        f("running", v.running);
        f("waiting", v.waiting);
        f("arrived", v.arrived);
    }
};

template <>
struct Fields<model::TeleportCounts> {
    static void list(auto& f, auto& v) {
        f("total", v.total);
        f("jam", v.jam);
        f("yield", v.yield);
        f("wrongLane", v.wrong_lane);
    }
};

template <>
struct Fields<model::SafetyCounts> {
    static void list(auto& f, auto& v) {
        f("collisions", v.collisions);
        f("emergencyStops", v.emergency_stops);
        f("emergencyBraking", v.emergency_braking);
    }
};

template <>
struct Fields<model::TripStatistics> {
    static void list(auto& f, auto& v) {
        f("count", v.count);
        f("routeLength", v.route_length);
        f("speed", v.speed);
        f("duration", v.duration);
        f("waitingTime", v.waiting_time);
        f("timeLoss", v.time_loss);
        f("departDelay", v.depart_delay);
        f("departDelayWaiting", v.depart_delay_waiting);
        f("totalTravelTime", v.total_travel_time);
        f("totalDepartDelay", v.total_depart_delay);
    }
};

template <>
struct Fields<model::PersonCounts> {
    static void list(auto& f, auto& v) {
        f("loaded", v.loaded);
        f("running", v.running);
        f("jammed", v.jammed);
    }
};

template <>
struct Fields<model::Emissions> {
    static void list(auto& f, auto& v) {
        f("CO", v.co);
        f("CO2", v.co2);
        f("HC", v.hc);
        f("NOx", v.nox);
        f("PMx", v.pmx);
        f("fuel", v.fuel);
        f("electricity", v.electricity);
    }
};

template <>
struct Fields<model::RunCost> {
    static void list(auto& f, auto& v) {
        f("cpuSeconds", v.cpu_seconds);
        f("wallSeconds", v.wall_seconds);
        f("peakMemoryBytes", v.peak_memory_bytes);
        f("simulatedSeconds", v.simulated_seconds);
        f("realTimeFactor", v.real_time_factor);
    }
};

template <>
struct Fields<model::Figures> {
    static void list(auto& f, auto& v) {
        f.derived("schema", 1);
        f("vehicles", v.vehicles);
        f("teleports", v.teleports);
        f("safety", v.safety);
        f("vehicleTripStatistics", v.trips);
        f("persons", v.persons);
        f("emissions", v.emissions);
        f("cost", v.cost);
    }
};

template <>
struct Fields<model::Usage> {
    static void list(auto& f, auto& v) {
        f("cpu_seconds", v.cpu_seconds);
        f("rss_bytes", v.rss_bytes);
        f("peak_rss_bytes", v.peak_rss_bytes);
        f("output_bytes", v.output_bytes);
    }
};

}  // namespace signalbox::contract
