// Names as an API server could hold them.
//
// Threads: any.  Suspends: never.  Errors: refusals kMalformed.
#pragma once

#include "kubectl/refusal.hpp"

#include <string_view>

namespace signalbox::kubectl {

/// RFC 1123 label: what a namespace is called.
[[nodiscard]] bool is_namespace_name(std::string_view text);

/// Up to 253 of letters, digits, `-`, `.`, `_` and `:` (roles have those), beginning and ending
/// with what is no `-` and no `.`.
[[nodiscard]] bool is_object_name(std::string_view text);

[[nodiscard]] Result<void> check_namespace(std::string_view text);
[[nodiscard]] Result<void> check_name(std::string_view text);

}  // namespace signalbox::kubectl
