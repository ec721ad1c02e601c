// A `.sumocfg` as SUMO reads it: a list of options with their lines, and what they name.
//
// Every element whose `value` (or `v`, or text) is not empty is an option; sections and the root's
// name mean nothing. Names may be synonyms (`net`, `r`); `name` holds the long form. Paths are
// relative to the configuration's directory; here they become relative to the scenario's root.
//
// Threads: any (values).  Suspends: never.
// Errors: kInvalid `XML_SYNTAX` with `line` in the context.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

struct OptionSetting {
    std::string name;     ///< long form, as written when unknown
    std::string written;  ///< as it stands in the file
    std::string value;
    std::int64_t line = 0;  ///< 0: from the command line
};

enum class FilePlace : std::uint8_t {
    kInside,      ///< `path` is below the scenario's root
    kOutside,     ///< absolute, or climbs out by `..`
    kSocket,      ///< `host:port` to an output; an input has `path` all the same
    kNowhere,     ///< `/dev/null`, `NUL`, `stdout`, `stderr`, `-`
    kUnresolved,  ///< `${VARIABLE}`: known only at the run
};

struct FileReference {
    std::string option;   ///< long form
    std::string written;  ///< one element of the list, trimmed
    std::string path;     ///< relative to the root, without `.` and `..`; kInside and kSocket
    FilePlace place = FilePlace::kInside;
    std::int64_t line = 0;
};

struct Configuration {
    std::string file;  ///< relative to the scenario's root
    std::string root_element;
    std::vector<OptionSetting> settings;

    /// The setting that counts: SUMO takes the last one.
    [[nodiscard]] const OptionSetting* find(std::string_view long_name) const;
    [[nodiscard]] std::string_view value_of(std::string_view long_name) const;  ///< "" when unset
    [[nodiscard]] bool is_set(std::string_view long_name) const;  ///< bool options: true, on, 1, …
};

/// `file` is the configuration's name within the scenario.
[[nodiscard]] Result<Configuration> parse_configuration(std::string_view xml, std::string file);

/// The configuration with checked `args` (`--name=value`, see check_args) laid over it. Paths of
/// args are relative to the root, those of the file to its directory: list_files knows.
[[nodiscard]] Configuration with_args(
    const Configuration& configuration, const std::vector<std::string>& args
);

/// Every input the options name, lists taken apart.
[[nodiscard]] std::vector<FileReference> list_inputs(const Configuration& configuration);

/// Every output the options name, with output-prefix and output-suffix applied.
[[nodiscard]] std::vector<FileReference> list_outputs(const Configuration& configuration);

/// An output that something else names, seen from directory `base`: prefix and suffix of the
/// configuration apply.
[[nodiscard]] FileReference resolve_output(
    const Configuration& configuration, std::string_view base, std::string_view written
);

/// `90`, `1:30:00`, `2:01:30:00` or a word (`begin` may be negative): seconds.
[[nodiscard]] std::optional<double> parse_time(std::string_view text);

/// The configured end; absent when the run ends with its last vehicle (unset or negative).
[[nodiscard]] std::optional<double> end_of(const Configuration& configuration);
[[nodiscard]] double begin_of(const Configuration& configuration);

/// Where `written` leads when it stands in a file of directory `base` ("" is the root).
[[nodiscard]] FileReference resolve_path(std::string_view base, std::string_view written);

/// The directory part of a name within the scenario, without a slash at its end.
[[nodiscard]] std::string_view directory_of(std::string_view file);

}  // namespace signalbox::scenario
