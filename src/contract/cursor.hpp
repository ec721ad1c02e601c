// Opaque cursors of keyset pages: the key of the last row, with the kind of list it belongs to.
//
// Not secret and not signed: a forged cursor only starts a page elsewhere in the caller's own rows.
//
// Threads: any.  Suspends: never.
// Errors: kUnprocessable with field `query.cursor` for a malformed one or one of another list.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace signalbox::contract {

/// Keys are at most this long.
inline constexpr std::size_t kMaxCursorKeyBytes = 512;

[[nodiscard]] std::string encode_cursor(std::string_view kind, std::string_view key);

[[nodiscard]] Result<std::string> decode_cursor(std::string_view kind, std::string_view cursor);

}  // namespace signalbox::contract
