// Writes one JSON text from left to right.
//
// Numbers are the shortest text that reads back as the same value, not finite ones null; text that
// is not valid UTF-8 gets U+FFFD in place of the bad bytes. Commas are the writer's concern:
//
//     JsonWriter json;
//     json.begin_object().key("jobs").begin_array().text("a").number(2).end_array().end_object();
//     json.take();  // {"jobs":["a",2]}
//
// Threads: one at a time.  Suspends: never.  Errors: none; unbalanced calls give malformed text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox {

class JsonWriter {
public:
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& number(std::uint64_t value);
    JsonWriter& number(double value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    /// A value that is JSON already.
    JsonWriter& raw(std::string_view json);

    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void separate();

    std::string out_;
};

/// A text as a JSON literal, with its quotes.
[[nodiscard]] std::string quote_json(std::string_view text);

}  // namespace signalbox
