// JSON read as it came, to be shown again: indented, or as YAML.
//
// Numbers stay the text they were, members keep their order, so nothing of an answer is lost or
// rounded on its way to the screen. Typed reading of answers is contract/'s, not this file's.
//
// Threads: any (values).  Suspends: never.
// Errors: kInvalid `BAD_JSON` with the position; deeper than 64 levels is refused.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

struct JsonMember;

struct JsonValue {
    enum class Kind : std::uint8_t { kScalar, kText, kArray, kObject };

    Kind kind = Kind::kScalar;
    std::string text;  ///< of a scalar (number, true, false, null) or a text, decoded
    std::vector<JsonMember> members;  ///< of an object; of an array with empty names

    /// The member of an object; nullptr when there is none.
    [[nodiscard]] const JsonValue* find(std::string_view name) const;

    /// The text of a member that is one.
    [[nodiscard]] std::optional<std::string> find_text(std::string_view name) const;
};

struct JsonMember {
    std::string name;
    JsonValue value;
};

[[nodiscard]] Result<JsonValue> parse_json(std::string_view json);

/// Two blanks per level, a line end at the end.
[[nodiscard]] std::string to_pretty_json(const JsonValue& value);

/// YAML 1.2, block style, a line end at the end.
[[nodiscard]] std::string to_yaml(const JsonValue& value);

}  // namespace signalbox::cli
