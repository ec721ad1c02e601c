// What routes and additional files say of vehicles, held against the network and each other.
//
// Looked for: edges that the network has not, edges of a route that do not lead on to each other,
// types and routes that are defined nowhere, ids given twice, departures out of order. SUMO reads
// route files only as far as the simulated time asks for, skips who departs before the begin, and
// meets a broken route only when its vehicle is to be inserted. So each finding is an error only
// where SUMO surely gets there and stops; else, and in every doubt, it is a warning.
//
// Threads: one at a time.  Suspends: never.  Errors: none; what is wrong is a finding.
#pragma once

#include "model/finding.hpp"
#include "scenario/checks/definitions.hpp"
#include "scenario/checks/demand_element.hpp"
#include "scenario/checks/network_index.hpp"
#include "scenario/checks/route_edges.hpp"
#include "scenario/options/configuration.hpp"
#include "scenario/xml/xml_check.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace signalbox::scenario {

/// How SUMO reads a file of demand.
struct DemandPlace {
    bool incremental = false;  ///< as far as the time asks for; everything at the start else
    bool reached = true;       ///< whether it surely reads the beginning
};

class DemandCheck {
public:
    /// The network must outlive it. `configuration` with the arguments laid over it.
    DemandCheck(const NetworkIndex& network, const Configuration& configuration);

    void begin_file(std::string_view file, DemandPlace place);

    /// The file is read again from its beginning.
    void restart_file();

    void element(const XmlElement& element);

    /// SUMO surely reads up to here.
    [[nodiscard]] bool reached() const { return file_.reached; }

    [[nodiscard]] std::vector<model::Finding> end_file();

    /// Named routes that do not lead on, with one who uses them.
    [[nodiscard]] std::vector<model::Finding> find_broken_routes() const;

    /// Types and routes that are defined nowhere: for when every file was read.
    [[nodiscard]] std::vector<model::Finding> find_undefined() const {
        return definitions_.find_undefined();
    }

private:
    static constexpr std::size_t kMaxAtOnce = 1'000'000;

    /// When the run begins and ends, and what of it is sure.
    struct Run {
        double begin = 0;
        std::optional<double> last_step;  ///< the last time that is surely simulated
        bool sure = true;                 ///< nothing loaded before, no other way to end
        bool loads_all = true;            ///< every vehicle it reads, none left to chance
        bool stops_at_gaps = true;        ///< when a vehicle is to be inserted
        bool in_steps = true;             ///< route files are read as time goes on
    };

    /// The top element at hand; what is nested in it belongs to it.
    struct Open {
        DemandTag tag = DemandTag::kOther;
        std::size_t depth = 0;
        std::string id;
        bool sure = false;      ///< SUMO reads it and does not pass over it
        bool inserted = false;  ///< and it surely departs
        bool jumps = false;     ///< over gaps, by a stop
        std::optional<RouteGap> gap;
        std::int64_t gap_line = 0;
        std::optional<std::uint64_t> route;  ///< it is one of this name, or uses a broken one
    };

    struct BrokenRoute {
        RouteGap gap;
        std::string file;
        std::int64_t line = 0;
        std::string id;
        std::string user;        ///< one who names it
        bool stops_run = false;  ///< somebody surely departs on it
    };

    /// Everything that is void when the file is read again.
    struct File {
        std::string name;
        DemandPlace place;
        bool reached = true;
        double last_depart = 0;
        IdSet at_last_depart{kMaxAtOnce};  ///< who departs then
        std::optional<Open> open;
        std::vector<model::Finding> findings;
        std::map<std::pair<std::string_view, model::Severity>, std::size_t> counts;
    };

    void take_traveller(DemandTag tag, const XmlElement& element);
    void take_route(const XmlElement& element);
    void take_type(DemandTag tag, const XmlElement& element);
    void take_group(DemandTag tag, const XmlElement& element);
    void close();
    void note_broken(const Open& route);
    void note_use(const Open& traveller);

    [[nodiscard]] bool comes_in_order(const Traveller& traveller, const XmlElement& element);
    [[nodiscard]] bool is_loaded(const Traveller& traveller) const;
    [[nodiscard]] bool is_inserted(const Traveller& traveller) const;
    void check_twice(const Traveller& traveller, bool counted, const XmlElement& element);
    void check_uses(const Traveller& traveller, bool counted, const XmlElement& element);
    void check_edges(std::string_view edges, const XmlElement& element);

    void define_once(Space space, std::string_view what, const XmlElement& element, bool sure);
    void add(std::string_view code, bool sure, std::int64_t line, std::string message);

    const NetworkIndex& network_;
    Run run_;
    Definitions definitions_;
    std::unordered_map<std::uint64_t, BrokenRoute> broken_;
    File file_;
};

}  // namespace signalbox::scenario
