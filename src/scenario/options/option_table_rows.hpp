// The rows of option_table as text, one option a line: kind, long name, synonyms.
//
// Kinds: I input that must exist, i input that may be missing, O output, L log, C configuration or
// save, P directory, B bool, N integer, F number, T time, S text or list.
//
// Threads: any (a constant).  Suspends: never.  Errors: none.
#pragma once

#include <string_view>

namespace signalbox::scenario {

extern const std::string_view kOptionRows;

}  // namespace signalbox::scenario
