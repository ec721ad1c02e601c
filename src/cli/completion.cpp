#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"

#include <vector>

#include <fmt/format.h>

namespace signalbox::cli {

namespace {

// One command with all that can be typed behind it.
struct Node {
    std::string path;  ///< "tenant create"; empty for the program
    std::vector<const OptionSpec*> options;
    std::vector<std::pair<std::string, std::string>> words;  ///< commands, choices; what they are
    bool takes_file = false;
};

enum class ValueKind : std::uint8_t { kNone, kChoice, kFile, kDirectory, kOther };

ValueKind value_kind(const OptionSpec& option) {
    if (std::holds_alternative<bool*>(option.target)) {
        return ValueKind::kNone;
    }
    if (!option.choices.empty()) {
        return ValueKind::kChoice;
    }
    if (option.value == "DIR") {
        return ValueKind::kDirectory;
    }
    return option.value == "FILE" ? ValueKind::kFile : ValueKind::kOther;
}

void add_positional(Node& node, const OptionSpec& option, const CommandSpec& program) {
    node.takes_file = node.takes_file || option.names == "SOURCE";
    for (const std::string& choice : option.choices) {
        node.words.emplace_back(choice, option.help);
    }
    if (option.names == "COMMAND") {
        for (const CommandSpec& command : program.commands) {
            node.words.emplace_back(command.name, command.summary);
        }
    }
}

void collect(
    const CommandSpec& program,
    const CommandSpec& command,
    const std::string& path,
    std::vector<Node>& nodes
) {
    Node node{.path = path};
    for (const CommandSpec& child : command.commands) {
        node.words.emplace_back(child.name, child.summary);
    }
    for (const OptionSpec& option : command.options) {
        if (option.names.starts_with('-')) {
            node.options.push_back(&option);
        } else {
            add_positional(node, option, program);
        }
    }
    nodes.push_back(std::move(node));
    for (const CommandSpec& child : command.commands) {
        collect(program, child, path.empty() ? child.name : path + " " + child.name, nodes);
    }
}

/// The program itself first.
std::vector<Node> nodes_of(const CommandSpec& program) {
    std::vector<Node> nodes;
    collect(program, program, "", nodes);
    return nodes;
}

/// Its paths in quotes, without the program's.
std::string paths_of(const std::vector<Node>& nodes, std::string_view separator) {
    std::vector<std::string> paths;
    for (const Node& node : nodes) {
        if (!node.path.empty()) {
            paths.push_back("'" + node.path + "'");
        }
    }
    return join(paths, separator);
}

/// Text inside single quotes of a POSIX shell, and of fish.
std::string in_quotes(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out.push_back(c);
        }
    }
    return out;
}

/// Patterns for `case "$path $previous"`: the option behind its command, a global one behind any.
std::string value_pattern(const Node& node, const OptionSpec& option) {
    std::vector<std::string> patterns;
    for (const std::string_view name : split(option.names, ',')) {
        const std::string before = node.path.empty() ? "*' " : "'" + node.path + " ";
        patterns.push_back(before + std::string(name) + "'");
    }
    return join(patterns, "|");
}

// bash

std::string bash_values(const Node& node) {
    std::string cases;
    for (const OptionSpec* option : node.options) {
        std::string action;
        switch (value_kind(*option)) {
            case ValueKind::kNone:
                continue;
            case ValueKind::kChoice:
                action = "words='" + join(option->choices, " ") + "'";
                break;
            case ValueKind::kFile:
                action = "files=-f";
                break;
            case ValueKind::kDirectory:
                action = "files=-d";
                break;
            case ValueKind::kOther:
                action = "return";
                break;
        }
        cases += fmt::format("        {}) {} ;;\n", value_pattern(node, *option), action);
    }
    return cases;
}

std::string bash_node(const Node& node, const Node& program) {
    std::string words;
    for (const auto& [word, meaning] : node.words) {
        words += (words.empty() ? "" : " ") + word;
    }
    std::string options = "--help";
    for (const Node* from : {&node, &program}) {
        for (const OptionSpec* option : from->options) {
            options += " " + long_name(*option);
        }
        if (&node == &program) {
            break;
        }
    }
    return fmt::format(
        "            '{}') words='{}' options='{}'{} ;;\n",
        node.path,
        words,
        options,
        node.takes_file ? " files=-f" : ""
    );
}

constexpr std::string_view kBash =
    R"script(# Completion of signalbox for bash: source <(signalbox completion bash)
_signalbox() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
    local path='' words='' options='' files='' word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${{path:+$path }}${{COMP_WORDS[i]}}"
        case "$word" in {paths}) path=$word ;; esac
    done
    case "$path $previous" in
{values}        *) case "$path" in
{nodes}        esac ;;
    esac
    if [[ -n $options && ($current == -* || -z $words$files) ]]; then
        words=$options files=''
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$files" -- "$current")
    fi
}}
complete -F _signalbox signalbox
)script";

std::string bash_script(const CommandSpec& program) {
    const std::vector<Node> nodes = nodes_of(program);
    std::string values;
    std::string cases;
    for (const Node& node : nodes) {
        values += bash_values(node);
        cases += bash_node(node, nodes.front());
    }
    return fmt::format(
        kBash,
        fmt::arg("paths", paths_of(nodes, "|")),
        fmt::arg("values", values),
        fmt::arg("nodes", cases)
    );
}

// zsh

