#include "scenario/outputs/outputs.hpp"

#include "base/text.hpp"
#include "scenario/archive/bytes.hpp"
#include "scenario/outputs/xml_records.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace signalbox::scenario {

namespace {

// The closing tag of the root stands in the last bytes of a file.
constexpr std::size_t kTailBytes = 4096;

void take_vehicles(const XmlAttributes& attributes, model::VehicleCounts& vehicles) {
    vehicles.loaded = count(attributes, "loaded");
    vehicles.inserted = count(attributes, "inserted");
    vehicles.running = count(attributes, "running");
    vehicles.waiting = count(attributes, "waiting");
    if (vehicles.inserted && vehicles.running) {
        vehicles.arrived = *vehicles.inserted - *vehicles.running;
    }
}

void take_trips(const XmlAttributes& attributes, model::TripStatistics& trips) {
    trips.count = count(attributes, "count");
    trips.route_length = figure(attributes, "routeLength");
    trips.speed = figure(attributes, "speed");
    trips.duration = figure(attributes, "duration");
    trips.waiting_time = figure(attributes, "waitingTime");
    trips.time_loss = figure(attributes, "timeLoss");
    trips.depart_delay = figure(attributes, "departDelay");
    trips.depart_delay_waiting = figure(attributes, "departDelayWaiting");
    trips.total_travel_time = figure(attributes, "totalTravelTime");
    trips.total_depart_delay = figure(attributes, "totalDepartDelay");
    if (trips.depart_delay_waiting && *trips.depart_delay_waiting < 0) {
        trips.depart_delay_waiting.reset();  // -1: nobody waits
    }
}

void take_statistic(
    std::string_view name, const XmlAttributes& attributes, model::Figures& figures
) {
    if (name == "vehicles") {
        take_vehicles(attributes, figures.vehicles);
    } else if (name == "teleports") {
        figures.teleports = {
            .total = count(attributes, "total"),
            .jam = count(attributes, "jam"),
            .yield = count(attributes, "yield"),
            .wrong_lane = count(attributes, "wrongLane")
        };
    } else if (name == "safety") {
        figures.safety = {
            .collisions = count(attributes, "collisions"),
            .emergency_stops = count(attributes, "emergencyStops"),
            .emergency_braking = count(attributes, "emergencyBraking")
        };
    } else if (name == "persons") {
        figures.persons = model::PersonCounts{
            .loaded = count(attributes, "loaded"),
            .running = count(attributes, "running"),
            .jammed = count(attributes, "jammed")
        };
    } else if (name == "vehicleTripStatistics") {
        take_trips(attributes, figures.trips);
    } else if (name == "performance") {
        figures.cost.simulated_seconds = figure(attributes, "duration");
    }
}

void add(model::Figure& sum, const model::Figure& addend) {
    if (addend) {
        sum = sum.value_or(0) + *addend;
    }
}

void take_trip(const XmlAttributes& attributes, TripinfoReport& report) {
    const double depart = figure(attributes, "depart").value_or(-1);
    const double arrival = figure(attributes, "arrival").value_or(-1);
    if (depart < 0) {
        ++report.undeparted;
        return;
    }
    const double duration = figure(attributes, "duration").value_or(0);
    const double depart_delay = figure(attributes, "departDelay").value_or(0);
    report.all_duration += duration;
    report.all_depart_delay += depart_delay;
    if (arrival < 0) {
        ++report.unfinished;
        return;
    }
    ++report.finished;
    report.route_length += figure(attributes, "routeLength").value_or(0);
    report.duration += duration;
    report.waiting_time += figure(attributes, "waitingTime").value_or(0);
    report.time_loss += figure(attributes, "timeLoss").value_or(0);
    report.depart_delay += depart_delay;
}

void take_emissions(const XmlAttributes& attributes, TripinfoReport& report) {
    if (!report.emissions) {
        report.emissions.emplace();
    }
    model::Emissions& sums = *report.emissions;
    add(sums.co, figure(attributes, "CO_abs"));
    add(sums.co2, figure(attributes, "CO2_abs"));
    add(sums.hc, figure(attributes, "HC_abs"));
    add(sums.nox, figure(attributes, "NOx_abs"));
    add(sums.pmx, figure(attributes, "PMx_abs"));
    add(sums.fuel, figure(attributes, "fuel_abs"));
    add(sums.electricity, figure(attributes, "electricity_abs"));
}

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ':' || c == '.';
}

/// `</root>`, or `<root … />` of a file without records, with nothing but space behind it.
bool ends_with_tag(std::string_view tail, std::string_view root) {
    tail = trim(tail);
    const std::size_t open = tail.rfind('<');
    if (root.empty() || !tail.ends_with('>') || open == std::string_view::npos) {
        return false;
    }
    std::string_view tag = tail.substr(open + 1);
    if (tag.starts_with('/')) {
        tag.remove_prefix(1);
        return tag.starts_with(root) && trim(tag.substr(root.size())) == ">";
    }
    return tag.ends_with("/>") && tag.starts_with(root) && !is_name_byte(tag[root.size()]);
}

/// "" when there is none near the beginning.
Result<std::string> root_of(const std::filesystem::path& file) {
    std::string root;
    SB_OK(read_elements(file, [&root](std::string_view name, const XmlAttributes&) {
        root = name;
        return false;
    }));
    return root;
}

}  // namespace

Result<StatisticReport> read_statistics(const std::filesystem::path& file) {
    StatisticReport report;
    SB_TRY(
        report.complete,
        read_elements(
            file,
            [&report](std::string_view name, const XmlAttributes& attributes) {
                take_statistic(name, attributes, report.figures);
                return true;
            }
        )
    );
    return report;
}

Result<TripinfoReport> read_tripinfo(const std::filesystem::path& file) {
    TripinfoReport report;
    SB_TRY(
        report.complete,
        read_elements(
            file,
            [&report](std::string_view name, const XmlAttributes& attributes) {
                if (name == "tripinfo") {
                    take_trip(attributes, report);
                } else if (name == "emissions") {
                    take_emissions(attributes, report);
                }
                return true;
            }
        )
    );
    return report;
}

Result<bool> is_complete_xml(const std::filesystem::path& file) {
    if (file.extension() == ".gz") {
        return read_elements(file, [](std::string_view, const XmlAttributes&) { return true; });
    }
    SB_TRY(const UniqueFd opened, open_file(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    struct stat facts{};
    if (::fstat(opened.get(), &facts) != 0) {
        return fail(system_error(errno, "reading " + file.string()));
    }
    if (!S_ISREG(facts.st_mode)) {
        return false;
    }
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const std::uint64_t length = std::min<std::uint64_t>(size, kTailBytes);
    const auto source = make_range_source(opened, size - length, length);
    SB_TRY(const std::string tail, read_text(*source, kTailBytes));
    SB_TRY(const std::string root, root_of(file));
    return ends_with_tag(tail, root);
}

}  // namespace signalbox::scenario
