#include "cli/command_line.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/show/time_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace signalbox::cli {

namespace {

constexpr std::size_t kHelpColumns = 34;
constexpr int kMany = 10'000;

template <class Number>
bool assign_number(std::optional<Number>& target, const std::string& text) {
    target = parse_number<Number>(text);
    return target.has_value();
}

bool assign(bool* target, const CLI::results_t& values) {
    *target = values.back() == "true";
    return true;
}

bool assign(std::string* target, const CLI::results_t& values) {
    *target = values.back();
    return true;
}

bool assign(std::vector<std::string>* target, const CLI::results_t& values) {
    *target = values;
    return true;
}

bool assign(std::optional<std::int64_t>* target, const CLI::results_t& values) {
    return assign_number(*target, values.back());
}

bool assign(std::optional<double>* target, const CLI::results_t& values) {
    return assign_number(*target, values.back());
}

bool assign(std::optional<std::chrono::seconds>* target, const CLI::results_t& values) {
    *target = parse_duration(values.back());
    return target->has_value();
}

bool assign(Format* target, const CLI::results_t& values) {
    static const std::vector<std::pair<std::string, Format>> kWords{
        {"table", Format::kTable},
        {"json", Format::kJson},
        {"yaml", Format::kYaml},
        {"name", Format::kName}
    };
    const auto found =
        std::ranges::find(kWords, values.back(), &std::pair<std::string, Format>::first);
    if (found == kWords.end()) {
        return false;
    }
    *target = found->second;
    return true;
}

std::string examples_text(const CommandSpec& command) {
    std::string text;
    for (const std::string& example : command.examples) {
        text += (text.empty() ? "Examples:\n  " : "\n  ") + example;
    }
    return text;
}

void add_option(CLI::App& app, const OptionSpec& spec) {
    const OptionTarget target = spec.target;
    const auto take = [target](const CLI::results_t& values) {
        return std::visit([&values](auto* place) { return assign(place, values); }, target);
    };
    CLI::Option* option = nullptr;
    if (std::holds_alternative<bool*>(target)) {
        bool* const flag = std::get<bool*>(target);
        option = app.add_flag_callback(spec.names, [flag] { *flag = true; }, spec.help);
    } else {
        option = app.add_option(spec.names, take, spec.help);
        const bool list = std::holds_alternative<std::vector<std::string>*>(target);
        const bool positional = !spec.names.starts_with('-');
        const bool many = list && positional;  // an option of this kind is repeated instead
        option->expected(many && !spec.required ? 0 : 1, many ? kMany : 1);
        option->allow_extra_args(many);
        option->multi_option_policy(
            list ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast
        );
        option->type_name(positional ? std::string() : spec.value);
        if (!spec.choices.empty()) {
            option->type_name(join(spec.choices, "|"));
            option->check(CLI::IsMember(spec.choices).description(""));
        }
    }
    option->required(spec.required);
}

void add_command(CLI::App& app, const CommandSpec& spec) {
    app.footer(examples_text(spec));
    for (const OptionSpec& option : spec.options) {
        add_option(app, option);
    }
    for (const CommandSpec& command : spec.commands) {
        CLI::App* const child = app.add_subcommand(command.name, command.summary);
        child->group("Commands");
        add_command(*child, command);
    }
    if (!spec.commands.empty()) {
        app.require_subcommand(spec.action ? 0 : 1, 1);
    }
}

std::unique_ptr<CLI::App> make_parser(const CommandSpec& program) {
    auto app = std::make_unique<CLI::App>(program.summary, program.name);
    app->fallthrough();
    app->set_help_flag("-h,--help", "Print this help and exit");
    app->get_formatter()->column_width(kHelpColumns);
    app->get_formatter()->label("OPTIONS", "OPTIONS");
    app->get_formatter()->label("SUBCOMMAND", "COMMAND");
    app->get_formatter()->label("SUBCOMMANDS", "COMMANDS");
    app->get_formatter()->label("Positionals", "Arguments");
    add_command(*app, program);
    return app;
}

const CommandSpec* find_command(const CommandSpec& parent, const std::string& name) {
    const auto found = std::ranges::find(parent.commands, name, &CommandSpec::name);
    return found == parent.commands.end() ? nullptr : &*found;
}

Failure unknown_command(const CommandSpec& parent, const std::string& word) {
    std::vector<std::string> known;
    for (const CommandSpec& command : parent.commands) {
        known.push_back(command.name);
    }
    const auto nearest = nearest_word(word, known);
    return usage_error(
        parent.name + " has no command " + word + "; " +
        (nearest ? "did you mean " + *nearest + "?" : "there are: " + join(known, ", "))
    );
}

bool takes_value(const CommandSpec& command, const std::string& word) {
    return std::ranges::any_of(command.options, [&word](const OptionSpec& option) {
        const bool flag = std::holds_alternative<bool*>(option.target);
        const auto names = split(option.names, ',');
        return !flag && std::ranges::find(names, word) != names.end();
    });
}

/// The parser's sentence, with what this program can add.
Failure to_usage_error(
    const CommandSpec& program, const CLI::ParseError& error, const std::vector<std::string>& args
) {
    const CommandSpec* command = &program;
    std::string path = program.name;
    bool is_value = false;
    for (const std::string& word : args) {
        if (std::exchange(is_value, false)) {
            continue;
        }
        if (word.starts_with('-')) {
            is_value = takes_value(program, word) || takes_value(*command, word);
        } else if (const CommandSpec* next = find_command(*command, word)) {
            command = next;
            path += " " + next->name;
        } else if (!command->action) {
            return unknown_command(*command, word);
        }
    }
    std::string sentence = error.what();
    while (!sentence.empty() && (sentence.back() == '\n' || sentence.back() == '.')) {
        sentence.pop_back();
    }
    return usage_error(sentence + "; see `" + path + " --help`");
}

/// The deepest command that was named.
const CommandSpec* chosen(const CommandSpec* command, const CLI::App* parser) {
    for (auto below = parser->get_subcommands(); !below.empty();
         below = parser->get_subcommands()) {
        parser = below.front();
        command = find_command(*command, parser->get_name());
        SB_CHECK(command != nullptr);  // the parser was made of this very tree
    }
    return command;
}

}  // namespace

Result<ParsedCommand> parse_command_line(
    const CommandSpec& program, std::vector<std::string> args
) {
    const auto parser = make_parser(program);
    try {
        std::vector<std::string> reversed(args.rbegin(), args.rend());
        parser->parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        return ParsedCommand{.action = {}, .text = parser->help()};
    } catch (const CLI::ParseError& error) {
        if (args.empty()) {
            return usage_error("no command was given\n\n" + parser->help());
        }
        return to_usage_error(program, error, args);
    }
    return ParsedCommand{.action = chosen(&program, parser.get())->action, .text = {}};
}

Result<std::string> help_of(const CommandSpec& program, const std::vector<std::string>& path) {
    const CommandSpec* command = &program;
    for (const std::string& word : path) {
        const CommandSpec* const next = find_command(*command, word);
        if (next == nullptr) {
            return unknown_command(*command, word);
        }
        command = next;
    }
    std::vector<std::string> args = path;
    args.emplace_back("--help");
    SB_TRY(ParsedCommand parsed, parse_command_line(program, std::move(args)));
    return std::move(parsed.text);
}

}  // namespace signalbox::cli
