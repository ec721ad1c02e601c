#include "contract/body_reader.hpp"

#include "base/text.hpp"
#include "contract/json_parse.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>

namespace signalbox::contract {

namespace json = boost::json;

namespace {

// Of an unknown field's name, when an error shows it.
constexpr std::size_t kMaxNameBytes = 80;

// What stands under a name: a JSON value, or the text of a pair; neither when absent.
struct Raw {
    const json::value* value = nullptr;
    const std::string* pair = nullptr;

    [[nodiscard]] bool present() const { return value != nullptr || pair != nullptr; }

    // The text of either kind, if it is one.
    [[nodiscard]] std::optional<std::string_view> text() const {
        if (pair != nullptr) {
            return *pair;
        }
        return value->is_string() ? std::optional<std::string_view>(value->get_string())
                                  : std::nullopt;
    }

    [[nodiscard]] std::string shown() const {
        return pair != nullptr ? contract::shown(*pair) : contract::shown(*value);
    }
};

std::string show_number(double value) {
    if (const auto whole = whole_number(value)) {
        return std::to_string(*whole);
    }
    return shown(json::value(value));
}

// `between 1 and 32`, `at least 1`, `at most 32`.
template <class Rule>
std::string show_range(const Rule& rule) {
    constexpr Rule kOpen{};
    if (rule.min == kOpen.min) {
        return "at most " + show_number(static_cast<double>(rule.max));
    }
    if (rule.max == kOpen.max) {
        return "at least " + show_number(static_cast<double>(rule.min));
    }
    return "between " + show_number(static_cast<double>(rule.min)) + " and " +
           show_number(static_cast<double>(rule.max));
}

// `query.limit` is `limit` for people; what has no name of its own is its place.
std::string sentence_of(const FieldError& field) {
    const std::size_t dot = field.location.find('.');
    return field.location.substr(dot == std::string::npos ? 0 : dot + 1) + ": " + field.message;
}

// What is wrong with a text, if anything.
std::optional<FieldError> check_text(std::string_view text, const TextRule& rule) {
    if (!is_valid_utf8(text)) {
        return FieldError{
            .location = {}, .message = "is not valid UTF-8", .type = "string_unicode"
        };
    }
    if (has_control_characters(text)) {
        return FieldError{
            .location = {},
            .message = shown(text) + " holds control characters",
            .type = "string_pattern_mismatch"
        };
    }
    const std::size_t length = count_code_points(text);
    if (length < rule.min || length > rule.max) {
        return FieldError{
            .location = {},
            .message = "has " + std::to_string(length) + " characters; " +
                       std::to_string(rule.min) + " to " + std::to_string(rule.max) +
                       " are allowed",
            .type = length < rule.min ? "string_too_short" : "string_too_long"
        };
    }
    return std::nullopt;
}

}  // namespace

Error field_error(std::string location, std::string message, std::string type) {
    FieldError field{
        .location = std::move(location), .message = std::move(message), .type = std::move(type)
    };
    return Error(Code::kUnprocessable, "VALIDATION_ERROR", sentence_of(field))
        .with_field(std::move(field));
}

struct BodyReader::Source {
    std::string where;
    json::value document;
    std::vector<NameValue> pairs;
    bool is_form = false;
    std::vector<FieldError> errors;

    [[nodiscard]] Raw find(std::string_view name) {
        return is_form ? find_pair(name) : find_value(document.get_object(), name, 0);
    }

    [[nodiscard]] Raw find_pair(std::string_view name) const {
        const auto found = std::find_if(pairs.rbegin(), pairs.rend(), [name](const auto& pair) {
            return pair.first == name;
        });
        return found == pairs.rend() || found->second.empty() ? Raw{} : Raw{.pair = &found->second};
    }

    // `start`: where in the dotted name the part that is looked up in `object` begins.
    [[nodiscard]] Raw find_value(
        const json::object& object, std::string_view name, std::size_t start
    ) {
        const std::size_t dot = name.find('.', start);
        const json::value* value = object.if_contains(name.substr(start, dot - start));
        if (value == nullptr || value->is_null()) {
            return {};
        }
        if (dot == std::string_view::npos) {
            return {.value = value};
        }
        if (!value->is_object()) {
            refuse_once(name.substr(0, dot), shown(*value) + " is not an object", "dict_type");
            return {};
        }
        return find_value(value->get_object(), name, dot + 1);
    }

