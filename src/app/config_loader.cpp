#include "app/config_loader.hpp"

#include "app/config_check.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace signalbox::app {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;

// Parts of the longest key: `tenancy.rates.requests_per_second`.
constexpr int kMaxDepth = 3;

using Problems = std::vector<std::string>;
using FileValues = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kSimulators = "simulators";
// Some have no key in this version; they may stand in a file all the same.
constexpr std::array<std::string_view, 10> kSections{
    "server",
    "limits",
    "tenancy",
    "storage",
    "runner",
    kSimulators,
    "retention",
    "webhooks",
    "debug",
    "telemetry"
};

Setting* find_setting(std::vector<Setting>& table, const std::string& key) {
    const auto found = std::ranges::find(table, key, &Setting::key);
    return found == table.end() ? nullptr : &*found;
}

// Reads the sections of a file into dotted keys, and its list of simulators.
class FileReader {
public:
    FileReader(ServerConfig& config, Problems& problems) : config_(config), problems_(problems) {}

    FileValues read(const YAML::Node& root) {
        if (!root.IsMap()) {
            if (!root.IsNull()) {
                problems_.emplace_back("the file must hold sections, such as `server:`");
            }
            return {};
        }
        for (const auto& section : root) {
            read_section(name_of(section.first), section.second);
        }
        return std::move(values_);
    }

private:
    void read_section(const std::string& name, const YAML::Node& node) {
        if (std::ranges::find(kSections, name) == kSections.end()) {
            problems_.push_back(name + ": unknown section");
        } else if (name == kSimulators) {
            read_simulators(node);
        } else if (node.IsMap()) {
            read_keys(node, name + ".", 2);
        } else if (!node.IsNull()) {
            problems_.push_back(name + ": must be a section with keys of its own");
        }
    }

    // Nested sections become dotted keys. An alias may stand inside what it names, without an end.
    void read_keys(const YAML::Node& node, const std::string& prefix, int depth) {
        for (const auto& entry : node) {
            const std::string key = prefix + name_of(entry.first);
            if (entry.second.IsMap() && depth < kMaxDepth) {
                read_keys(entry.second, key + ".", depth + 1);
            } else if (auto text = text_of(entry.second)) {
                add(key, *std::move(text));
            } else {
                problems_.push_back(key + ": must be one value, or a list of values");
            }
        }
    }

    void add(const std::string& key, std::string text) {
        if (std::ranges::find(values_, key, &FileValues::value_type::first) != values_.end()) {
            problems_.push_back(key + ": stands in the file twice");
        }
        values_.emplace_back(key, std::move(text));
    }

    void read_simulators(const YAML::Node& node) {
        if (!node.IsSequence() && !node.IsNull()) {
            problems_.emplace_back("simulators: must be a list of {version, home, default}");
            return;
        }
        for (const YAML::Node& item : node) {
            read_simulator(item);
        }
    }

    void read_simulator(const YAML::Node& node) {
        if (!node.IsMap()) {
            problems_.emplace_back("simulators: each entry must be {version, home, default}");
            return;
        }
        SimulatorConfig simulator;
        std::vector<Setting> table = settings_of(simulator);
        for (const auto& entry : node) {
            const std::string key = "simulators." + name_of(entry.first);
            Setting* const setting = find_setting(table, key);
            const auto text = text_of(entry.second);
            if (setting == nullptr || !text) {
                problems_.push_back(key + ": unknown key; there are version, home and default");
            } else if (const auto read = setting->read(*text); !read) {
                problems_.push_back(read.error().message());
            }
        }
        if (simulator.home.empty()) {
            problems_.emplace_back("simulators: each entry needs a home (its SUMO_HOME)");
        }
        config_.simulators.push_back(std::move(simulator));
    }

    // A key that is a list or a map is nobody's.
    static std::string name_of(const YAML::Node& node) {
        return node.IsScalar() ? node.Scalar() : "(not a name)";
    }

    // Nothing for what is neither one value nor a list of such.
    static std::optional<std::string> text_of(const YAML::Node& node) {
        if (!node.IsSequence()) {
            return node.IsMap() ? std::nullopt : std::optional(node.Scalar());
        }
        std::string text;
        for (const YAML::Node& item : node) {
            if (!item.IsScalar()) {
                return std::nullopt;
            }
            text += (text.empty() ? "" : ", ") + item.Scalar();
        }
        return text;
    }

    ServerConfig& config_;
    Problems& problems_;
    FileValues values_;
};

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
        return FileReader(config, problems).read(YAML::Load(*text));
    } catch (const YAML::Exception& error) {
        problems.push_back(fmt::format("{}: {}", path, error.what()));
        return {};
    }
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

// The admin key and the file that holds it are two ways to say one thing: what a stronger source
// says of one ends what a weaker one says of the other.
void supersede(const std::string& key, std::vector<Setting>& table) {
    static const std::string kKey = "tenancy.admin_key";
    static const std::string kFile = "tenancy.admin_key_file";
    if (key == kKey || key == kFile) {
        static_cast<void>(find_setting(table, key == kKey ? kFile : kKey)->read(""));
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
            supersede(setting.key, table);
            apply(setting, *value, "the environment variable " + setting.environment, problems);
        }
    }
    for (const auto& [key, value] : sources.flags) {
        if (Setting* const setting = find_setting(table, key)) {
            supersede(setting->key, table);
            apply(*setting, value, "a flag", problems);
        }
    }
    std::ranges::move(check_config(config), std::back_inserter(problems));
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
