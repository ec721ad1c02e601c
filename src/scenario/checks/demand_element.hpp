// The elements of demand: what kind one is, and what it says of those who travel.
//
// Threads: any (views, valid while the element is).  Suspends: never.  Errors: none; what does not
// read as a number is absent.
#pragma once

#include "scenario/xml/xml_check.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::scenario {

enum class DemandTag : std::uint8_t {
    kOther,
    kVehicle,
    kTrip,
    kFlow,
    kPerson,
    kPersonFlow,
    kContainer,
    kContainerFlow,
    kRoute,
    kRouteDistribution,
    kType,
    kTypeDistribution,
    kCalibrator,
    kStop,
    kInclude
};

[[nodiscard]] DemandTag demand_tag(std::string_view element);

[[nodiscard]] constexpr bool travels(DemandTag tag) {
    return tag >= DemandTag::kVehicle && tag <= DemandTag::kContainerFlow;
}

/// A name fit for a sentence, in quotes.
[[nodiscard]] std::string quote_id(std::string_view id);

/// `vehicle 'v'`
[[nodiscard]] std::string describe(DemandTag tag, std::string_view id);

/// One traveller, or a flow of several.
class Traveller {
public:
    Traveller(DemandTag kind, const XmlElement& element);

    [[nodiscard]] bool is_flow() const {
        return tag == DemandTag::kFlow || tag == DemandTag::kPersonFlow ||
               tag == DemandTag::kContainerFlow;
    }

    /// Of its id among those of its kind: persons share ids with persons only.
    [[nodiscard]] std::uint64_t key() const;

    DemandTag tag;
    std::string_view id;
    std::string_view type;
    std::string_view route;
    std::array<std::string_view, 3> ends;  ///< edges from, to and via
    std::string_view departs;              ///< as written; a flow's begin
    std::optional<double> depart;          ///< absent for words such as `triggered`
    std::optional<double> end;             ///< of a flow
    bool partial = false;                  ///< it uses a part of its route
    bool regular = false;                  ///< a flow whose first vehicle is no matter of chance
    bool none = false;                     ///< a flow of no vehicles

private:
    void take(std::string_view name, std::string_view value);
    void take_flow(std::string_view name, std::string_view value);
};

}  // namespace signalbox::scenario
