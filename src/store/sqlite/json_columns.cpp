#include "store/sqlite/json_columns.hpp"

#include "model/figure_fields.hpp"

#include <boost/json.hpp>

#include <optional>
#include <type_traits>

namespace signalbox::store::sqlite {

namespace json = boost::json;

namespace {

// What was written must be read again as it was: names of files need not be UTF-8, and a number
// comes back to its last bit.
constexpr json::parse_options kAsWritten = [] {
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    options.numbers = json::number_precision::precise;
    return options;
}();

Error unreadable(std::string_view what, std::string_view column) {
    return {
        Code::kInternal,
        "DATABASE_DAMAGED",
        "the stored " + std::string(what) + " cannot be read: " + std::string(column.substr(0, 200))
    };
}

// The groups that every run has stand side by side in one object, where two names must say what
// they count. `Whole` is Figures or const Figures.
template <class Whole, class Visit>
void each_figure(Whole& figures, Visit visit) {
    const auto visit_flat = [&visit](std::string_view name, auto& member) {
        visit(name == "total" ? "teleports" : name == "count" ? "trips" : name, member);
    };
    model::each_figure(figures.vehicles, visit_flat);
    model::each_figure(figures.teleports, visit_flat);
    model::each_figure(figures.safety, visit_flat);
    model::each_figure(figures.trips, visit_flat);
    model::each_figure(figures.cost, visit_flat);
}

template <class Whole, class Visit>
void each_figure_of_progress(Whole& progress, Visit visit) {
    visit("simulated", progress.simulated_seconds);
    visit("end", progress.end_seconds);
    visit("running", progress.running);
    visit("halting", progress.halting);
    visit("factor", progress.real_time_factor);
    visit("begin", progress.begin_seconds);
}

// Visits by writing what is there.
struct Writer {
    json::object& object;

    template <class Number>
    void operator()(std::string_view name, const std::optional<Number>& figure) const {
        if (figure) {
            object[name] = *figure;
        }
    }
};

// Visits by reading what is there.
struct Reader {
    const json::object& object;

