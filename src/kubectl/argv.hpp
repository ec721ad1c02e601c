// The words of a kubectl command line, read as kubectl reads them.
//
// Two steps, as in kubectl (cobra and pflag): the command is found first, and what stands before
// its name is skipped by what the *groups above* know of flags; then all flags are read by the
// command's own table. Flags have no abbreviations, `_` equals `-` in long names, letters cluster
// (`-Aojson`), a value is the rest of its word or the next word, whatever that looks like, and `--`
// ends flags.
//
// Stricter than kubectl in one thing: of a flag with one value, two different ones are refused.
//
// Threads: any.  Suspends: never.
// Errors: refusals: kUnknownVerb, kNotARead, kUnknownFlag, kForbiddenFlag and the rules of single
// flags, kConflictingFlags, kMalformed.
#pragma once

#include "kubectl/command_table.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::kubectl {

/// Bounds of debug-api.md; a byte less and the command is not looked at.
inline constexpr std::size_t kMaxWords = 64;
inline constexpr std::size_t kMaxWordBytes = 4096;
inline constexpr std::size_t kMaxBytes = std::size_t{64} << 10U;
/// Canonical words name what was left out.
inline constexpr std::size_t kMaxCanonicalWords = 2 * kMaxWords;

/// Each flag once. Values are written one way: `true` or `false`, decimal digits, lists joined.
struct SetFlag {
    const Flag* flag = nullptr;
    std::string value;
};

struct Argv {
    Verb verb = Verb::kGet;
    std::vector<std::string> words;  ///< that are no flags
    std::vector<SetFlag> flags;      ///< in the order in which they came first

    [[nodiscard]] const std::string* find(std::string_view flag) const;
    [[nodiscard]] bool is_true(std::string_view flag) const;
};

/// `words` without `kubectl` itself.
[[nodiscard]] Result<Argv> parse_argv(
    std::span<const std::string> words, std::size_t max_words = kMaxWords
);

}  // namespace signalbox::kubectl
