#include "kubectl/output.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace signalbox::kubectl {

namespace {

using enum OutputForm;

struct NamedForm {
    std::string_view name;
    OutputForm form;
    bool has_expression = false;
};

constexpr std::array kForms = std::to_array<NamedForm>({
    {"wide", kWide},
    {"name", kName},
    {"json", kJson},
    {"yaml", kYaml},
    {"jsonpath", kJsonPath, true},
    {"jsonpath-as-json", kJsonPathAsJson, true},
    {"custom-columns", kCustomColumns, true},
    {"plaintext-openapiv2", kOpenApi},
});

bool is_offered(Verb verb, OutputForm form) {
    const auto among = [form](std::initializer_list<OutputForm> forms) {
        return std::ranges::find(forms, form) != forms.end();
    };
    switch (verb) {
        case Verb::kGet:
            return form != kOpenApi;
        case Verb::kEvents:
        case Verb::kWait:
        case Verb::kRolloutHistory:
        case Verb::kAuthWhoAmI:
            return among({kName, kJson, kYaml, kJsonPath, kJsonPathAsJson});
        case Verb::kVersion:
            return among({kJson, kYaml});
        case Verb::kApiResources:
            return among({kWide, kName});
        case Verb::kExplain:
            return form == kOpenApi;
        default:
            return false;
    }
}

// kubectl takes `-o JSON` where it prints objects, and nowhere `-o WIDE`.
std::string spelling_of(Verb verb, std::string_view name) {
    const bool prints_objects =
        verb != Verb::kVersion && verb != Verb::kApiResources && verb != Verb::kExplain;
    std::string lower = to_lower(name);
    const bool any_case = lower == "json" || lower == "yaml" || lower == "name";
    return prints_objects && any_case ? lower : std::string(name);
}

std::string forms_of(Verb verb) {
    std::vector<std::string> names;
    for (const NamedForm& one : kForms) {
        if (is_offered(verb, one.form)) {
            names.push_back(fmt::format("{}{}", one.name, one.has_expression ? "=…" : ""));
        }
    }
    return join(names, ", ");
}

Failure refuse_form(Verb verb, std::string_view name) {
    const std::string message =
        fmt::format("\"kubectl {}\" has no output form \"{}\" here", to_words(verb), name);
    if (name.ends_with("-file") || name == "templatefile") {
        return refuse(Rule::kFileAccess, message, forms_of(verb));
    }
    return refuse(Rule::kForbiddenOutput, message, forms_of(verb));
}

}  // namespace

bool Output::shows_fields() const {
    return form == kJson || form == kYaml || form == kJsonPath || form == kJsonPathAsJson ||
           form == kCustomColumns;
}

Result<Output> parse_output(Verb verb, std::string_view text) {
    if (text.empty() || (verb == Verb::kExplain && text == "plaintext")) {
        return Output{};
    }
    const std::size_t equals = text.find('=');
    const bool with_expression = equals != std::string_view::npos;
    const std::string name = spelling_of(verb, text.substr(0, equals));
    const auto found = std::ranges::find(kForms, name, &NamedForm::name);
    if (found == kForms.end() || !is_offered(verb, found->form) ||
        (with_expression && !found->has_expression)) {
        return refuse_form(verb, with_expression ? name : std::string(text));
    }
    Output output{.form = found->form, .expression = {}};
    if (with_expression) {
        output.expression = text.substr(equals + 1);
    }
    if (found->has_expression && output.expression.empty()) {
        return refuse(
            Rule::kMalformed,
            fmt::format("-o {} needs an expression", name),
            fmt::format("-o {}=…", name)
        );
    }
    return output;
}

std::string to_text(const Output& output) {
    const auto found = std::ranges::find(kForms, output.form, &NamedForm::form);
    if (found == kForms.end()) {
        return {};
    }
    return std::string(found->name) + (found->has_expression ? "=" + output.expression : "");
}

}  // namespace signalbox::kubectl
