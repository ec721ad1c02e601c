#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <memory>

namespace signalbox::log {

namespace {

struct Sink {
    Format format = Format::kText;
    std::shared_ptr<spdlog::logger> logger = make();

    static std::shared_ptr<spdlog::logger> make() {
        auto logger = std::make_shared<spdlog::logger>(
            "signalbox", std::make_shared<spdlog::sinks::stderr_sink_mt>()
        );
        logger->set_pattern("%v");
        logger->flush_on(spdlog::level::trace);
        return logger;
    }
};

Sink& sink() {
    static Sink instance;
    return instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
    static constexpr std::array kLevels{
        spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err
    };
    return kLevels[static_cast<std::size_t>(level)];
}

constexpr std::array<std::string_view, 4> kWords{"debug", "info", "warning", "error"};

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : is_valid_utf8(text) ? std::string(text) : to_valid_utf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20 || byte == 0x7F) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

std::string json_line(Level level, std::string_view message, std::initializer_list<Field> fields) {
    std::string line = fmt::format(
        R"({{"time":"{}","level":"{}","message":)",
        to_rfc3339(SystemClock().now()),
        kWords[static_cast<std::size_t>(level)]
    );
    append_json_string(line, message);
    for (const Field& field : fields) {
        line += fmt::format(",\"{}\":", field.key);
        if (field.quoted) {
            append_json_string(line, field.value);
        } else {
            line += field.value;
        }
    }
    line.push_back('}');
    return line;
}

// One line whatever a value holds: control characters are escaped as in JSON.
std::string text_line(Level level, std::string_view message, std::initializer_list<Field> fields) {
    std::string line = fmt::format(
        "{} {:7} {}",
        to_rfc3339(SystemClock().now()).substr(11),
        kWords[static_cast<std::size_t>(level)],
        message
    );
    for (const Field& field : fields) {
        line += fmt::format("  {}=", field.key);
        const bool plain = !field.value.empty() && !has_control_characters(field.value) &&
                           field.value.find_first_of(" \"\\") == std::string::npos;
        if (plain || !field.quoted) {
            line += field.value;
        } else {
            append_json_string(line, field.value);
        }
    }
    return line;
}

}  // namespace

std::optional<Level> parse_level(std::string_view word) {
    const std::string lower = to_lower(word);
    if (lower == "warn") {
        return Level::kWarning;
    }
    for (std::size_t i = 0; i < kWords.size(); ++i) {
        if (lower == kWords[i]) {
            return static_cast<Level>(i);
        }
    }
    return std::nullopt;
}

Field::Field(std::string_view name, double number)
    : key(name), value(fmt::format("{:.6g}", number)), quoted(false) {}

void configure(Format format, Level level) {
    sink().format = format;
    sink().logger->set_level(to_spdlog(level));
}

bool is_written(Level level) {
    return sink().logger->should_log(to_spdlog(level));
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    if (!is_written(level)) {
        return;
    }
    Sink& out = sink();
    out.logger->log(
        to_spdlog(level),
        "{}",
        out.format == Format::kJson ? json_line(level, message, fields)
                                    : text_line(level, message, fields)
    );
}

}  // namespace signalbox::log
