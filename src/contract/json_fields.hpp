// One list of fields per type, walked by an encoder and by a decoder; internal to contract/.
//
// `Fields<T>::list(visitor, value)` names the fields of T in the order they are written. A visitor
// takes `v("name", member)` and a few forms for what is written differently than it is held; the
// decoder leaves members alone whose field is absent or null. An enum has
// `WordsOf<E>`; its empty word is null.
//
// Threads: any.  Suspends: never.  Errors: the decoder keeps the first.
#pragma once

#include "base/error.hpp"
#include "contract/json_decoder.hpp"
#include "contract/json_encoder.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace signalbox::contract {

/// Answers of a server are read up to this size; requests have limits of their own.
inline constexpr JsonLimits kAnswerLimits{.max_bytes = std::size_t{64} << 20U, .max_depth = 32};

/// The error for what a decoder found; `kUnprocessable` with the field.
[[nodiscard]] Error decode_error_of(FieldError field);

template <class T>
[[nodiscard]] std::string encode_fields(const T& value) {
    Encoder encoder;
    encoder.write(value);
    return encoder.take();
}

/// For what only has a field list of its own form: `list(visitor)`.
template <class List>
[[nodiscard]] std::string encode_object(List list) {
    Encoder encoder;
    encoder.writer().begin_object();
    list(encoder);
    encoder.writer().end_object();
    return encoder.take();
}

template <class T>
[[nodiscard]] Result<T> decode_fields(std::string_view text, JsonLimits limits = kAnswerLimits) {
    SB_TRY(const boost::json::value json, parse_json(text, limits));
    DecodeProblem problem;
    T value{};
    const boost::json::object none;
    const Decoder::Place root{nullptr, "body", 0};
    Decoder(none, root, problem).read(json, value, root);
    if (problem.first) {
        return fail(decode_error_of(std::move(*problem.first)));
    }
    return value;
}

}  // namespace signalbox::contract
