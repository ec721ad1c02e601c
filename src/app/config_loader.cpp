#include "app/config_loader.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>

namespace signalbox::app {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;

using Problems = std::vector<std::string>;
using FileValues = std::vector<std::pair<std::string, std::string>>;

std::string as_text(const YAML::Node& node) {
    if (node.IsNull()) {
        return "";
    }
    if (!node.IsSequence()) {
        return node.as<std::string>();
    }
    std::string text;
    for (const YAML::Node& item : node) {
        text += (text.empty() ? "" : ", ") + item.as<std::string>();
    }
    return text;
}

// Nested sections become dotted keys.
void flatten(const YAML::Node& node, const std::string& prefix, FileValues& values) {
    for (const auto& entry : node) {
        const auto key = prefix + entry.first.as<std::string>();
        if (entry.second.IsMap()) {
            flatten(entry.second, key + ".", values);
        } else {
            values.emplace_back(key, as_text(entry.second));
        }
    }
}

void read_simulators(const YAML::Node& node, ServerConfig& config, Problems& problems) {
    if (!node.IsSequence()) {
        problems.emplace_back("simulators: must be a list of {version, home, default}");
        return;
    }
    for (const YAML::Node& item : node) {
        SimulatorConfig simulator;
        if (!item.IsMap() || !item["home"]) {
            problems.emplace_back("simulators: each entry needs a home (its SUMO_HOME)");
            continue;
        }
        simulator.home = item["home"].as<std::string>();
        simulator.version = item["version"] ? item["version"].as<std::string>() : "";
        simulator.is_default = item["default"] && item["default"].as<bool>();
        config.simulators.push_back(std::move(simulator));
    }
}

FileValues parse_file(const std::string& text, ServerConfig& config, Problems& problems) {
    FileValues values;
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) {
        return values;
    }
    if (!root.IsMap()) {
        problems.emplace_back("the file must hold sections, such as `server:`");
        return values;
    }
    for (const auto& section : root) {
        const auto name = section.first.as<std::string>();
        if (name == "simulators") {
            read_simulators(section.second, config, problems);
        } else if (section.second.IsMap()) {
            flatten(section.second, name + ".", values);
        } else if (!section.second.IsNull()) {
            problems.push_back(name + ": must be a section with keys of its own");
        }
    }
    return values;
}

FileValues read_config_file(const std::string& path, ServerConfig& config, Problems& problems) {
    if (path.empty()) {
        return {};
    }
    const auto text = read_file(path, kMaxFileBytes);
    if (!text) {
        problems.push_back("--config: " + text.error().message());
        return {};
    }
    try {
        return parse_file(*text, config, problems);
    } catch (const YAML::Exception& error) {
        problems.push_back(fmt::format("{}: {}", path, error.what()));
        return {};
    }
}

Setting* find_setting(std::vector<Setting>& table, const std::string& key) {
    const auto found = std::ranges::find(table, key, &Setting::key);
    return found == table.end() ? nullptr : &*found;
}

void apply(
    Setting& setting, const std::string& value, const std::string& source, Problems& problems
) {
    if (const auto read = setting.read(value); !read) {
        problems.push_back(fmt::format("{} (from {})", read.error().message(), source));
    }
}

void apply_file(
    const std::string& path,
    const FileValues& values,
    std::vector<Setting>& table,
    Problems& problems
) {
    std::vector<std::string> keys;
    for (const Setting& setting : table) {
        keys.push_back(setting.key);
    }
    for (const auto& [key, value] : values) {
        if (Setting* const setting = find_setting(table, key)) {
            apply(*setting, value, path, problems);
            continue;
        }
        const auto nearest = nearest_word(key, keys);
        problems.push_back(fmt::format(
            "{}: unknown key{} (from {})",
            key,
            nearest ? "; did you mean " + *nearest + "?" : "",
            path
        ));
    }
}

// Quoted as YAML's double-quoted scalars are.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result.push_back('\\');
        }
        result.push_back(c);
    }
    return result + "\"";
}

// The section headings that differ from those of the line before.
void open_sections(
    const std::vector<std::string_view>& before,
    const std::vector<std::string_view>& now,
    std::string& out
) {
    bool same = true;
    for (std::size_t depth = 0; depth + 1 < now.size(); ++depth) {
        same = same && depth + 1 < before.size() && before[depth] == now[depth];
        if (!same) {
            out += fmt::format("{}{}:\n", std::string(depth * 2, ' '), now[depth]);
        }
    }
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
        return std::nullopt;
    }
    return std::string(value);
}

std::vector<std::string> load_config(const ConfigSources& sources, ServerConfig& config) {
    Problems problems;
    std::vector<Setting> table = settings_of(config);
    apply_file(sources.file, read_config_file(sources.file, config, problems), table, problems);
    for (Setting& setting : table) {
        if (setting.environment.empty()) {
            continue;
        }
        if (const auto value = sources.environment(setting.environment)) {
            apply(setting, *value, "the environment variable " + setting.environment, problems);
        }
    }
    for (const auto& [key, value] : sources.flags) {
        if (Setting* const setting = find_setting(table, key)) {
            apply(*setting, value, "a flag", problems);
        }
    }
    if (problems.empty()) {
        problems = check_combinations(config);
    }
    return problems;
}

std::string print_config(ServerConfig& config) {
    std::string out = "# The effective configuration of signalboxd " SIGNALBOX_VERSION ".\n";
    std::vector<Setting> table = settings_of(config);
    std::vector<std::string_view> before;
    for (const Setting& setting : table) {
        const auto path = split(setting.key, '.');
        open_sections(before, path, out);
        const bool hidden = setting.secret && !setting.print().empty();
        out += fmt::format(
            "{}{}: {}  # {}{}{}\n",
            std::string((path.size() - 1) * 2, ' '),
            path.back(),
            quoted(setting.secret ? "" : setting.print()),
            setting.help,
            setting.environment.empty() ? "" : fmt::format(" [{}]", setting.environment),
            hidden ? " (set, not shown)" : ""
        );
        before = path;
    }
    if (config.simulators.empty()) {
        out += "simulators: []  # found by themselves: SIGNALBOX_SUMO_HOMES, SUMO_HOME, PATH\n";
        return out;
    }
    out += "simulators:\n";
    for (const SimulatorConfig& simulator : config.simulators) {
        out += fmt::format(
            "  - {{version: {}, home: {}, default: {}}}\n",
            quoted(simulator.version),
            quoted(simulator.home),
            simulator.is_default
        );
    }
    return out;
}

}  // namespace signalbox::app
