#include "scenario/outputs/summary_reader.hpp"

#include "scenario/outputs/xml_records.hpp"
#include "scenario/xml/xml_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace signalbox::scenario {

namespace {

SummaryStep to_step(const XmlAttributes& attributes) {
    return {
        .time = figure(attributes, "time").value_or(0),
        .loaded = count(attributes, "loaded"),
        .inserted = count(attributes, "inserted"),
        .running = count(attributes, "running"),
        .waiting = count(attributes, "waiting"),
        .ended = count(attributes, "ended"),
        .arrived = count(attributes, "arrived"),
        .collisions = count(attributes, "collisions"),
        .teleports = count(attributes, "teleports"),
        .halting = count(attributes, "halting"),
        .stopped = count(attributes, "stopped"),
        .mean_waiting_time = figure(attributes, "meanWaitingTime"),
        .mean_travel_time = figure(attributes, "meanTravelTime"),
        .mean_speed = figure(attributes, "meanSpeed"),
        .mean_speed_relative = figure(attributes, "meanSpeedRelative")
    };
}

void append_number(std::string& xml, double number) {
    std::array<char, 40> text{};
    char* const limit = text.data() + text.size();
    auto written = std::to_chars(text.data(), limit, number, std::chars_format::fixed, 2);
    if (written.ec != std::errc()) {
        written = std::to_chars(text.data(), limit, number);  // too large to write it out
    }
    xml.append(text.data(), written.ptr);
}

void append_attribute(std::string& xml, std::string_view name, const model::Count& value) {
    if (value) {
        xml.append(" ").append(name).append("=\"").append(std::to_string(*value)).append("\"");
    }
}

void append_attribute(std::string& xml, std::string_view name, const model::Figure& value) {
    if (value) {
        xml.append(" ").append(name).append("=\"");
        append_number(xml, *value);
        xml.append("\"");
    }
}

/// SUMO writes -1 where there is nothing to take a mean of.
model::Figure unless_negative(const model::Figure& value) {
    return value && *value >= 0 ? value : std::nullopt;
}

}  // namespace

struct SummaryReader::Parser {
    explicit Parser(Sink wanted)
        : sink(std::move(wanted)),
          reader({
              .on_start =
                  [this](std::string_view name, const XmlAttributes& attributes) {
                      if (name == "step") {
                          sink(to_step(attributes));
                      }
                  },
              .on_end = {},
              .on_text = {},
          }) {
        reader.be_prompt();
    }

    Sink sink;
    XmlReader reader;
};

SummaryReader::SummaryReader(Sink sink) : parser_(std::make_unique<Parser>(std::move(sink))) {}

SummaryReader::~SummaryReader() = default;

void SummaryReader::feed(std::string_view bytes) {
    parser_->reader.feed(bytes);
}

bool SummaryReader::complete() const {
    return parser_->reader.complete();
}

bool SummaryReader::broken() const {
    return parser_->reader.problem().has_value();
}

model::Figures to_figures(const SummaryStep& step) {
    model::Figures figures;
    figures.vehicles = {
        .loaded = step.loaded,
        .inserted = step.inserted,
        .running = step.running,
        .waiting = step.waiting,
        .arrived = step.arrived ? step.arrived : step.ended
    };
    figures.teleports.total = step.teleports;
    figures.safety.collisions = step.collisions;
    figures.trips.count = step.ended;
    figures.trips.duration = unless_negative(step.mean_travel_time);
    figures.trips.depart_delay = unless_negative(step.mean_waiting_time);
    figures.cost.simulated_seconds = step.time;
    return figures;
}

SummaryThinner::SummaryThinner(std::size_t max_steps)
    : max_steps_(std::max<std::size_t>(2, max_steps)) {}

void SummaryThinner::add(const SummaryStep& step) {
    if (std::exchange(last_is_extra_, false)) {
        steps_.pop_back();
    }
    const bool kept = seen_++ % stride_ == 0;
    steps_.push_back(step);
    last_is_extra_ = !kept;
    if (steps_.size() <= max_steps_) {
        return;
    }
    // Full: every second one goes, and from now on twice as many are passed over.
    std::size_t to = 0;
    for (std::size_t from = 0; from < steps_.size(); from += 2) {
        steps_[to++] = steps_[from];
    }
    const bool last_kept = steps_.size() % 2 == 1;
    const SummaryStep last = steps_.back();
    steps_.resize(to);
    if (!last_kept) {
        steps_.push_back(last);
    }
    last_is_extra_ = last_is_extra_ || !last_kept;
    stride_ *= 2;
}

std::string SummaryThinner::to_xml() const {
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<summary>\n";
    for (const SummaryStep& step : steps_) {
        xml.append("    <step");
        append_attribute(xml, "time", model::Figure(step.time));
        append_attribute(xml, "loaded", step.loaded);
        append_attribute(xml, "inserted", step.inserted);
        append_attribute(xml, "running", step.running);
        append_attribute(xml, "waiting", step.waiting);
        append_attribute(xml, "ended", step.ended);
        append_attribute(xml, "arrived", step.arrived);
        append_attribute(xml, "collisions", step.collisions);
        append_attribute(xml, "teleports", step.teleports);
        append_attribute(xml, "halting", step.halting);
        append_attribute(xml, "stopped", step.stopped);
        append_attribute(xml, "meanWaitingTime", step.mean_waiting_time);
        append_attribute(xml, "meanTravelTime", step.mean_travel_time);
        append_attribute(xml, "meanSpeed", step.mean_speed);
        append_attribute(xml, "meanSpeedRelative", step.mean_speed_relative);
        xml.append("/>\n");
    }
    return xml.append("</summary>\n");
}

}  // namespace signalbox::scenario
