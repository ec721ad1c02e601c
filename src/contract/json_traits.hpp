// What the encoder and the decoder ask of a type; see json_fields.hpp. Internal to contract/.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include "model/job.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>

namespace signalbox::contract {

template <class T>
struct Fields;

template <class E>
struct WordsOf;

template <class T>
concept Described = requires { sizeof(Fields<T>); };

template <class T>
concept Worded = std::is_enum_v<T>;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

template <>
struct WordsOf<model::JobStatus> {
    static auto word(model::JobStatus status) { return model::to_word(status); }

    static auto parse(std::string_view word) { return model::parse_job_status(word); }
};

template <>
struct WordsOf<model::Reason> {
    static auto word(model::Reason reason) { return model::to_word(reason); }

    static auto parse(std::string_view word) { return model::parse_reason(word); }
};

template <>
struct WordsOf<model::OnLimit> {
    static auto word(model::OnLimit on_limit) { return model::to_word(on_limit); }

    static auto parse(std::string_view word) { return model::parse_on_limit(word); }
};

}  // namespace signalbox::contract
