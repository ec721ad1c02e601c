#include "contract/json_decoder.hpp"

#include "base/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace signalbox::contract {

namespace json = boost::json;

namespace {

std::string spell(const Decoder::Place& place) {
    std::string name = place.name.empty() ? std::to_string(place.index) : std::string(place.name);
    return place.parent == nullptr ? name : spell(*place.parent) + "." + name;
}

}  // namespace

const json::value* Decoder::find(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

const json::object* Decoder::object_of(const json::value* value, const Place& place) {
    if (value == nullptr) {
        return nullptr;
    }
    if (!value->is_object()) {
        refuse(place, shown(*value) + " is not an object", "dict_type");
        return nullptr;
    }
    return &value->get_object();
}

const json::array* Decoder::array_of(const json::value* value, const Place& place) {
    if (value == nullptr) {
        return nullptr;
    }
    if (!value->is_array()) {
        refuse(place, shown(*value) + " is not a list", "list_type");
        return nullptr;
    }
    return &value->get_array();
}

void Decoder::refuse(const Place& place, std::string message, std::string type) {
    if (!problem_.first) {
        problem_.first = FieldError{
            .location = spell(place), .message = std::move(message), .type = std::move(type)
        };
    }
}

void Decoder::one_of(
    std::string_view name, bool& value, std::string_view if_true, std::string_view if_false
) {
    std::string word;
    (*this)(name, word);
    if (word != if_true && word != if_false) {
        const Place place{&place_, name, 0};
        refuse(
            place,
            shown(word) + " is neither \"" + std::string(if_true) + "\" nor \"" +
                std::string(if_false) + "\"",
            "enum"
        );
    }
    value = word == if_true;
}

void Decoder::read(
    const json::value& json,
    std::vector<std::pair<std::string, std::uint64_t>>& values,
    const Place& place
) {
    if (const json::object* object = object_of(&json, place)) {
        for (const auto& [name, value] : *object) {
            values.emplace_back(name, 0);
            read(value, values.back().second, {&place, name, 0});
        }
    }
}

void Decoder::read(
    const json::value& json, std::map<std::string, std::int64_t>& values, const Place& place
) {
    if (const json::object* object = object_of(&json, place)) {
        for (const auto& [name, value] : *object) {
            read(value, values[name], {&place, name, 0});
        }
    }
}

void Decoder::read_text(const json::value& json, std::string& value, const Place& place) {
    if (!json.is_string()) {
        refuse(place, shown(json) + " is not text", "string_type");
        return;
    }
    value = std::string_view(json.get_string());
}

void Decoder::read_instant(const json::value& json, Instant& value, const Place& place) {
    std::string text;
    read_text(json, text, place);
    const auto instant = parse_rfc3339(text);
    if (!instant) {
        refuse(place, shown(text) + " is not a time of RFC 3339", "datetime_parsing");
        return;
    }
    value = *instant;
}

void Decoder::read_bool(const json::value& json, bool& value, const Place& place) {
    if (!json.is_bool()) {
        refuse(place, shown(json) + " is neither true nor false", "bool_type");
        return;
    }
    value = json.get_bool();
}

void Decoder::read_number(const json::value& json, double& value, const Place& place) {
    if (!json.is_number()) {
        refuse(place, shown(json) + " is not a number", "float_type");
        return;
    }
    value = json.to_number<double>();
}

}  // namespace signalbox::contract
