#include "cli/show/json_text.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace signalbox::cli {

namespace {

using Kind = JsonValue::Kind;

std::string indent(std::size_t level) {
    return std::string(level * 2, ' ');
}

void append_json(std::string& out, const JsonValue& value, std::size_t level) {
    if (value.kind == Kind::kScalar) {
        out += value.text;
        return;
    }
    if (value.kind == Kind::kText) {
        out += quote_json(value.text);
        return;
    }
    const bool object = value.kind == Kind::kObject;
    if (value.members.empty()) {
        out += object ? "{}" : "[]";
        return;
    }
    out += object ? "{\n" : "[\n";
    for (const JsonMember& member : value.members) {
        out += indent(level + 1);
        if (object) {
            out += quote_json(member.name) + ": ";
        }
        append_json(out, member.value, level + 1);
        out += &member == &value.members.back() ? "\n" : ",\n";
    }
    out += indent(level) + (object ? "}" : "]");
}

/// True when a text means the same without quotes, whatever version of YAML reads it.
bool is_plain_yaml(std::string_view text) {
    static constexpr std::array<std::string_view, 11> kWords{
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"
    };
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_safe = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
               c == '/';
    };
    return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, is_safe) &&
           std::ranges::find(kWords, to_lower(text)) == kWords.end();
}

std::string yaml_text(std::string_view text) {
    return is_plain_yaml(text) ? std::string(text) : quote_json(text);
}

// `prefix` is what already stands on the line: "key:" or "-".
void append_yaml(std::string& out, const JsonValue& value, std::size_t level, bool after_dash) {
    if (value.kind == Kind::kScalar || value.kind == Kind::kText) {
        out += " " + (value.kind == Kind::kText ? yaml_text(value.text) : value.text) + "\n";
        return;
    }
    const bool object = value.kind == Kind::kObject;
    if (value.members.empty()) {
        out += object ? " {}\n" : " []\n";
        return;
    }
    // The first member of an object stands behind its dash, everything else on a line of its own.
    bool same_line = after_dash && object;
    out += same_line ? " " : "\n";
    for (const JsonMember& member : value.members) {
        out += same_line ? "" : indent(level);
        same_line = false;
        out += object ? yaml_text(member.name) + ":" : "-";
        append_yaml(out, member.value, level + 1, !object);
    }
}

}  // namespace

std::string to_pretty_json(const JsonValue& value) {
    std::string out;
    append_json(out, value, 0);
    return out + "\n";
}

std::string to_yaml(const JsonValue& value) {
    std::string out;
    append_yaml(out, value, 0, false);
    // What stands behind no key begins with the blank or line end meant for one.
    return out.substr(1);
}

}  // namespace signalbox::cli
