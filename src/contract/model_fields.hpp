// Field lists of values of model/ that stand in several messages; internal to contract/.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "contract/json_fields.hpp"
#include "model/figure_fields.hpp"
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

template <model::FigureGroup Group>
struct Fields<Group> {
    static void list(auto& f, auto& v) { model::each_figure(v, f); }
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
