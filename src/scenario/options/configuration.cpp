#include "scenario/options/configuration.hpp"

#include "base/text.hpp"
#include "scenario/options/option_table.hpp"
#include "scenario/xml/xml_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kMaxSettings = 2000;
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20U;

std::string long_name(std::string_view written) {
    const KnownOption* known = find_option(written);
    return std::string(known != nullptr ? known->name : written);
}

/// Collects the options of one document.
class Collector {
public:
    explicit Collector(Configuration& configuration) : configuration_(configuration) {}

    void start(std::string_view name, const XmlAttributes& attributes, std::int64_t line) {
        open_ = name;
        open_line_ = line;
        text_.clear();
        std::string_view value = attributes.get("value");
        value = value.empty() ? attributes.get("v") : value;
        if (!value.empty()) {
            add(name, value, line);
            open_.clear();
        }
    }

    void text(std::string_view piece) {
        if (!open_.empty() && text_.size() < kMaxTextBytes) {
            text_.append(piece);
        }
    }

    void end(std::string_view name) {
        if (open_ == name && !trim(text_).empty()) {
            add(open_, trim(text_), open_line_);
        }
        open_.clear();
        text_.clear();
    }

    [[nodiscard]] bool full() const { return configuration_.settings.size() >= kMaxSettings; }

private:
    void add(std::string_view name, std::string_view value, std::int64_t line) {
        configuration_.settings.push_back(
            {.name = long_name(name),
             .written = std::string(name),
             .value = std::string(value),
             .line = line}
        );
    }

    Configuration& configuration_;
    std::string open_;
    std::string text_;
    std::int64_t open_line_ = 0;
};

bool is_nowhere(std::string_view name) {
    constexpr std::array<std::string_view, 8> kNames{
        "stdout", "STDOUT", "-", "stderr", "STDERR", "nul", "NUL", "/dev/null"
    };
    return std::ranges::find(kNames, name) != kNames.end();
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// How SUMO tells `host:port` from a file.
bool is_socket(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon != std::string_view::npos && (colon > 1 || name.front() == '[');
}

std::string_view base_of(const Configuration& configuration, const OptionSetting& setting) {
    return setting.line == 0 ? std::string_view() : directory_of(configuration.file);
}

/// Where SUMO puts prefix and suffix: before the last part of a path, before its first extension.
std::string decorated(
    const std::string& written, std::string_view prefix, std::string_view suffix
) {
    if (is_nowhere(written) || is_socket(written)) {
        return written;
    }
    const std::size_t slash = written.rfind('/');
    const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
    std::string name = written;
    if (!suffix.empty()) {
        name.insert(std::min(name.find('.', base), name.size()), suffix);
    }
    name.insert(base, prefix);
    return name;
}

FileReference reference(const OptionSetting& setting, std::string_view base, std::string_view one) {
    FileReference found = resolve_path(base, one);
    found.option = setting.name;
    found.line = setting.line;
    return found;
}

/// Settings that count: of each option the last one.
template <class Visit>
void visit_effective(const Configuration& configuration, Visit visit) {
    for (const OptionSetting& setting : configuration.settings) {
        const KnownOption* known = find_option(setting.name);
        if (known != nullptr && configuration.find(setting.name) == &setting) {
            visit(setting, *known);
        }
    }
}

}  // namespace

const OptionSetting* Configuration::find(std::string_view long_name) const {
    const auto found =
        std::ranges::find(settings.rbegin(), settings.rend(), long_name, &OptionSetting::name);
    return found == settings.rend() ? nullptr : &*found;
}

std::string_view Configuration::value_of(std::string_view long_name) const {
    const OptionSetting* setting = find(long_name);
    return setting == nullptr ? std::string_view() : std::string_view(setting->value);
}

bool Configuration::is_set(std::string_view long_name) const {
    constexpr std::array<std::string_view, 6> kTrue{"1", "yes", "true", "on", "x", "t"};
    return std::ranges::find(kTrue, to_lower(value_of(long_name))) != kTrue.end();
}

Result<Configuration> parse_configuration(std::string_view xml, std::string file) {
    Configuration configuration{.file = std::move(file), .root_element = {}, .settings = {}};
    Collector collector(configuration);
    XmlReader* at = nullptr;
    XmlReader reader({
        .on_start =
            [&](std::string_view name, const XmlAttributes& attributes) {
                collector.start(name, attributes, at->line());
                if (collector.full()) {
                    at->stop();
                }
            },
        .on_end = [&](std::string_view name) { collector.end(name); },
        .on_text = [&](std::string_view text) { collector.text(text); },
    });
    at = &reader;
    if (!reader.feed(xml) || !reader.finish()) {
        const XmlProblem problem = reader.problem().value_or(
            XmlProblem{"TOO_MANY_OPTIONS", "it sets more than 2000 options", reader.line()}
        );
        return fail(Error(
                        Code::kInvalid,
                        problem.code,
                        configuration.file + ", line " + std::to_string(problem.line) + ": " +
                            problem.message
        )
                        .with("line", problem.line));
    }
    configuration.root_element = reader.root();
    return configuration;
}

