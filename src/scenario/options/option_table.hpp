// The options SUMO knows, of all versions this product was built against.
//
// A version of SUMO may know fewer: see Simulator::has.
//
// Threads: any.  Suspends: never.  Errors: an unknown name is nullptr.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

enum class OptionKind : std::uint8_t {
    kInput,          ///< a file that is read, or a list of them; SUMO refuses to start without it
    kOptionalInput,  ///< a file that is read only if something else asks for it
    kOutput,         ///< a file that is written
    kLog,            ///< a log file
    kConfiguration,  ///< names or saves a configuration
    kDirectory,
    kBool,
    kInteger,
    kNumber,
    kTime,
    kText,  ///< also lists
};

struct KnownOption {
    std::string_view name;  ///< long form
    OptionKind kind;
    std::vector<std::string_view> synonyms;
};

/// By long name or synonym, without dashes.
[[nodiscard]] const KnownOption* find_option(std::string_view name);

/// The known long name that is likely meant; "" when none is near.
[[nodiscard]] std::string nearest_option(std::string_view name);

}  // namespace signalbox::scenario
