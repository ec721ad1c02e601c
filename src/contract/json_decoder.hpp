// The visitor of field lists that reads; see json_fields.hpp. Internal to contract/.
//
// Threads: one at a time.  Suspends: never.  Errors: the first is kept in DecodeProblem.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "contract/json_parse.hpp"
#include "contract/json_traits.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::contract {

/// The first thing that was wrong in a document.
struct DecodeProblem {
    std::optional<FieldError> first;
};

class Decoder {
public:
    /// Where a value stands: a chain of names on the stack, spelled out only for an error.
    struct Place {
        const Place* parent;
        std::string_view name;
        std::size_t index;  ///< used when the name is empty
    };

    Decoder(const boost::json::object& object, const Place& place, DecodeProblem& problem)
        : object_(object), place_(place), problem_(problem) {}

    template <class T>
    void operator()(std::string_view name, T& value) {
        if (const auto* found = find(name)) {
            read(*found, value, {&place_, name, 0});
        }
    }

    template <class T>
    void required(std::string_view name, T& value) {
        if (find(name) == nullptr) {
            refuse({&place_, name, 0}, "is missing", "missing");
        }
        (*this)(name, value);
    }

    template <class T>
    void derived(std::string_view /*name*/, const T& /*value*/) {}

    void text_or_null(std::string_view name, std::string& value) { (*this)(name, value); }

    template <class T>
    void if_set(std::string_view name, std::optional<T>& value) {
        (*this)(name, value);
    }

    template <class T>
    void if_any(std::string_view name, T& value) {
        (*this)(name, value);
    }

    template <class T>
    void always(std::string_view name, std::optional<T>& value) {
        T whole{};
        (*this)(name, whole);
        if (whole != T{}) {
            value = std::move(whole);
        }
    }

    void one_of(
        std::string_view name, bool& value, std::string_view if_true, std::string_view if_false
    );

    template <class List>
    void object(std::string_view name, List list) {
        const Place place{&place_, name, 0};
        if (const auto* inner = object_of(find(name), place)) {
            Decoder decoder(*inner, place, problem_);
            list(decoder);
        }
    }

    template <class T, class List>
    void items(std::string_view name, std::vector<T>& values, List list) {
        const Place place{&place_, name, 0};
        const auto* array = array_of(find(name), place);
        for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
            const Place item_place{&place, {}, i};
            if (const auto* inner = object_of(&(*array)[i], item_place)) {
                Decoder decoder(*inner, item_place, problem_);
                list(decoder, values.emplace_back());
            }
        }
    }

    template <class T>
    void read(const boost::json::value& json, T& value, const Place& place);

    template <class T>
    void read(const boost::json::value& json, std::optional<T>& value, const Place& place) {
        read(json, value.emplace(), place);
    }

    template <class T>
    void read(const boost::json::value& json, std::vector<T>& values, const Place& place);
    void read(
        const boost::json::value& json,
        std::vector<std::pair<std::string, std::uint64_t>>& values,
        const Place& place
    );
    void read(
        const boost::json::value& json,
        std::map<std::string, std::int64_t>& values,
        const Place& place
    );

private:
    /// Null when absent or null.
    [[nodiscard]] const boost::json::value* find(std::string_view name) const;
    const boost::json::object* object_of(const boost::json::value* json, const Place& place);
    const boost::json::array* array_of(const boost::json::value* json, const Place& place);
    void refuse(const Place& place, std::string message, std::string type);
    void read_text(const boost::json::value& json, std::string& value, const Place& place);
    void read_instant(const boost::json::value& json, Instant& value, const Place& place);
    void read_bool(const boost::json::value& json, bool& value, const Place& place);
    void read_number(const boost::json::value& json, double& value, const Place& place);

    template <class T>
    void read_integer(const boost::json::value& json, T& value, const Place& place);
    template <class T>
    void read_word(const boost::json::value& json, T& value, const Place& place);

    const boost::json::object& object_;
    const Place& place_;
    DecodeProblem& problem_;
};

template <class T>
void Decoder::read(const boost::json::value& json, T& value, const Place& place) {
    if constexpr (std::same_as<T, bool>) {
        read_bool(json, value, place);
    } else if constexpr (Integer<T>) {
        read_integer(json, value, place);
    } else if constexpr (std::same_as<T, double>) {
        read_number(json, value, place);
    } else if constexpr (std::same_as<T, Instant>) {
        read_instant(json, value, place);
    } else if constexpr (Worded<T>) {
        read_word(json, value, place);
    } else if constexpr (Described<T>) {
        if (const auto* inner = object_of(&json, place)) {
            Decoder decoder(*inner, place, problem_);
            Fields<T>::list(decoder, value);
        }
    } else {
        read_text(json, value, place);
    }
}

template <class T>
void Decoder::read(const boost::json::value& json, std::vector<T>& values, const Place& place) {
    const auto* array = array_of(&json, place);
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
        read((*array)[i], values.emplace_back(), {&place, {}, i});
    }
}

template <class T>
void Decoder::read_integer(const boost::json::value& json, T& value, const Place& place) {
    if (json.is_uint64() && std::in_range<T>(json.get_uint64())) {
        value = static_cast<T>(json.get_uint64());
        return;
    }
    const auto whole = whole_number(json);
    if (!whole || !std::in_range<T>(*whole)) {
        refuse(place, shown(json) + " is not a whole number of its range", "int_type");
        return;
    }
    value = static_cast<T>(*whole);
}

template <class T>
void Decoder::read_word(const boost::json::value& json, T& value, const Place& place) {
    std::string word;
    read_text(json, word, place);
    const auto parsed = WordsOf<T>::parse(word);
    if (!parsed) {
        refuse(place, shown(word) + " is not one of the known words", "enum");
        return;
    }
    value = *parsed;
}

}  // namespace signalbox::contract
