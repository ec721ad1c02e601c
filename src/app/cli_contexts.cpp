#include "app/cli_contexts.hpp"

#include "base/fs.hpp"

#include <yaml-cpp/yaml.h>

#include <utility>

namespace signalbox::app {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
constexpr unsigned kOwnerOnly = 0600;
constexpr unsigned kOwnerOnlyDirectory = 0700;

std::string text_of(const YAML::Node& node) {
    return node && node.IsScalar() ? node.as<std::string>() : std::string();
}

cli::Contexts read_contexts(const YAML::Node& root) {
    cli::Contexts contexts;
    contexts.current = text_of(root["current"]);
    for (const YAML::Node& node : root["contexts"]) {
        contexts.all.push_back({
            .name = text_of(node["name"]),
            .url = text_of(node["url"]),
            .key = text_of(node["key"]),
            .ca_file = text_of(node["ca_file"]),
        });
    }
    return contexts;
}

}  // namespace

YamlContextStore::YamlContextStore(std::filesystem::path file) : file_(std::move(file)) {}

Result<cli::Contexts> YamlContextStore::load() {
    const auto text = read_file(file_, kMaxFileBytes);
    if (!text && text.error().code() == Code::kNotFound) {
        return cli::Contexts();
    }
    if (!text) {
        return fail(text.error());
    }
    try {
        const YAML::Node root = YAML::Load(*text);
        // Saving must not replace a file that is something else.
        if (!root.IsMap() && !root.IsNull()) {
            return fail(bad_file(1, "must be a map with current and contexts"));
        }
        return root.IsMap() ? read_contexts(root) : cli::Contexts();
    } catch (const YAML::Exception& problem) {
        return fail(bad_file(problem.mark.line + 1, problem.msg));
    }
}

Error YamlContextStore::bad_file(int line, const std::string& why) const {
    return {
        Code::kInvalid, "BAD_CONTEXT_FILE", file_.string() + ":" + std::to_string(line) + ": " + why
    };
}

Result<void> YamlContextStore::save(const cli::Contexts& contexts) {
    YAML::Emitter out;
    out << YAML::BeginMap << YAML::Key << "current" << YAML::Value << contexts.current;
    out << YAML::Key << "contexts" << YAML::Value << YAML::BeginSeq;
    for (const cli::Context& context : contexts.all) {
        out << YAML::BeginMap;
        out << YAML::Key << "name" << YAML::Value << context.name;
        out << YAML::Key << "url" << YAML::Value << context.url;
        out << YAML::Key << "key" << YAML::Value << context.key;
        if (!context.ca_file.empty()) {
            out << YAML::Key << "ca_file" << YAML::Value << context.ca_file;
        }
        out << YAML::EndMap;
    }
    out << YAML::EndSeq << YAML::EndMap;
    SB_OK(make_directories(file_.parent_path(), kOwnerOnlyDirectory));
    return write_file_durably(file_, std::string(out.c_str()) + "\n", kOwnerOnly);
}

std::filesystem::path context_file(const cli::Variables& variables) {
    const std::string home = variables("HOME").value_or(".");
    const std::string config = variables("XDG_CONFIG_HOME").value_or("");
    const std::filesystem::path base =
        config.empty() ? std::filesystem::path(home) / ".config" : std::filesystem::path(config);
    return base / "signalbox" / "config.yaml";
}

}  // namespace signalbox::app
