#include "scenario/checks/demand_check.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <bit>

namespace signalbox::scenario {

namespace {

using model::Finding;
using model::Severity;
using Known = Definitions::Known;

// Of one kind and file; more would only repeat the same mistake.
constexpr std::size_t kMaxAlike = 20;
constexpr std::size_t kMaxBrokenRoutes = 2000;

bool is_unset_or(const Configuration& configuration, std::string_view option, auto accepts) {
    const std::string_view text = trim(configuration.value_of(option));
    const auto value = parse_time(text);
    return text.empty() || (value && accepts(*value));
}

}  // namespace

DemandCheck::DemandCheck(const NetworkIndex& network, const Configuration& configuration)
    : network_(network) {
    const double step = parse_time(configuration.value_of("step-length")).value_or(1);
    const auto is_positive = [](double value) { return value > 0; };
    const auto is_negative = [](double value) { return value < 0; };
    const auto is_zero = [](double value) { return value == 0; };
    const auto is_one_or_more = [](double value) { return value >= 1; };
    run_.begin = begin_of(configuration);
    if (const auto end = end_of(configuration)) {
        run_.last_step = *end - std::max(step, 0.001);
    }
    run_.sure = trim(configuration.value_of("load-state")).empty() &&
                is_unset_or(configuration, "max-num-teleports", is_negative);
    run_.loads_all = run_.sure && is_unset_or(configuration, "scale", is_one_or_more);
    run_.stops_at_gaps = !configuration.is_set("ignore-route-errors") &&
                         is_unset_or(configuration, "max-num-vehicles", is_negative) &&
                         is_unset_or(configuration, "random-depart-offset", is_zero);
    run_.in_steps = is_unset_or(configuration, "route-steps", is_positive);
}

void DemandCheck::begin_file(std::string_view file, DemandPlace place) {
    file_ = File{};
    file_.name = file;
    file_.place = place;
    file_.place.incremental = place.incremental && run_.in_steps;
    file_.reached = place.reached && run_.sure;
}

void DemandCheck::restart_file() {
    definitions_.take_back();
    std::erase_if(broken_, [this](const auto& pair) { return pair.second.file == file_.name; });
    const File before = std::move(file_);
    begin_file(before.name, before.place);
}

std::vector<Finding> DemandCheck::end_file() {
    close();
    if (std::string limit = definitions_.limit(); !limit.empty()) {
        add("CHECK_LIMIT", false, 0, std::move(limit));
    }
    definitions_.commit();
    for (const auto& [kind, count] : file_.counts) {
        if (count > kMaxAlike) {
            file_.findings.push_back(
                {.file = file_.name,
                 .severity = Severity::kWarning,
                 .code = "MORE_FINDINGS",
                 .message = std::to_string(count - kMaxAlike) + " more of the kind " +
                            std::string(kind.first) + " (shown: " + std::to_string(kMaxAlike) + ")",
                 .hint = {}}
            );
        }
    }
    return std::move(file_.findings);
}

std::vector<Finding> DemandCheck::find_broken_routes() const {
    std::vector<Finding> findings;
    for (const auto& [id, route] : broken_) {
        findings.push_back(
            {.file = route.file,
             .line = route.line,
             .severity = route.stops_run ? Severity::kError : Severity::kWarning,
             .code = "NO_CONNECTION",
             .message = describe(DemandTag::kRoute, route.id) +
                        (route.user.empty() ? "" : " of " + route.user) + ": " +
                        route.gap.sentence(),
             .hint = {}}
        );
    }
    return findings;
}

void DemandCheck::element(const XmlElement& element) {
    if (file_.open && element.depth <= file_.open->depth) {
        close();
    }
    const DemandTag tag = demand_tag(element.name);
    if (travels(tag)) {
        if (!file_.open) {  // a calibrator's flows are others
            take_traveller(tag, element);
        }
        return;
    }
    switch (tag) {
        case DemandTag::kRoute:
            return take_route(element);
        case DemandTag::kRouteDistribution:
        case DemandTag::kCalibrator:
            return take_group(tag, element);
        case DemandTag::kType:
        case DemandTag::kTypeDistribution:
            return take_type(tag, element);
        case DemandTag::kStop:
            if (file_.open && element.attributes.find("jump")) {
                file_.open->jumps = true;
            }
            return;
        case DemandTag::kInclude:
            // Who departs there is known later only.
            file_.reached &= !file_.place.incremental || !run_.last_step;
            return;
        default:
            return;
    }
}

void DemandCheck::take_traveller(DemandTag tag, const XmlElement& element) {
    Traveller traveller(tag, element);
    if (traveller.is_flow() && traveller.departs.empty()) {
        traveller.depart = run_.begin;
    }
    const bool sure = comes_in_order(traveller, element) && file_.reached && !traveller.none;
    const bool counted = sure && traveller.depart && *traveller.depart >= run_.begin;
    const bool loaded = counted && is_loaded(traveller);
    file_.open = Open{
        .tag = tag,
        .depth = element.depth,
        .id = std::string(traveller.id),
        .sure = sure,
        .inserted = loaded && is_inserted(traveller),
        .gap = {},
        .route = {}
    };
    if (tag == DemandTag::kTrip || tag == DemandTag::kFlow) {
        for (const std::string_view edge : traveller.ends) {
            check_edges(edge, element);
        }
        file_.open->gap.reset();  // on the way between them SUMO finds a route
    }
    check_twice(traveller, loaded, element);
    check_uses(traveller, counted, element);
    const bool at_known_time = traveller.depart || traveller.departs.empty();
    if (file_.place.incremental && run_.last_step &&
        (!at_known_time || traveller.depart.value_or(0) > *run_.last_step)) {
        file_.reached = false;  // the run may be over before SUMO reads on
    }
}

/// Route files are to be sorted; SUMO passes over who comes too late.
bool DemandCheck::comes_in_order(const Traveller& traveller, const XmlElement& element) {
    if (!file_.place.incremental || !traveller.depart) {
        return true;
    }
    if (*traveller.depart > file_.last_depart) {
        file_.last_depart = *traveller.depart;
        file_.at_last_depart.clear();
    }
    if (*traveller.depart == file_.last_depart) {
        return true;
    }
    add("UNSORTED_DEPARTURE",
        false,
        element.line(),
        describe(traveller.tag, traveller.id) +
            " departs before one that stands before it in the file: SUMO leaves it out");
    return false;
}

bool DemandCheck::is_loaded(const Traveller& traveller) const {
    // A type may be scaled down to nothing: then it is doubtful.
    const std::string_view type = traveller.type.empty() ? "DEFAULT_VEHTYPE" : traveller.type;
    const Known known = definitions_.find(Space::kTypes, hash_id(type));
    const bool plain_type =
        known == Known::kSure || (known == Known::kNo && type.starts_with("DEFAULT_"));
    return run_.loads_all && plain_type;
}

bool DemandCheck::is_inserted(const Traveller& traveller) const {
    const bool in_time = !run_.last_step || *traveller.depart <= *run_.last_step;
    const bool flows = traveller.tag == DemandTag::kFlow && traveller.regular &&
                       traveller.end.value_or(*traveller.depart + 1) > *traveller.depart;
    return run_.stops_at_gaps && in_time && !traveller.partial &&
           (traveller.tag == DemandTag::kVehicle || flows);
}

void DemandCheck::check_twice(const Traveller& traveller, bool counted, const XmlElement& element) {
    if (traveller.id.empty()) {
        return;
    }
    const std::uint64_t key = traveller.key();
    const bool at_start = !file_.place.incremental;
    const Known before = definitions_.define(Space::kTravellers, key, counted && at_start);
    // Who stands in a file with the same departure is there at the same time.
    const Known beside = at_start ? before : file_.at_last_depart.add(key, counted);
    if (before != Known::kNo) {
        add("DUPLICATE_ID",
            counted && beside == Known::kSure,
            element.line(),
            "there is another " + describe(traveller.tag, traveller.id));
    }
}

void DemandCheck::check_uses(const Traveller& traveller, bool counted, const XmlElement& element) {
    const auto want = [&](Space space, std::string_view code, std::string_view what) {
        definitions_.want(
            space,
            hash_id(what),
            {.file = file_.name,
             .line = element.line(),
             .severity = counted ? Severity::kError : Severity::kWarning,
             .code = std::string(code),
             .message = quote_id(what) +
                        (space == Space::kTypes ? ", the type of " : ", the route of ") +
                        describe(traveller.tag, traveller.id) + ", is defined nowhere",
             .hint = {}}
        );
    };
    if (!traveller.type.empty() && !traveller.type.starts_with("DEFAULT_") &&
        definitions_.find(Space::kTypes, hash_id(traveller.type)) == Known::kNo) {
        want(Space::kTypes, "UNKNOWN_TYPE", traveller.type);
    }
    if (traveller.route.empty() || traveller.route.starts_with('!')) {
        return;
    }
    const std::uint64_t route = hash_id(traveller.route);
    if (definitions_.find(Space::kRoutes, route) == Known::kNo) {
        want(Space::kRoutes, "UNKNOWN_ROUTE", traveller.route);
    } else if (broken_.contains(route)) {
        file_.open->route = route;
    }
}

void DemandCheck::take_route(const XmlElement& element) {
    const std::string_view edges = element.attributes.get("edges");
    const std::string_view id = element.attributes.get("id");
    if (!file_.open) {
        if (!id.empty() && !edges.empty()) {
            define_once(Space::kRoutes, "route", element, file_.reached);
        }
        file_.open = Open{
            .tag = DemandTag::kRoute,
            .depth = element.depth,
            .id = std::string(id),
            .sure = file_.reached,
            .gap = {},
            .route = hash_id(id)
        };
    } else if (!id.empty() && !travels(file_.open->tag)) {
        definitions_.define(Space::kRoutes, hash_id(id), false);
    }
    check_edges(edges, element);
}

void DemandCheck::take_type(DemandTag tag, const XmlElement& element) {
    if (!element.attributes.get("id").empty()) {
        const bool plain = tag == DemandTag::kType && !element.attributes.find("scale");
        define_once(Space::kTypes, "type", element, file_.reached && plain);
    }
}

void DemandCheck::take_group(DemandTag tag, const XmlElement& element) {
    const std::string_view id = element.attributes.get("id");
    if (!id.empty()) {
        definitions_.define(Space::kRoutes, hash_id(id), false);
    }
    if (file_.open) {
        file_.open->inserted = false;  // on which of its routes is a matter of chance
        return;
    }
    file_.open = Open{
        .tag = tag,
        .depth = element.depth,
        .id = std::string(id),
        .sure = tag == DemandTag::kRouteDistribution && file_.reached,
        .gap = {},
        .route = {}
    };
}

/// The element that was open has ended: now its stops are known too.
void DemandCheck::close() {
    if (!file_.open) {
        return;
    }
    const Open open = std::move(*file_.open);
    file_.open.reset();
    if (open.jumps) {
        return;
    }
    if (open.tag == DemandTag::kRoute) {
        note_broken(open);
    } else if (open.gap) {
        add("NO_CONNECTION",
            open.inserted,
            open.gap_line,
            "the route of " + describe(open.tag, open.id) + ": " + open.gap->sentence());
    } else if (open.route) {
        note_use(open);
    }
}

void DemandCheck::note_broken(const Open& route) {
    if (!route.gap) {
        return;
    }
    if (broken_.size() == kMaxBrokenRoutes) {
        add("NO_CONNECTION",
            false,
            route.gap_line,
            describe(route.tag, route.id) + ": " + route.gap->sentence());
        return;
    }
    broken_.try_emplace(
        *route.route,
        BrokenRoute{
            .gap = *route.gap,
            .file = file_.name,
            .line = route.gap_line,
            .id = route.id,
            .user = {}
        }
    );
}

void DemandCheck::note_use(const Open& traveller) {
    BrokenRoute& route = broken_.at(*traveller.route);
    if (route.user.empty() || (traveller.inserted && !route.stops_run)) {
        route.user = describe(traveller.tag, traveller.id);
    }
    route.stops_run |= traveller.inserted;
}

/// Of the open element, or of a route within it.
void DemandCheck::check_edges(std::string_view edges, const XmlElement& element) {
    Open& open = *file_.open;
    RouteProblem problem = check_route_edges(network_, edges);
    if (!problem.unknown_edge.empty()) {
        // In SUMO's own words, which stop the run otherwise; what it does not say is the line.
        add("UNKNOWN_EDGE",
            open.sure,
            element.line(),
            "The edge " + quote_id(problem.unknown_edge) + " within the route for " +
                describe(open.tag, open.id) + " is not known.");
    } else if (problem.gap && !open.gap) {
        open.gap = std::move(problem.gap);
        open.gap_line = element.line();
    }
}

void DemandCheck::define_once(
    Space space, std::string_view what, const XmlElement& element, bool sure
) {
    const std::string_view id = element.attributes.get("id");
    const Known before = definitions_.define(space, hash_id(id), sure);
    if (before != Known::kNo) {
        add("DUPLICATE_ID",
            file_.reached && before == Known::kSure,
            element.line(),
            "there is another " + std::string(what) + " " + quote_id(id));
    }
}

void DemandCheck::add(std::string_view code, bool sure, std::int64_t line, std::string message) {
    const Severity severity = sure ? Severity::kError : Severity::kWarning;
    if (++file_.counts[{code, severity}] > kMaxAlike) {
        return;
    }
    file_.findings.push_back(
        {.file = file_.name,
         .line = line,
         .severity = severity,
         .code = std::string(code),
         .message = std::move(message),
         .hint = {}}
    );
}

}  // namespace signalbox::scenario
