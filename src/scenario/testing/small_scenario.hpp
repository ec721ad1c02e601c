// A scenario that SUMO runs: one street, a vehicle every three seconds for a minute.
//
// Threads: any (constants).  Suspends: never.  Errors: none.
#pragma once

#include "scenario/testing/zip_builder.hpp"

#include <string>
#include <vector>

namespace signalbox::scenario {

inline const std::string kSmallNetwork =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<net version="1.9" junctionCornerDetail="5" limitTurnSpeed="5.50">
    <location netOffset="0.00,0.00" convBoundary="0.00,0.00,500.00,0.00"
        origBoundary="0.00,0.00,500.00,0.00" projParameter="!"/>
    <edge id="street" from="west" to="east" priority="1">
        <lane id="street_0" index="0" speed="13.89" length="500.00" shape="0.00,-1.60 500.00,-1.60"/>
    </edge>
    <junction id="west" type="dead_end" x="0.00" y="0.00" incLanes="" intLanes=""
        shape="0.00,0.00 0.00,-3.20"/>
    <junction id="east" type="dead_end" x="500.00" y="0.00" incLanes="street_0" intLanes=""
        shape="500.00,-3.20 500.00,0.00"/>
</net>
)";

inline const std::string kSmallDemand =
    R"(<routes>
    <route id="through" edges="street"/>
    <flow id="cars" route="through" begin="0" end="60" number="20"/>
</routes>
)";

/// `options` go into the configuration beside network and routes.
inline std::string small_configuration(const std::string& options = {}) {
    return "<configuration>\n    <net-file value=\"small.net.xml\"/>\n"
           "    <route-files value=\"small.rou.xml\"/>\n" +
           options + "</configuration>\n";
}

inline std::vector<ZipItem> small_scenario(const std::string& options = {}) {
    return {
        {.name = "small.net.xml", .data = kSmallNetwork},
        {.name = "small.rou.xml", .data = kSmallDemand},
        {.name = "small.sumocfg", .data = small_configuration(options)}
    };
}

}  // namespace signalbox::scenario
