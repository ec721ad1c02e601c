// The visitor of field lists that writes; see json_fields.hpp. Internal to contract/.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "base/time.hpp"
#include "contract/json_traits.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::contract {

class Encoder {
public:
    template <class T>
    void operator()(std::string_view name, const T& value) {
        json_.key(name);
        write(value);
    }

    /// Must be there when decoding.
    template <class T>
    void required(std::string_view name, const T& value) {
        (*this)(name, value);
    }

    /// Written only: it follows from other fields.
    template <class T>
    void derived(std::string_view name, const T& value) {
        (*this)(name, value);
    }

    /// Empty is null.
    void text_or_null(std::string_view name, const std::string& value) {
        json_.key(name);
        value.empty() ? json_.null() : json_.text(value);
    }

    /// Left out when absent.
    template <class T>
    void if_set(std::string_view name, const std::optional<T>& value) {
        if (value) {
            (*this)(name, *value);
        }
    }

    /// Left out when empty.
    template <class T>
    void if_any(std::string_view name, const T& value) {
        if (!value.empty()) {
            (*this)(name, value);
        }
    }

    /// An absent value is written as one with nothing in it.
    template <class T>
    void always(std::string_view name, const std::optional<T>& value) {
        (*this)(name, value.value_or(T{}));
    }

    void one_of(
        std::string_view name, bool value, std::string_view if_true, std::string_view if_false
    ) {
        json_.key(name).text(value ? if_true : if_false);
    }

    /// An object whose fields `list(visitor)` names.
    template <class List>
    void object(std::string_view name, List list) {
        json_.key(name).begin_object();
        list(*this);
        json_.end_object();
    }

    /// A list of objects whose fields `list(visitor, item)` names.
    template <class T, class List>
    void items(std::string_view name, const std::vector<T>& values, List list) {
        json_.key(name).begin_array();
        for (const T& value : values) {
            json_.begin_object();
            list(*this, value);
            json_.end_object();
        }
        json_.end_array();
    }

    template <class T>
    void write(const T& value);

    template <class T>
    void write(const std::optional<T>& value) {
        value ? write(*value) : void(json_.null());
    }

    template <class T>
    void write(const std::vector<T>& values) {
        json_.begin_array();
        for (const T& value : values) {
            write(value);
        }
        json_.end_array();
    }

    void write(const std::vector<std::pair<std::string, std::uint64_t>>& values) { pairs(values); }

    void write(const std::map<std::string, std::int64_t>& values) { pairs(values); }

    JsonWriter& writer() { return json_; }

    [[nodiscard]] std::string take() { return json_.take(); }

private:
    template <class Pairs>
    void pairs(const Pairs& values) {
        json_.begin_object();
        for (const auto& [name, value] : values) {
            (*this)(name, value);
        }
        json_.end_object();
    }

    JsonWriter json_;
};

template <class T>
void Encoder::write(const T& value) {
    if constexpr (std::same_as<T, bool>) {
        json_.boolean(value);
    } else if constexpr (std::unsigned_integral<T>) {
        json_.number(std::uint64_t{value});
    } else if constexpr (Integer<T>) {
        json_.number(std::int64_t{value});
    } else if constexpr (std::same_as<T, double>) {
        json_.number(value);
    } else if constexpr (std::same_as<T, Instant>) {
        json_.text(to_rfc3339(value));
    } else if constexpr (Worded<T>) {
        const std::string_view word = WordsOf<T>::word(value);
        word.empty() ? json_.null() : json_.text(word);
    } else if constexpr (Described<T>) {
        json_.begin_object();
        Fields<T>::list(*this, value);
        json_.end_object();
    } else {
        json_.text(value);
    }
}

}  // namespace signalbox::contract
