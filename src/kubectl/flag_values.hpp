// What single flags may be set to, beyond their type: selectors, words of a list, ranges, times.
//
// Threads: any.  Suspends: never.  Errors: refusals kMalformed.
#pragma once

#include "kubectl/command_table.hpp"

#include <string_view>

namespace signalbox::kubectl {

[[nodiscard]] Result<void> check_value(Verb verb, std::string_view flag, std::string_view value);

/// `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`,
/// `key>5`, `key<5`, separated by commas (Kubernetes: labels and selectors). Empty selects
/// everything.
[[nodiscard]] bool is_label_selector(std::string_view text);

/// `path=value`, `path==value`, `path!=value`, separated by commas.
[[nodiscard]] bool is_field_selector(std::string_view text);

}  // namespace signalbox::kubectl
