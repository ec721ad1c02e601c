// What holds for every command: where the server is, who asks, how answers are shown.
//
// Flags beat the environment, the environment beats the context file, that beats the default.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace signalbox::cli {

enum class Format : std::uint8_t {
    kTable,  ///< for people
    kJson,   ///< the server's own answer
    kYaml,   ///< the same as YAML
    kName,   ///< one id a line
};

/// As given on the command line; empty: not given.
struct Settings {
    std::string url;
    std::string key;
    std::string context;
    std::string data_directory;
    std::string ca_file;
    Format format = Format::kTable;
    bool no_color = false;
    bool quiet = false;
};

/// Looks up one environment variable.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;

}  // namespace signalbox::cli
