#include "scenario/checks/demand_element.hpp"

#include "base/text.hpp"
#include "scenario/checks/id_set.hpp"
#include "scenario/options/configuration.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::scenario {

namespace {

/// Most times are plain numbers, which parse faster than clock times.
std::optional<double> time_of(std::string_view text) {
    const auto seconds = parse_number<double>(text);
    return seconds ? seconds : parse_time(text);
}

using Named = std::pair<std::string_view, DemandTag>;

constexpr std::array<Named, 14> kTags{{
    {"vehicle", DemandTag::kVehicle},
    {"route", DemandTag::kRoute},
    {"trip", DemandTag::kTrip},
    {"flow", DemandTag::kFlow},
    {"person", DemandTag::kPerson},
    {"personFlow", DemandTag::kPersonFlow},
    {"container", DemandTag::kContainer},
    {"containerFlow", DemandTag::kContainerFlow},
    {"routeDistribution", DemandTag::kRouteDistribution},
    {"vType", DemandTag::kType},
    {"vTypeDistribution", DemandTag::kTypeDistribution},
    {"calibrator", DemandTag::kCalibrator},
    {"stop", DemandTag::kStop},
    {"include", DemandTag::kInclude},
}};

}  // namespace

DemandTag demand_tag(std::string_view element) {
    for (const auto& [name, tag] : kTags) {
        if (name == element) {
            return tag;
        }
    }
    return DemandTag::kOther;
}

std::string describe(DemandTag tag, std::string_view id) {
    const auto found = std::ranges::find(kTags, tag, &Named::second);
    return std::string(found->first) + " " + quote_id(id);
}

std::string quote_id(std::string_view id) {
    constexpr std::size_t kShown = 100;
    return "'" + to_valid_utf8(id.substr(0, kShown)) + (id.size() > kShown ? "…'" : "'");
}

Traveller::Traveller(DemandTag kind, const XmlElement& element) : tag(kind) {
    element.attributes.visit([this](std::string_view name, std::string_view value) {
        take(name, value);
    });
}

std::uint64_t Traveller::key() const {
    const DemandTag kind = tag == DemandTag::kTrip ? DemandTag::kVehicle : tag;
    return hash_id(id, static_cast<std::uint64_t>(kind));
}

void Traveller::take(std::string_view name, std::string_view value) {
    if (name == "id") {
        id = value;
    } else if (name == "type") {
        type = value;
    } else if (name == "route") {
        route = value;
    } else if (name == (is_flow() ? "begin" : "depart")) {
        departs = value;
        depart = time_of(value);
    } else if (name == "from") {
        ends[0] = value;
    } else if (name == "to") {
        ends[1] = value;
    } else if (name == "via") {
        ends[2] = value;
    } else if (name == "departEdge" || name == "arrivalEdge") {
        partial = true;
    } else if (is_flow()) {
        take_flow(name, value);
    }
}

void Traveller::take_flow(std::string_view name, std::string_view value) {
    if (name == "end") {
        end = time_of(value);
    } else if (name == "number") {
        none = parse_number<std::int64_t>(value).value_or(0) <= 0;
        regular = regular || !none;
    } else if (name == "period" || name == "vehsPerHour" || name == "perHour") {
        regular = regular || parse_number<double>(value).value_or(0) > 0;
    }
}

}  // namespace signalbox::scenario
