// Reads the fields of a request and collects everything that is wrong with them.
//
// Over the object of a JSON body or over name/value pairs (form, query). `find_x` of an absent
// field is nothing, `get_x` of an absent one is an error and gives a default. After the last field
// `finish` gives all errors as one kUnprocessable. JSON null and an empty form value count as
// absent; numbers may also come as text; of a name given twice the last counts; unknown fields are
// ignored. A dotted name reaches into an object: `scopes.tenants`.
//
//     SB_TRY(BodyReader reader, BodyReader::from_json(body));
//     const std::string name = reader.get_text("name", {.max = 100});
//     const auto limit = reader.find_int("limit", {.min = 1, .max = 200});
//     SB_OK(reader.finish());
//
// Threads: one at a time.  Suspends: never.
// Errors: from_json: kInvalid for malformed JSON, naming the position, kTooLarge; else finish.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::contract {

struct JsonLimits {
    std::size_t max_bytes = std::size_t{1} << 20U;
    std::size_t max_depth = 32;
};

struct IntRule {
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct NumberRule {
    double min = std::numeric_limits<double>::lowest();
    double max = std::numeric_limits<double>::max();
};

/// Lengths in characters; control characters and invalid UTF-8 are always refused.
struct TextRule {
    std::size_t min = 1;
    std::size_t max = 1000;
};

struct ListRule {
    std::size_t max_items = 100;
    TextRule item;
};

using NameValue = std::pair<std::string, std::string>;

/// One wrong field, `query.minutes` or `header.X-SHA256`; its sentence leaves out where the field
/// stands, for people know their fields by name.
[[nodiscard]] Error field_error(
    std::string location, std::string message, std::string type = "value_error"
);

class BodyReader {
public:
    /// The body must be one JSON object.
    [[nodiscard]] static Result<BodyReader> from_json(
        std::string_view text, JsonLimits limits = {}
    );

    /// `where` starts the locations of errors: `query`, or `body` for a form.
    [[nodiscard]] static BodyReader from_pairs(std::string where, std::span<const NameValue> pairs);

    BodyReader(BodyReader&&) noexcept;
    BodyReader& operator=(BodyReader&&) noexcept;
    ~BodyReader();

    /// Present, and neither null nor, in a form, empty.
    [[nodiscard]] bool has(std::string_view name) const;

    [[nodiscard]] std::optional<std::int64_t> find_int(std::string_view name, IntRule rule = {});
    [[nodiscard]] std::int64_t get_int(std::string_view name, IntRule rule = {});
    [[nodiscard]] std::optional<double> find_number(std::string_view name, NumberRule rule = {});
    [[nodiscard]] std::optional<bool> find_bool(std::string_view name);
    [[nodiscard]] std::optional<std::string> find_text(std::string_view name, TextRule rule = {});
    [[nodiscard]] std::string get_text(std::string_view name, TextRule rule = {});

    /// One of `words`, exactly.
    [[nodiscard]] std::optional<std::string> find_word(
        std::string_view name, std::span<const std::string_view> words
    );

    /// In a form the value is a JSON list.
    [[nodiscard]] std::optional<std::vector<std::string>> find_texts(
        std::string_view name, ListRule rule = {}
    );

    /// Refuses what else stands in the object `within` ("": the whole body), for bodies in which an
    /// overlooked field would do harm. Of JSON only.
    void refuse_others(std::string_view within, std::span<const std::string_view> known);

    /// Adds an error of the caller's own checks.
    void refuse(std::string_view name, std::string message, std::string type = "value_error");

    /// Nothing, or all that was wrong.
    [[nodiscard]] Result<void> finish() const;

private:
    struct Source;
    explicit BodyReader(std::unique_ptr<Source> source);

    std::unique_ptr<Source> source_;
};

}  // namespace signalbox::contract
