#include "cli/show/json_text.hpp"

#include "base/text.hpp"

#include <charconv>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

constexpr int kMaxDepth = 64;

class Reader {
public:
    explicit Reader(std::string_view json) : all_(json), rest_(json) {}

    Result<JsonValue> read_document() {
        SB_TRY(JsonValue value, read_value(0));
        skip_blanks();
        if (!rest_.empty()) {
            return problem("something follows the value");
        }
        return value;
    }

private:
    Failure problem(std::string_view what) const {
        const std::size_t position = all_.size() - rest_.size();
        return fail(
            Code::kInvalid, "BAD_JSON", fmt::format("not JSON: {} at byte {}", what, position)
        );
    }

    void skip_blanks() {
        const std::size_t start = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(std::min(start, rest_.size()));
    }

    bool take(char c) {
        skip_blanks();
        if (rest_.empty() || rest_.front() != c) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    Result<JsonValue> read_value(int depth) {
        if (depth > kMaxDepth) {
            return problem(fmt::format("more than {} levels", kMaxDepth));
        }
        if (take('{')) {
            return read_members(depth, '}');
        }
        if (take('[')) {
            return read_members(depth, ']');
        }
        if (take('"')) {
            SB_TRY(std::string text, read_text());
            return JsonValue{
                .kind = JsonValue::Kind::kText, .text = std::move(text), .members = {}
            };
        }
        return read_scalar();
    }

    Result<JsonValue> read_members(int depth, char close) {
        JsonValue value;
        value.kind = close == '}' ? JsonValue::Kind::kObject : JsonValue::Kind::kArray;
        if (take(close)) {
            return value;
        }
        do {
            std::string name;
            if (close == '}') {
                if (!take('"')) {
                    return problem("a member has no name");
                }
                SB_TRY(name, read_text());
                if (!take(':')) {
                    return problem("a name is not followed by a colon");
                }
            }
            SB_TRY(JsonValue member, read_value(depth + 1));
            value.members.push_back({.name = std::move(name), .value = std::move(member)});
        } while (take(','));
        if (!take(close)) {
            return problem("a list or an object does not end");
        }
        return value;
    }

    Result<JsonValue> read_scalar() {
        const std::size_t end = rest_.find_first_of(" \t\r\n,]}");
        const std::string_view word = rest_.substr(0, end);
        const bool literal = word == "true" || word == "false" || word == "null";
        // from_chars takes `inf` and `nan` too, which are not JSON.
        const bool digits = !word.empty() && word.find_first_of("-0123456789") == 0;
        if (!literal && (!digits || !parse_number<double>(word))) {
            return problem("no value");
        }
        rest_.remove_prefix(word.size());
        return JsonValue{
            .kind = JsonValue::Kind::kScalar, .text = std::string(word), .members = {}
        };
    }

    /// Behind the opening quote.
    Result<std::string> read_text() {
        std::string text;
        for (;;) {
            const std::size_t stop = rest_.find_first_of("\"\\");
            if (stop == std::string_view::npos) {
                return problem("a text does not end");
            }
            text += rest_.substr(0, stop);
            const bool over = rest_[stop] == '"';
            rest_.remove_prefix(stop + 1);
            if (over) {
                return text;
            }
            SB_OK(read_escape(text));
        }
    }

    Result<void> read_escape(std::string& text) {
        static constexpr std::string_view kLetters = "\"\\/bfnrt";
        static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        const char letter = rest_.empty() ? '\0' : rest_.front();
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        if (const std::size_t place = kLetters.find(letter); place != std::string_view::npos) {
            text.push_back(kMeanings[place]);
            return {};
        }
        if (letter != 'u') {
            return problem("an unknown escape");
        }
        SB_TRY(std::uint32_t unit, read_unit());
        const bool high = unit >= 0xD800 && unit < 0xDC00;
        if (high && rest_.starts_with("\\u")) {
            rest_.remove_prefix(2);
            SB_TRY(const std::uint32_t low, read_unit());
            unit = 0x10000 + ((unit - 0xD800) << 10U) + ((low - 0xDC00) & 0x3FFU);
        }
        const bool lone_surrogate = unit >= 0xD800 && unit < 0xE000;
        append_utf8(text, lone_surrogate ? 0xFFFD : unit);
        return {};
    }

    Result<std::uint32_t> read_unit() {
        std::uint32_t unit = 0;
        const std::string_view digits = rest_.substr(0, 4);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
        if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4) {
            return problem("\\u is not followed by four hexadecimal digits");
        }
        rest_.remove_prefix(4);
        return unit;
    }

    std::string_view all_;
    std::string_view rest_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
    if (kind != Kind::kObject) {
        return nullptr;
    }
    for (const JsonMember& member : members) {
        if (member.name == name) {
            return &member.value;
        }
    }
    return nullptr;
}

std::optional<std::string> JsonValue::find_text(std::string_view name) const {
    const JsonValue* value = find(name);
    return value != nullptr && value->kind == Kind::kText ? std::optional(value->text)
                                                          : std::nullopt;
}

Result<JsonValue> parse_json(std::string_view json) {
    return Reader(json).read_document();
}

}  // namespace signalbox::cli
