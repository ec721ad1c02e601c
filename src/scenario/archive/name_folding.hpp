// One spelling for names that some file system would take for the same file.
//
// Covers letter case of Latin, Greek, Cyrillic and Armenian, and composed against decomposed form
// (NFC, NFD) of everything up to U+30FF and of Hangul. Not covered: the order of several marks on
// one letter, compatibility forms (ligatures, full width), case of rarer scripts.
//
// Threads: any.  Suspends: never.  Errors: none; takes valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace signalbox::scenario {

[[nodiscard]] std::string fold_name(std::string_view name);

/// Code page 437, the charset of zip names that do not say otherwise (APPNOTE, appendix D).
[[nodiscard]] std::string from_code_page_437(std::string_view name);

}  // namespace signalbox::scenario