    template <class Number>
    void operator()(std::string_view name, std::optional<Number>& figure) const {
        const json::value* const value = object.if_contains(name);
        if (value == nullptr || !value->is_number()) {
            return;
        }
        boost::system::error_code inexact;
        const auto number = value->to_number<Number>(inexact);
        if (!inexact) {
            figure = number;
        }
    }
};

std::string text_or_nothing(const json::object& object) {
    return object.empty() ? std::string() : json::serialize(object);
}

json::array to_array(const std::vector<std::string>& texts) {
    json::array array;
    array.reserve(texts.size());
    for (const std::string& text : texts) {
        array.emplace_back(text);
    }
    return array;
}

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::vector<std::string> texts_of(const json::value* value) {
    std::vector<std::string> texts;
    if (value == nullptr || !value->is_array()) {
        return texts;
    }
    for (const json::value& entry : value->get_array()) {
        if (entry.is_string()) {
            texts.emplace_back(entry.get_string());
        }
    }
    return texts;
}

Result<json::object> read_object(std::string_view what, std::string_view column) {
    if (column.empty()) {
        return json::object();
    }
    boost::system::error_code problem;
    json::value value = json::parse(column, problem, {}, kAsWritten);
    if (problem || !value.is_object()) {
        return fail(unreadable(what, column));
    }
    return std::move(value.get_object());
}

Result<json::array> read_array(std::string_view what, std::string_view column) {
    if (column.empty()) {
        return json::array();
    }
    boost::system::error_code problem;
    json::value value = json::parse(column, problem, {}, kAsWritten);
    if (problem || !value.is_array()) {
        return fail(unreadable(what, column));
    }
    return std::move(value.get_array());
}

}  // namespace

std::string to_column(const std::vector<std::string>& texts) {
    return texts.empty() ? std::string() : json::serialize(to_array(texts));
}

std::string to_column(const std::vector<model::Finding>& findings) {
    if (findings.empty()) {
        return {};
    }
    json::array array;
    array.reserve(findings.size());
    for (const model::Finding& finding : findings) {
        array.emplace_back(json::object{
            {"file", finding.file},
            {"line", finding.line},
            {"error", finding.severity == model::Severity::kError},
            {"code", finding.code},
            {"message", finding.message},
            {"hint", finding.hint}
        });
    }
    return json::serialize(array);
}

std::string to_column(const model::Figures& figures) {
    json::object object;
    each_figure(figures, Writer{object});
    if (figures.persons) {
        model::each_figure(*figures.persons, Writer{object["persons"].emplace_object()});
    }
    if (figures.emissions) {
        model::each_figure(*figures.emissions, Writer{object["emissions"].emplace_object()});
    }
    return text_or_nothing(object);
}

std::string to_column(const model::Progress& progress) {
    json::object object;
    each_figure_of_progress(progress, Writer{object});
    return text_or_nothing(object);
}

std::string to_column(const model::Usage& usage) {
    return json::serialize(json::object{
        {"cpuSeconds", usage.cpu_seconds},
        {"rssBytes", usage.rss_bytes},
        {"peakRssBytes", usage.peak_rss_bytes},
        {"outputBytes", usage.output_bytes}
    });
}

std::string to_column(const model::SumoExit& exit) {
    json::object object;
    const Writer write{object};
    write("exitCode", exit.exit_code);
    write("signal", exit.signal);
    write("endTime", exit.end_time);
    if (!exit.end_reason.empty()) {
        object["endReason"] = exit.end_reason;
    }
    return text_or_nothing(object);
}

std::string to_column(const model::Scope& scope) {
    if (scope == model::Scope{}) {
        return {};
    }
    return json::serialize(json::object{
        {"tenants", to_array(scope.tenants)},
        {"clusters", to_array(scope.clusters)},
        {"namespaces", to_array(scope.namespaces)}
    });
}

Result<std::vector<std::string>> texts_from_column(std::string_view column) {
    SB_TRY(const json::value array, read_array("list", column));
    return texts_of(&array);
}

Result<std::vector<model::Finding>> findings_from_column(std::string_view column) {
    SB_TRY(const json::array array, read_array("findings", column));
    std::vector<model::Finding> findings;
    for (const json::value& entry : array) {
        if (!entry.is_object()) {
            return fail(unreadable("findings", column));
        }
        const json::object& object = entry.get_object();
        const json::value* const error = object.if_contains("error");
        std::optional<std::int64_t> line;
        Reader{object}("line", line);
        findings.push_back(
            {.file = text_of(object, "file"),
             .line = line.value_or(0),
             .severity = error != nullptr && error->is_bool() && error->get_bool()
                             ? model::Severity::kError
                             : model::Severity::kWarning,
             .code = text_of(object, "code"),
             .message = text_of(object, "message"),
             .hint = text_of(object, "hint")}
        );
    }
    return findings;
}

Result<model::Figures> figures_from_column(std::string_view column) {
    SB_TRY(const json::object object, read_object("figures", column));
    model::Figures figures;
    each_figure(figures, Reader{object});
    if (const json::value* persons = object.if_contains("persons");
        persons && persons->is_object()) {
        model::each_figure(figures.persons.emplace(), Reader{persons->get_object()});
    }
    const json::value* const emissions = object.if_contains("emissions");
    if (emissions != nullptr && emissions->is_object()) {
        model::each_figure(figures.emissions.emplace(), Reader{emissions->get_object()});
    }
    return figures;
}

Result<model::Progress> progress_from_column(std::string_view column) {
    SB_TRY(const json::object object, read_object("progress", column));
    model::Progress progress;
    each_figure_of_progress(progress, Reader{object});
    return progress;
}

Result<model::Scope> scope_from_column(std::string_view column) {
    SB_TRY(const json::object object, read_object("scope", column));
    return model::Scope{
        .tenants = texts_of(object.if_contains("tenants")),
        .clusters = texts_of(object.if_contains("clusters")),
        .namespaces = texts_of(object.if_contains("namespaces"))
    };
}

}  // namespace signalbox::store::sqlite
