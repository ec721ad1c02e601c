#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"

#include <vector>

namespace signalbox::cli {

namespace {

// One command with all that can be typed behind it.
struct Node {
    std::string path;  ///< "tenant create"; empty for the program
    std::string summary;
    std::vector<const OptionSpec*> options;
    std::vector<const CommandSpec*> commands;
    bool takes_file = false;
};

bool is_positional(const OptionSpec& option) {
    return !option.names.starts_with('-');
}

bool is_flag(const OptionSpec& option) {
    return std::holds_alternative<bool*>(option.target);
}

void collect(const CommandSpec& command, const std::string& path, std::vector<Node>& nodes) {
    Node node{.path = path, .summary = command.summary, .options = {}, .commands = {}};
    for (const OptionSpec& option : command.options) {
        node.takes_file = node.takes_file || option.names == "SOURCE" || option.names == "PATH";
        if (!is_positional(option)) {
            node.options.push_back(&option);
        }
    }
    for (const CommandSpec& child : command.commands) {
        node.commands.push_back(&child);
    }
    nodes.push_back(std::move(node));
    for (const CommandSpec& child : command.commands) {
        collect(child, path.empty() ? child.name : path + " " + child.name, nodes);
    }
}

std::vector<Node> nodes_of(const CommandSpec& program) {
    std::vector<Node> nodes;
    collect(program, "", nodes);
    return nodes;
}

std::string long_name(const OptionSpec& option) {
    std::string name;
    for (const std::string_view candidate : split(option.names, ',')) {
        name = candidate;
    }
    return name;
}

std::string words_of(const Node& node, const Node& root) {
    std::string words = "--help";
    for (const CommandSpec* command : node.commands) {
        words += " " + command->name;
    }
    for (const Node* from : {&node, &root}) {
        for (const OptionSpec* option : from->options) {
            words += " " + long_name(*option);
        }
        if (&node == &root) {
            break;
        }
    }
    return words;
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

std::string bash_choices_of(const OptionSpec& option, const std::string& prefix) {
    std::string cases;
    for (const std::string_view name : split(option.names, ',')) {
        cases += "        " + prefix + "\" \"" + std::string(name) + ") COMPREPLY=($(compgen -W '" +
                 join(option.choices, " ") + "' -- \"$current\")); return ;;\n";
    }
    return cases;
}

std::string bash_choices(const std::vector<Node>& nodes) {
    std::string cases;
    for (const Node& node : nodes) {
        const std::string prefix = node.path.empty() ? "*" : "\"" + node.path + "\"";
        for (const OptionSpec* option : node.options) {
            if (!option->choices.empty()) {
                cases += bash_choices_of(*option, prefix);
            }
        }
    }
    return cases;
}

std::string bash_script(const CommandSpec& program) {
    const std::vector<Node> nodes = nodes_of(program);
    std::string known;
    std::string words;
    std::string files;
    for (const Node& node : nodes) {
        if (!node.path.empty()) {
            known += (known.empty() ? "" : "|") + ("\"" + node.path + "\"");
        }
        words +=
            "        \"" + node.path + "\") words='" + words_of(node, nodes.front()) + "' ;;\n";
        if (node.takes_file) {
            files += (files.empty() ? "" : "|") + ("\"" + node.path + "\"");
        }
    }
    return "# Completion of signalbox for bash: source <(signalbox completion bash)\n"
           "_signalbox() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local path='' words='' word i\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        word=\"${path:+$path }${COMP_WORDS[i]}\"\n"
           "        case \"$word\" in " +
           known +
           ") path=$word ;; esac\n"
           "    done\n"
           "    case \"$path $previous\" in\n" +
           bash_choices(nodes) +
           "    esac\n"
           "    case \"$path\" in\n" +
           words +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    case \"$path\" in " +
           files +
           ") [[ $current == -* ]] || COMPREPLY+=($(compgen -f -- \"$current\")) ;; esac\n"
           "}\n"
           "complete -o filenames -o bashdefault -F _signalbox signalbox\n";
}

std::string zsh_script(const CommandSpec& program) {
    const std::vector<Node> nodes = nodes_of(program);
    std::string script =
        "#compdef signalbox\n"
        "# Completion of signalbox for zsh: signalbox completion zsh > \"${fpath[1]}/_signalbox\"\n"
        "_signalbox() {\n"
        "    local node='' word i\n"
        "    local -a entries\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n"
        "        word=\"${node:+$node }${words[i]}\"\n"
        "        case \"$word\" in\n";
    for (const Node& node : nodes) {
        if (!node.path.empty()) {
            script += "            \"" + node.path + "\") node=$word ;;\n";
        }
    }
    script += "        esac\n    done\n    case \"$node\" in\n";
    const auto entry = [](const std::string& name, const std::string& help) {
        std::string text;
        for (const char c : help) {
            text += c == ':' ? "\\:" : std::string(1, c);
        }
        return " '" + in_quotes(name + ":" + text) + "'";
    };
    for (const Node& node : nodes) {
        script += "        \"" + node.path + "\") entries=(";
        for (const CommandSpec* command : node.commands) {
            script += entry(command->name, command->summary);
        }
        for (const OptionSpec* option : node.options) {
            script += entry(long_name(*option), option->help);
        }
        script += entry("--help", "Print help") + ")";
        script += node.takes_file ? "; _files ;;\n" : " ;;\n";
    }
    return script +
           "    esac\n"
           "    _describe 'signalbox' entries\n"
           "}\n"
           // Loaded from fpath this text is the function's first call; sourced it is not.
           "if [[ ${funcstack[1]} == _signalbox ]]; then _signalbox; else compdef _signalbox "
           "signalbox; fi\n";
}

std::string fish_condition(const Node& node) {
    if (node.path.empty()) {
        return "";
    }
    std::string condition;
    for (const std::string_view word : split(node.path, ' ')) {
        condition += (condition.empty() ? "" : "; and ") +
                     ("__fish_seen_subcommand_from " + std::string(word));
    }
    return " -n '" + condition + "'";
}

std::string fish_script(const CommandSpec& program) {
    const std::vector<Node> nodes = nodes_of(program);
    std::string script =
        "# Completion of signalbox for fish: signalbox completion fish | source\n"
        "complete -c signalbox -f\n";
    for (const Node& node : nodes) {
        const std::string line = "complete -c signalbox" + fish_condition(node);
        for (const CommandSpec* command : node.commands) {
            const std::string top = node.path.empty() ? " -n __fish_use_subcommand" : "";
            script +=
                line + top + " -a " + command->name + " -d '" + in_quotes(command->summary) + "'\n";
        }
        for (const OptionSpec* option : node.options) {
            script += line;
            for (const std::string_view name : split(option->names, ',')) {
                script += name.starts_with("--") ? " -l " + std::string(name.substr(2))
                                                 : " -s " + std::string(name.substr(1));
            }
            script += is_flag(*option) ? "" : " -r";
            script += option->choices.empty() ? "" : " -a '" + join(option->choices, " ") + "'";
            script += " -d '" + in_quotes(option->help) + "'\n";
        }
        if (node.takes_file) {
            script += line + " -F\n";
        }
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
