// Structured log lines to stderr: a sentence and named facts.
//
// Text for people on a terminal, one JSON object a line else. Facts that name a request, a job or a
// tenant use the keys `request_id`, `job_id`, `attempt`, `tenant_id`. Secrets are never logged;
// whoever holds one logs its id.
//
// Threads: any.  Suspends: never (lines go to stderr at once).  Errors: none.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class Format : std::uint8_t { kText, kJson };

/// `debug`, `info`, `warning` (also `warn`), `error`, in any case.
[[nodiscard]] std::optional<Level> parse_level(std::string_view word);

struct Field {
    Field(std::string_view name, std::string_view text) : key(name), value(text), quoted(true) {}

    Field(std::string_view name, const char* text) : Field(name, std::string_view(text)) {}

    Field(std::string_view name, bool flag)
        : key(name), value(flag ? "true" : "false"), quoted(false) {}

    template <std::integral Number>
    Field(std::string_view name, Number number)
        : key(name), value(std::to_string(number)), quoted(false) {}

    Field(std::string_view name, double number);

    std::string_view key;
    std::string value;
    bool quoted;
};

/// Before the first line; text and info until then.
void configure(Format format, Level level);

/// Whether lines of that level are written; for those whose facts cost something to put together.
[[nodiscard]] bool is_written(Level level);

void write(Level level, std::string_view message, std::initializer_list<Field> fields);

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::kDebug, message, fields);
}

inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::kInfo, message, fields);
}

inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::kWarning, message, fields);
}

inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::kError, message, fields);
}

}  // namespace signalbox::log
