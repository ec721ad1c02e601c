#include "cli/command_line.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/show/time_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

namespace signalbox::cli {

namespace {

constexpr std::size_t kHelpColumns = 26;
constexpr int kMany = 10'000;

[[noreturn]] void refuse(const OptionSpec& spec, const std::string& value, std::string_view why) {
    throw CLI::ConversionError(
        long_name(spec) + " " + value + " is " + std::string(why), CLI::ExitCodes::ConversionError
    );
}

// What each kind of target takes; the rest is refused with the value and what it should be.
struct Assign {
    const OptionSpec& spec;
    const std::vector<std::string>& values;

    void operator()(bool* target) const { *target = true; }

    void operator()(std::string* target) const { *target = values.back(); }

    void operator()(std::vector<std::string>* target) const { *target = values; }

    void operator()(std::optional<std::int64_t>* target) const {
        *target = parse_number<std::int64_t>(values.back());
        require(target->has_value(), "not a whole number");
    }

    void operator()(std::optional<double>* target) const {
        *target = parse_number<double>(values.back());
        require(target->has_value() && std::isfinite(**target), "not a number");
    }

    void operator()(std::optional<std::chrono::seconds>* target) const {
        *target = parse_duration(values.back());
        require(target->has_value(), "not a time such as 90 (seconds), 30m, 2h or 1d");
    }

    void operator()(Format* target) const {
        static constexpr std::array kFormats{
            Format::kTable, Format::kJson, Format::kYaml, Format::kName
        };
        const auto place = std::ranges::find(spec.choices, values.back()) - spec.choices.begin();
        *target = kFormats.at(static_cast<std::size_t>(place));
    }

private:
    void require(bool good, std::string_view otherwise) const {
        if (!good) {
            refuse(spec, values.back(), otherwise);
        }
    }
};

/// The choice as it is spelled here, whatever its case was.
std::string choose(const OptionSpec& spec, const std::string& value) {
    const auto found = std::ranges::find_if(spec.choices, [&value](const std::string& choice) {
        return equals_ignoring_case(choice, value);
    });
    if (found == spec.choices.end()) {
        refuse(spec, value, "none of " + join(spec.choices, ", "));
    }
    return *found;
}

bool take(const OptionSpec& spec, std::vector<std::string> values) {
    if (!spec.choices.empty()) {
        values.back() = choose(spec, values.back());
    }
    std::visit(Assign{.spec = spec, .values = values}, spec.target);
    return true;
}

std::string examples_text(const CommandSpec& command) {
    std::string text;
    for (const std::string& example : command.examples) {
        text += text.empty() ? "Examples:\n" : "\n";
        text += example.empty() ? "" : "  " + example;
    }
    return text;
}

void add_option(CLI::App& app, const OptionSpec& spec) {
    const OptionTarget target = spec.target;
    CLI::Option* option = nullptr;
    if (std::holds_alternative<bool*>(target)) {
        bool* const flag = std::get<bool*>(target);
        option = app.add_flag_callback(spec.names, [flag] { *flag = true; }, spec.help);
    } else {
        // The tree outlives the parser.
        option = app.add_option(
            spec.names,
            [&spec](const CLI::results_t& values) { return take(spec, values); },
            spec.help
        );
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
    app->set_version_flag(
        "--version", program.name + " " SIGNALBOX_VERSION, "Print the version and exit"
    );
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

std::vector<std::string> names_of(const std::vector<CommandSpec>& commands) {
    std::vector<std::string> names;
    for (const CommandSpec& command : commands) {
        names.push_back(command.name);
    }
    return names;
}

Failure unknown_command(const CommandSpec& parent, const std::string& word) {
    const std::vector<std::string> known = names_of(parent.commands);
    const auto nearest = nearest_word(word, known);
    return usage_error(
        parent.name + " has no command " + word + "; " +
        (nearest ? "did you mean " + *nearest + "?" : "there are: " + join(known, ", "))
    );
}

/// The option a word names, `--limit` or `--limit=3`; nullptr when there is none.
const OptionSpec* find_option(const CommandSpec& command, std::string_view word) {
    word = word.substr(0, word.find('='));
    const auto found = std::ranges::find_if(command.options, [word](const OptionSpec& option) {
        const auto names = split(option.names, ',');
        return std::ranges::find(names, word) != names.end();
    });
    return found == command.options.end() ? nullptr : &*found;
}

// How far a refused command line can be understood.
struct Understood {
    const CommandSpec* command = nullptr;
    std::string path;                            ///< `signalbox tenant create`
    std::optional<std::string> unknown_command;  ///< a word where one was needed
    std::optional<std::string> unknown_option;
};

Understood understand(const CommandSpec& program, const std::vector<std::string>& args) {
    Understood so_far{.command = &program, .path = program.name};
    bool is_value = false;
    for (const std::string& word : args) {
        if (std::exchange(is_value, false)) {
            continue;
        }
        if (word.starts_with("--") || (word.starts_with('-') && word.size() == 2)) {
            const OptionSpec* option = find_option(program, word);
            option = option == nullptr ? find_option(*so_far.command, word) : option;
            const bool flag = option != nullptr && std::holds_alternative<bool*>(option->target);
            is_value = option != nullptr && !flag && !word.contains('=');
            if (option == nullptr && !so_far.unknown_option) {
                so_far.unknown_option = word;
            }
        } else if (const CommandSpec* next = find_command(*so_far.command, word)) {
            so_far.command = next;
            so_far.path += " " + next->name;
        } else if (!so_far.command->action) {
            so_far.unknown_command = word;
            return so_far;
        }
    }
    return so_far;
}

std::string unknown_option(const CommandSpec& program, const Understood& line) {
    const std::string word = line.unknown_option->substr(0, line.unknown_option->find('='));
    std::vector<std::string> known{"--help"};
    for (const CommandSpec* const command : {&program, line.command}) {
        for (const OptionSpec& option : command->options) {
            known.push_back(long_name(option));
        }
    }
    if (std::ranges::find(known, word) != known.end()) {
        return word + " stands before its command: it goes behind `" + line.path + "`";
    }
    const auto nearest = nearest_word(word, known);
    return line.path + " has no option " + word +
           (nearest ? "; did you mean " + *nearest + "?" : "");
}

/// The parser's sentence.
std::string sentence_of(const CLI::ParseError& error) {
    std::string sentence = error.what();
    while (!sentence.empty() && (sentence.back() == '\n' || sentence.back() == '.')) {
        sentence.pop_back();
    }
    return sentence;
}

/// What the parser says, or what this program can say better.
Failure to_usage_error(
    const CommandSpec& program, const CLI::ParseError& error, const std::vector<std::string>& args
) {
    const Understood line = understand(program, args);
    if (line.unknown_command) {
        return unknown_command(*line.command, *line.unknown_command);
    }
    const bool extras = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    std::string sentence = sentence_of(error);
    if (extras && line.unknown_option) {
        sentence = unknown_option(program, line);
    } else if (!line.command->action) {
        sentence = line.path + " needs a command: " + join(names_of(line.command->commands), ", ");
    }
    sentence += "; see `" + line.path + " --help`";
    // Too few or too many arguments: the order shows in an example.
    const bool misplaced = extras || dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    if (misplaced && line.command->action && !line.command->examples.empty()) {
        sentence += ", for example `" + line.command->examples.front() + "`";
    }
    return usage_error(std::move(sentence));
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
    } catch (const CLI::CallForVersion& version) {
        return ParsedCommand{.action = {}, .text = std::string(version.what()) + "\n"};
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