    void refuse(std::string_view name, std::string message, std::string type) {
        errors.push_back(
            {.location = where + "." + std::string(name),
             .message = std::move(message),
             .type = std::move(type)}
        );
    }

    void refuse_once(std::string_view name, std::string message, std::string type) {
        const std::string location = where + "." + std::string(name);
        if (std::ranges::find(errors, location, &FieldError::location) == errors.end()) {
            refuse(name, std::move(message), std::move(type));
        }
    }
};

BodyReader::BodyReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}

BodyReader::BodyReader(BodyReader&&) noexcept = default;
BodyReader& BodyReader::operator=(BodyReader&&) noexcept = default;
BodyReader::~BodyReader() = default;

Result<BodyReader> BodyReader::from_json(std::string_view text, JsonLimits limits) {
    SB_TRY(json::value document, parse_json(text, limits));
    auto source = std::make_unique<Source>();
    source->where = "body";
    source->document = std::move(document);
    if (!source->document.is_object()) {
        return fail(
            field_error("body", shown(source->document) + " is not a JSON object", "dict_type")
        );
    }
    return BodyReader(std::move(source));
}

BodyReader BodyReader::from_pairs(std::string where, std::span<const NameValue> pairs) {
    auto source = std::make_unique<Source>();
    source->where = std::move(where);
    source->pairs.assign(pairs.begin(), pairs.end());
    source->is_form = true;
    return BodyReader(std::move(source));
}

bool BodyReader::has(std::string_view name) const {
    return source_->find(name).present();
}

std::optional<std::int64_t> BodyReader::find_int(std::string_view name, IntRule rule) {
    const Raw raw = source_->find(name);
    if (!raw.present()) {
        return std::nullopt;
    }
    std::optional<std::int64_t> number;
    if (const auto text = raw.text()) {
        number = parse_number<std::int64_t>(trim(*text));
    } else {
        number = whole_number(*raw.value);
    }
    if (!number) {
        refuse(name, raw.shown() + " is not a whole number", "int_parsing");
    } else if (*number < rule.min || *number > rule.max) {
        refuse(
            name,
            std::to_string(*number) + " is not " + show_range(rule),
            *number < rule.min ? "greater_than_equal" : "less_than_equal"
        );
        return std::nullopt;
    }
    return number;
}

std::int64_t BodyReader::get_int(std::string_view name, IntRule rule) {
    if (!has(name)) {
        source_->refuse_once(name, "is missing", "missing");
    }
    return find_int(name, rule).value_or(0);
}

std::optional<double> BodyReader::find_number(std::string_view name, NumberRule rule) {
    const Raw raw = source_->find(name);
    if (!raw.present()) {
        return std::nullopt;
    }
    std::optional<double> number;
    if (const auto text = raw.text()) {
        number = parse_number<double>(trim(*text));
    } else if (raw.value->is_number()) {
        number = raw.value->to_number<double>();
    }
    if (!number || !std::isfinite(*number)) {
        refuse(name, raw.shown() + " is not a number", "float_parsing");
        return std::nullopt;
    }
    if (*number < rule.min || *number > rule.max) {
        refuse(
            name,
            show_number(*number) + " is not " + show_range(rule),
            *number < rule.min ? "greater_than_equal" : "less_than_equal"
        );
        return std::nullopt;
    }
    return number;
}

std::optional<bool> BodyReader::find_bool(std::string_view name) {
    const Raw raw = source_->find(name);
    if (!raw.present()) {
        return std::nullopt;
    }
    if (raw.value != nullptr && raw.value->is_bool()) {
        return raw.value->get_bool();
    }
    const std::string word = to_lower(raw.text().value_or(""));
    if (word == "true" || word == "1") {
        return true;
    }
    if (word == "false" || word == "0") {
        return false;
    }
    refuse(name, raw.shown() + " is neither true nor false", "bool_parsing");
    return std::nullopt;
}