std::string zsh_values(const Node& node) {
    std::string cases;
    for (const OptionSpec* option : node.options) {
        std::string action;
        switch (value_kind(*option)) {
            case ValueKind::kNone:
                continue;
            case ValueKind::kChoice:
                action = "compadd " + join(option->choices, " ") + "; return";
                break;
            case ValueKind::kFile:
                action = "_files; return";
                break;
            case ValueKind::kDirectory:
                action = "_files -/; return";
                break;
            case ValueKind::kOther:
                action = "_message '" + in_quotes(option->help) + "'; return";
                break;
        }
        cases += fmt::format("        {}) {} ;;\n", value_pattern(node, *option), action);
    }
    return cases;
}

std::string zsh_entry(std::string_view name, std::string_view meaning) {
    std::string text(name);
    text += ':';
    for (const char c : meaning) {
        text += c == ':' ? "\\:" : std::string(1, c);
    }
    return " '" + in_quotes(text) + "'";
}

std::string zsh_node(const Node& node, const Node& program) {
    std::string entries;
    for (const auto& [word, meaning] : node.words) {
        entries += zsh_entry(word, meaning);
    }
    std::string options = zsh_entry("--help", "Print help");
    for (const Node* from : {&node, &program}) {
        for (const OptionSpec* option : from->options) {
            options += zsh_entry(long_name(*option), option->help);
        }
        if (&node == &program) {
            break;
        }
    }
    return fmt::format(
        "        '{}') entries=({} ) options=({} ){} ;;\n",
        node.path,
        entries,
        options,
        node.takes_file ? " files=1" : ""
    );
}

// Loaded from fpath this text is the function's first call; sourced it is not.
constexpr std::string_view kZsh = R"script(#compdef signalbox
# Completion of signalbox for zsh: signalbox completion zsh > "${{fpath[1]}}/_signalbox"
_signalbox() {{
    local node='' word files='' i
    local -a entries options
    for ((i = 2; i < CURRENT; i++)); do
        word="${{node:+$node }}${{words[i]}}"
        case "$word" in {paths}) node=$word ;; esac
    done
    case "$node ${{words[CURRENT-1]}}" in
{values}    esac
    case "$node" in
{nodes}    esac
    if [[ $PREFIX == -* || (${{#entries}} -eq 0 && -z $files) ]]; then
        _describe -o 'option' options
        return
    fi
    [[ -z $files ]] || _files
    _describe 'signalbox' entries
}}
if [[ ${{funcstack[1]}} == _signalbox ]]; then _signalbox; else compdef _signalbox signalbox; fi
)script";

std::string zsh_script(const CommandSpec& program) {
    const std::vector<Node> nodes = nodes_of(program);
    std::string values;
    std::string cases;
    for (const Node& node : nodes) {
        values += zsh_values(node);
        cases += zsh_node(node, nodes.front());
    }
    return fmt::format(
        kZsh,
        fmt::arg("paths", paths_of(nodes, "|")),
        fmt::arg("values", values),
        fmt::arg("nodes", cases)
    );
}

// fish

std::string fish_option(const OptionSpec& option) {
    std::string text;
    for (const std::string_view name : split(option.names, ',')) {
        text += name.starts_with("--") ? " -l " + std::string(name.substr(2))
                                       : " -s " + std::string(name.substr(1));
    }
    switch (value_kind(option)) {
        case ValueKind::kNone:
            break;
        case ValueKind::kChoice:
            text += " -x -a '" + join(option.choices, " ") + "'";
            break;
        case ValueKind::kFile:
            text += " -r -F";
            break;
        case ValueKind::kDirectory:
            text += " -x -a '(__fish_complete_directories)'";
            break;
        case ValueKind::kOther:
            text += " -x";
            break;
    }
    return text + " -d '" + in_quotes(option.help) + "'";
}

constexpr std::string_view kFish =
    R"script(# Completion of signalbox for fish: signalbox completion fish | source
function __signalbox_at
    set -l path
    for word in (commandline -opc)[2..]
        set -l longer (string join ' ' -- $path $word)
        contains -- $longer {paths}; and set path $longer
    end
    test "$path" = "$argv[1]"
end
complete -c signalbox -f
)script";

std::string fish_script(const CommandSpec& program) {
    const std::vector<Node> nodes = nodes_of(program);
    std::string script = fmt::format(kFish, fmt::arg("paths", paths_of(nodes, " ")));
    for (const Node& node : nodes) {
        const std::string here = "complete -c signalbox -n '__signalbox_at \"" + node.path + "\"'";
        // The program's own options may stand anywhere.
        const std::string of_option = node.path.empty() ? "complete -c signalbox" : here;
        for (const auto& [word, meaning] : node.words) {
            script += here + " -a " + word + " -d '" + in_quotes(meaning) + "'\n";
        }
        for (const OptionSpec* option : node.options) {
            script += of_option + fish_option(*option) + "\n";
        }
        script += node.takes_file ? here + " -F\n" : "";
    }
    return script;
}

}  // namespace

Result<std::string> completion_script(const CommandSpec& program, std::string_view shell) {
    if (shell == "bash") {
        return bash_script(program);
    }
    if (shell == "zsh") {
        return zsh_script(program);
    }
    if (shell == "fish") {
        return fish_script(program);
    }
    return usage_error(
        "there is no completion for " + std::string(shell) + "; there are: bash, zsh, fish"
    );
}

}  // namespace signalbox::cli