Configuration with_args(const Configuration& configuration, const std::vector<std::string>& args) {
    Configuration merged = configuration;
    for (const std::string& arg : args) {
        const std::size_t equals = arg.find('=');
        const std::string name = arg.substr(2, equals == std::string::npos ? equals : equals - 2);
        merged.settings.push_back(
            {.name = long_name(name),
             .written = name,
             .value = equals == std::string::npos ? "true" : arg.substr(equals + 1),
             .line = 0}
        );
    }
    return merged;
}

std::vector<FileReference> list_inputs(const Configuration& configuration) {
    std::vector<FileReference> inputs;
    visit_effective(configuration, [&](const OptionSetting& setting, const KnownOption& known) {
        if (known.kind != OptionKind::kInput && known.kind != OptionKind::kOptionalInput) {
            return;
        }
        for (const std::string_view one : split(setting.value, ',')) {
            inputs.push_back(reference(setting, base_of(configuration, setting), trim(one)));
        }
    });
    return inputs;
}

FileReference resolve_output(
    const Configuration& configuration, std::string_view base, std::string_view written
) {
    return resolve_path(
        base,
        decorated(
            std::string(written),
            configuration.value_of("output-prefix"),
            configuration.value_of("output-suffix")
        )
    );
}

std::vector<FileReference> list_outputs(const Configuration& configuration) {
    std::vector<FileReference> outputs;
    visit_effective(configuration, [&](const OptionSetting& setting, const KnownOption& known) {
        const bool written_by_sumo =
            known.kind == OptionKind::kOutput && known.name != "gui-testing.setting-output";
        if ((!written_by_sumo && known.kind != OptionKind::kLog) || trim(setting.value).empty()) {
            return;
        }
        const bool is_list = known.name == "save-state.files";
        for (const std::string_view one :
             is_list ? split(setting.value, ',') : std::vector<std::string_view>{setting.value}) {
            outputs.push_back(
                resolve_output(configuration, base_of(configuration, setting), trim(one))
            );
            outputs.back().option = setting.name;
            outputs.back().line = setting.line;
        }
    });
    return outputs;
}

std::optional<double> parse_time(std::string_view text) {
    text = trim(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const bool negative = text.starts_with('-');
    const std::vector<std::string_view> parts = split(negative ? text.substr(1) : text, ':');
    if (parts.size() == 1) {
        const auto seconds = parse_number<double>(text);
        return seconds && std::isfinite(*seconds) ? seconds : std::nullopt;
    }
    if (parts.size() != 3 && parts.size() != 4) {
        return std::nullopt;
    }
    constexpr std::array<double, 4> kUnits{86400, 3600, 60, 1};
    double seconds = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = parse_number<double>(parts[i]);
        if (!number || !std::isfinite(*number)) {
            return std::nullopt;
        }
        seconds += *number * kUnits.at(i + kUnits.size() - parts.size());
    }
    return negative ? -seconds : seconds;
}

std::optional<double> end_of(const Configuration& configuration) {
    const auto end = parse_time(configuration.value_of("end"));
    return end && *end >= 0 ? end : std::nullopt;
}

double begin_of(const Configuration& configuration) {
    return parse_time(configuration.value_of("begin")).value_or(0);
}

FileReference resolve_path(std::string_view base, std::string_view written) {
    FileReference found{.option = {}, .written = std::string(written), .path = {}, .line = 0};
    if (is_nowhere(written)) {
        found.place = FilePlace::kNowhere;
        return found;
    }
    if (written.find("${") != std::string_view::npos) {
        found.place = FilePlace::kUnresolved;
        return found;
    }
    std::vector<std::string_view> parts;
    const bool drive = written.size() > 1 && written[1] == ':' && is_letter(written[0]);
    bool outside = written.starts_with('/') || drive;
    for (const std::string_view path : {base, written}) {
        for (const std::string_view part : split(path, '/')) {
            if (part == "..") {
                outside = outside || parts.empty();
                parts.resize(parts.empty() ? 0 : parts.size() - 1);
            } else if (!part.empty() && part != ".") {
                parts.push_back(part);
            }
        }
    }
    if (outside) {
        found.place = FilePlace::kOutside;
        return found;
    }
    for (const std::string_view part : parts) {
        found.path.append(found.path.empty() ? "" : "/").append(part);
    }
    if (written.empty()) {
        found.path.clear();
    }
    if (is_socket(written)) {
        found.place = FilePlace::kSocket;
    }
    return found;
}

std::string_view directory_of(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : file.substr(0, slash);
}

}  // namespace signalbox::scenario