std::optional<std::string> BodyReader::find_text(std::string_view name, TextRule rule) {
    const Raw raw = source_->find(name);
    if (!raw.present()) {
        return std::nullopt;
    }
    const auto text = raw.text();
    if (!text) {
        refuse(name, raw.shown() + " is not text", "string_type");
        return std::nullopt;
    }
    if (auto problem = check_text(*text, rule)) {
        refuse(name, std::move(problem->message), std::move(problem->type));
        return std::nullopt;
    }
    return std::string(*text);
}

std::string BodyReader::get_text(std::string_view name, TextRule rule) {
    if (!has(name)) {
        source_->refuse_once(name, "is missing", "missing");
    }
    return find_text(name, rule).value_or("");
}

std::optional<std::string> BodyReader::find_word(
    std::string_view name, std::span<const std::string_view> words
) {
    const Raw raw = source_->find(name);
    if (!raw.present()) {
        return std::nullopt;
    }
    const auto text = raw.text();
    if (text && std::ranges::find(words, *text) != words.end()) {
        return std::string(*text);
    }
    const std::vector<std::string> known(words.begin(), words.end());
    refuse(name, raw.shown() + " is not one of " + join(known, ", "), "enum");
    return std::nullopt;
}

std::optional<std::vector<std::string>> BodyReader::find_texts(
    std::string_view name, ListRule rule
) {
    const Raw raw = source_->find(name);
    if (!raw.present()) {
        return std::nullopt;
    }
    json::value parsed;
    const json::value* list = raw.value;
    if (raw.pair != nullptr) {
        auto document = parse_json(*raw.pair, {.max_depth = 4});
        if (document) {
            parsed = *std::move(document);
        }
        list = &parsed;
    }
    if (!list->is_array()) {
        refuse(name, raw.shown() + " is not a list of texts", "list_type");
        return std::nullopt;
    }
    const json::array& items = list->get_array();
    if (items.size() > rule.max_items) {
        refuse(
            name,
            "has " + std::to_string(items.size()) + " items; at most " +
                std::to_string(rule.max_items) + " are allowed",
            "too_long"
        );
        return std::nullopt;
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string place = std::string(name) + "." + std::to_string(i);
        if (!items[i].is_string()) {
            refuse(place, shown(items[i]) + " is not text", "string_type");
        } else if (auto problem = check_text(items[i].get_string(), rule.item)) {
            refuse(place, std::move(problem->message), std::move(problem->type));
        } else {
            texts.emplace_back(std::string_view(items[i].get_string()));
        }
    }
    return texts;
}

void BodyReader::refuse_others(std::string_view within, std::span<const std::string_view> known) {
    const Raw raw = within.empty() ? Raw{.value = &source_->document} : source_->find(within);
    if (raw.value == nullptr || !raw.value->is_object()) {
        return;
    }
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string prefix = within.empty() ? "" : std::string(within) + ".";
    for (const auto& [name, value] : raw.value->get_object()) {
        if (std::ranges::find(known, std::string_view(name)) == known.end()) {
            refuse(
                prefix + to_valid_utf8(std::string_view(name).substr(0, kMaxNameBytes)),
                "is not known; there are " + join(names, ", "),
                "extra_forbidden"
            );
        }
    }
}

void BodyReader::refuse(std::string_view name, std::string message, std::string type) {
    source_->refuse(name, std::move(message), std::move(type));
}

Result<void> BodyReader::finish() const {
    if (source_->errors.empty()) {
        return {};
    }
    std::string sentence;
    for (const FieldError& field : source_->errors) {
        sentence += sentence.empty() ? "" : "; ";
        sentence += sentence_of(field);
    }
    Error error(Code::kUnprocessable, "VALIDATION_ERROR", std::move(sentence));
    for (const FieldError& field : source_->errors) {
        error = std::move(error).with_field(field);
    }
    return fail(std::move(error));
}

}  // namespace signalbox::contract
