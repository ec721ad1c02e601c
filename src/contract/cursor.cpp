#include "contract/cursor.hpp"

#include "base/text.hpp"

namespace signalbox::contract {

std::string encode_cursor(std::string_view kind, std::string_view key) {
    return to_base64url(std::string(kind) + ":" + std::string(key));
}

Result<std::string> decode_cursor(std::string_view kind, std::string_view cursor) {
    // Four characters stand for three bytes; anything longer cannot be ours.
    const std::size_t max_text = (kMaxCursorKeyBytes + kind.size() + 1) * 4 / 3 + 4;
    const auto plain = cursor.size() > max_text ? std::nullopt : from_base64url(cursor);
    const std::string start = std::string(kind) + ":";
    if (!plain || !plain->starts_with(start) || !is_valid_utf8(*plain)) {
        const std::string problem = "not a cursor of this list; start again without one";
        return fail(
            Error(Code::kUnprocessable, "INVALID_CURSOR", "cursor: " + problem)
                .with_field({.location = "query.cursor", .message = problem, .type = "value_error"})
        );
    }
    return plain->substr(start.size());
}

}  // namespace signalbox::contract
