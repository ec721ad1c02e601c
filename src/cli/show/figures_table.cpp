#include "cli/show/figures_table.hpp"

#include "base/text.hpp"
#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

constexpr double kMilligramsPerKilogram = 1e6;
constexpr double kKilometresPerHour = 3.6;

// Collects rows; the name of a section waits for its first row.
class Rows {
public:
    void section(std::string name) { section_ = std::move(name); }

    void add(std::string name, const model::Count& count, std::string note = {}) {
        if (count) {
            push(
                {.section = {},
                 .name = std::move(name),
                 .value = grouped(*count),
                 .unit = {},
                 .note = std::move(note)}
            );
        }
    }

    void add(
        std::string name, const model::Figure& figure, std::string unit, std::string note = {}
    ) {
        if (figure) {
            push(
                {.section = {},
                 .name = std::move(name),
                 .value = decimal(*figure, 2),
                 .unit = std::move(unit),
                 .note = std::move(note)}
            );
        }
    }

    std::vector<FigureRow> take() { return std::move(rows_); }

private:
    void push(FigureRow row) {
        row.section = std::exchange(section_, {});
        rows_.push_back(std::move(row));
    }

    std::string section_;
    std::vector<FigureRow> rows_;
};

std::string long_time(const model::Figure& seconds) {
    return seconds && *seconds >= 60 ? format_duration(*seconds) : std::string();
}

std::string teleport_causes(const model::TeleportCounts& teleports) {
    if (!teleports.total || *teleports.total == 0) {
        return {};
    }
    return fmt::format(
        "jam {}, yield {}, wrong lane {}",
        teleports.jam.value_or(0),
        teleports.yield.value_or(0),
        teleports.wrong_lane.value_or(0)
    );
}

void add_vehicles(Rows& rows, const model::Figures& figures) {
    rows.section("Vehicles");
    rows.add("loaded", figures.vehicles.loaded);
    rows.add("inserted", figures.vehicles.inserted);
    rows.add("arrived", figures.vehicles.arrived);
    rows.add("still running", figures.vehicles.running);
    rows.add("still waiting for insertion", figures.vehicles.waiting);
    rows.add("teleports", figures.teleports.total, teleport_causes(figures.teleports));
    rows.section("Safety");
    rows.add("collisions", figures.safety.collisions);
    rows.add("emergency stops", figures.safety.emergency_stops);
    rows.add("emergency braking", figures.safety.emergency_braking);
}

void add_trips(Rows& rows, const model::TripStatistics& trips) {
    rows.section("Trips (means)");
    rows.add("trips counted", trips.count);
    rows.add("route length", trips.route_length, "m");
    const std::string speed =
        trips.speed ? decimal(*trips.speed * kKilometresPerHour, 1) + " km/h" : std::string();
    rows.add("speed", trips.speed, "m/s", speed);
    rows.add("duration", trips.duration, "s", long_time(trips.duration));
    rows.add("waiting time", trips.waiting_time, "s", long_time(trips.waiting_time));
    rows.add("time loss", trips.time_loss, "s", long_time(trips.time_loss));
    rows.add("depart delay", trips.depart_delay, "s", long_time(trips.depart_delay));
    rows.section("Sums");
    rows.add("total travel time", trips.total_travel_time, "s", long_time(trips.total_travel_time));
    rows.add(
        "total depart delay", trips.total_depart_delay, "s", long_time(trips.total_depart_delay)
    );
}

void add_emissions(Rows& rows, const model::Emissions& emissions) {
    const auto kilograms = [](const model::Figure& milligrams) {
        return milligrams ? model::Figure(*milligrams / kMilligramsPerKilogram) : std::nullopt;
    };
    rows.section("Emissions");
    rows.add("CO2", kilograms(emissions.co2), "kg");
    rows.add("CO", kilograms(emissions.co), "kg");
    rows.add("HC", kilograms(emissions.hc), "kg");
    rows.add("NOx", kilograms(emissions.nox), "kg");
    rows.add("PMx", kilograms(emissions.pmx), "kg");
    rows.add("fuel", kilograms(emissions.fuel), "kg");
    rows.add("electricity", emissions.electricity, "Wh");
}

void add_cost(Rows& rows, const model::RunCost& cost) {
    rows.section("Cost");
    rows.add("simulated time", cost.simulated_seconds, "s", long_time(cost.simulated_seconds));
    rows.add("wall time", cost.wall_seconds, "s", long_time(cost.wall_seconds));
    rows.add("CPU time", cost.cpu_seconds, "s", long_time(cost.cpu_seconds));
    rows.add("speed", cost.real_time_factor, "× real time");
    if (cost.peak_memory_bytes) {
        const double mebibytes = static_cast<double>(*cost.peak_memory_bytes) / (1024.0 * 1024.0);
        rows.add("peak memory", model::Figure(std::round(mebibytes)), "MiB");
    }
}

}  // namespace

std::vector<FigureRow> figure_rows(const model::Figures& figures) {
    Rows rows;
    add_vehicles(rows, figures);
    add_trips(rows, figures.trips);
    if (figures.persons && figures.persons->loaded.value_or(1) > 0) {
        rows.section("Persons");
        rows.add("loaded", figures.persons->loaded);
        rows.add("still running", figures.persons->running);
        rows.add("jammed", figures.persons->jammed);
    }
    if (figures.emissions) {
        add_emissions(rows, *figures.emissions);
    }
    add_cost(rows, figures.cost);
    return rows.take();
}

std::string render_figures(const model::Figures& figures, const Terminal& terminal) {
    const std::vector<FigureRow> rows = figure_rows(figures);
    if (rows.empty()) {
        return {};
    }
    Table table({
        {.heading = ""},
        {.heading = "FIGURE"},
        {.heading = "VALUE", .align = Align::kRight},
        {.heading = "UNIT"},
        {.heading = "", .align = Align::kLeft, .narrow = Narrow::kCut},
    });
    for (const FigureRow& row : rows) {
        table.add(
            {Cell(row.section, Style::kBold),
             row.name,
             row.value,
             row.unit,
             Cell(row.note, Style::kDim)}
        );
    }
    return table.render(terminal);
}

}  // namespace signalbox::cli
