// One key of the configuration: where its value comes from, what it may be, how it is printed.
//
// A table of these, bound to the fields of a config struct, is all there is to configuration: the
// file, the environment, the flags, `--print-config` and the documentation read the same table.
//
// Threads: any.  Suspends: never.  Errors: read: kInvalid, one sentence with the value and the
// range.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace signalbox::app {

struct Setting {
    std::string key;          ///< `server.listen`
    std::string environment;  ///< `SIGNALBOX_LISTEN`; empty: none
    std::string help;         ///< one line with the unit
    std::function<Result<void>(const std::string&)> read;
    std::function<std::string()> print;
    bool secret = false;
};

struct SettingNames {
    std::string key;
    std::string environment;
    std::string help;
};

[[nodiscard]] Setting text_setting(SettingNames names, std::string& field);
[[nodiscard]] Setting secret_setting(SettingNames names, std::string& field);
[[nodiscard]] Setting word_setting(
    SettingNames names, std::string& field, std::vector<std::string> words
);
[[nodiscard]] Setting flag_setting(SettingNames names, bool& field);

/// Items separated by commas.
[[nodiscard]] Setting list_setting(SettingNames names, std::vector<std::string>& field);

struct Range {
    std::int64_t min = 0;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

[[nodiscard]] Setting integer_setting(SettingNames names, std::int64_t& field, Range range);

/// A number with `KiB`, `MiB`, `GiB`, `TiB` or, as they are often written, `Ki` … `Ti`, `MB`.
[[nodiscard]] Setting bytes_setting(SettingNames names, std::int64_t& field, Range range);

/// A number with `ms`, `s`, `min`, `h` or `d`; a bare number is seconds.
[[nodiscard]] Setting duration_setting(
    SettingNames names, std::chrono::milliseconds& field, Range range_seconds
);

}  // namespace signalbox::app
