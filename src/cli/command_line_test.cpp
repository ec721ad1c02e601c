#include "cli/command_line.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace signalbox::cli {
namespace {

struct Parsed {
    std::shared_ptr<Settings> settings = std::make_shared<Settings>();
    CommandSpec program = make_program(settings);
    Result<ParsedCommand> command;

    explicit Parsed(std::vector<std::string> args)
        : command(parse_command_line(program, std::move(args))) {}
};

std::string error_of(std::vector<std::string> args) {
    const Parsed parsed(std::move(args));
    return parsed.command ? "" : parsed.command.error().message();
}

// A command whose option values can be looked at.
struct Sample {
    bool flag = false;
    std::string text;
    std::vector<std::string> list;
    std::vector<std::string> rest;
    std::optional<std::int64_t> number;
    std::optional<double> real;
    std::optional<std::chrono::seconds> time;

    Result<ParsedCommand> parse(std::vector<std::string> args) {
        args.insert(args.begin(), "do");
        const CommandSpec program{
            .name = "sample",
            .summary = "",
            .commands = {{
                .name = "do",
                .summary = "",
                .options =
                    {
                        {"FIRST", &text, "", "", true},
                        {"REST", &rest, ""},
                        {"-f,--flag", &flag, ""},
                        {"--arg", &list, "", "X"},
                        {"--number", &number, "", "N"},
                        {"--real", &real, "", "N"},
                        {"--time", &time, "", "T"},
                    },
                .action = [](Session&) -> Task<Result<int>> { co_return 0; },
            }}
        };
        return parse_command_line(program, std::move(args));
    }
};

TEST(CommandLine, TakesGlobalOptionsBeforeAndBehindTheCommand) {
    EXPECT_EQ(Parsed({"-o", "json", "jobs"}).settings->format, Format::kJson);
    EXPECT_EQ(Parsed({"jobs", "-o", "yaml"}).settings->format, Format::kYaml);
    EXPECT_EQ(Parsed({"tenant", "list", "--data", "d"}).settings->data_directory, "d");
}

TEST(CommandLine, TakesWordsThatAreCommandsElsewhereAsValues) {
    EXPECT_TRUE(Parsed({"tenant", "create", "run"}).command.has_value());
    EXPECT_TRUE(Parsed({"logs", "job"}).command.has_value());
}

TEST(CommandLine, ReadsEveryKindOfValue) {
    Sample sample;
    ASSERT_TRUE(sample
                    .parse(
                        {"a",
                         "b",
                         "c",
                         "-f",
                         "--arg",
                         "--x=1",
                         "--arg",
                         "y",
                         "--number",
                         "-5",
                         "--real",
                         "1.5",
                         "--time",
                         "2h"}
                    )
                    .has_value());
    EXPECT_TRUE(sample.flag);
    EXPECT_EQ(sample.text, "a");
    EXPECT_EQ(sample.rest, (std::vector<std::string>{"b", "c"}));
    EXPECT_EQ(sample.list, (std::vector<std::string>{"--x=1", "y"}));
    EXPECT_EQ(sample.number, -5);
    EXPECT_EQ(sample.real, 1.5);
    EXPECT_EQ(sample.time, std::chrono::hours(2));
}

TEST(CommandLine, AListOptionTakesOneValueAtATime) {
    Sample sample;
    ASSERT_TRUE(sample.parse({"--arg", "x", "a", "b"}).has_value());
    EXPECT_EQ(sample.list, std::vector<std::string>{"x"});
    EXPECT_EQ(sample.text, "a");
    EXPECT_EQ(sample.rest, std::vector<std::string>{"b"});
}

TEST(CommandLine, RefusesMalformedValuesAsUsage) {
    for (const std::vector<std::string>& bad :
         {std::vector<std::string>{}, {"a", "--number", "x"}, {"a", "--time", "1w"}, {"a", "--none"}
         }) {
        Sample sample;
        const auto parsed = sample.parse(bad);
        ASSERT_FALSE(parsed.has_value());
        EXPECT_EQ(exit_code_of(parsed.error()), kExitUsage);
    }
}

TEST(CommandLine, NamesTheNearestCommandForATypo) {
    EXPECT_EQ(error_of({"jbos"}), "signalbox has no command jbos; did you mean jobs?");
    EXPECT_EQ(
        error_of({"-o", "json", "tenant", "lst"}), "tenant has no command lst; did you mean list?"
    );
}

TEST(CommandLine, NamesTheNearestOptionForATypo) {
    EXPECT_TRUE(error_of({"jobs", "--stat", "RUNNING"})
                    .starts_with("signalbox jobs has no option --stat; did you mean --status?"));
    EXPECT_TRUE(error_of({"tenant", "create", "x", "--max-cpus=3"})
                    .starts_with("signalbox tenant create has no option --max-cpus; did you mean "
                                 "--max-cpu?"));
}

TEST(CommandLine, SaysThatAnOptionStandsBeforeItsCommand) {
    EXPECT_TRUE(error_of({"--no-check", "login"})
                    .starts_with("--no-check stands before its command: it goes behind "
                                 "`signalbox login`"));
}

TEST(CommandLine, SaysWhatAValueShouldHaveBeen) {
    EXPECT_TRUE(
        error_of({"jobs", "--limit", "abc"}).starts_with("--limit abc is not a whole number")
    );
    EXPECT_TRUE(
        error_of({"run", "x", "--timeout", "0"}).starts_with("--timeout 0 is not a time such as")
    );
    EXPECT_TRUE(error_of({"run", "x", "--end", "nan"}).starts_with("--end nan is not a number"));
    EXPECT_TRUE(error_of({"jobs", "--status", "ALL"})
                    .starts_with("--status ALL is none of QUEUED, PENDING, RUNNING"));
}

TEST(CommandLine, TakesChoicesInAnyCase) {
    EXPECT_EQ(Parsed({"jobs", "-o", "JSON"}).settings->format, Format::kJson);
    EXPECT_TRUE(Parsed({"jobs", "--status", "running"}).command.has_value());
}

TEST(CommandLine, ListsTheCommandsWhereOneIsMissing) {
    EXPECT_TRUE(
        error_of({"context"}).starts_with("signalbox context needs a command: list, use, delete")
    );
}

TEST(CommandLine, ShowsTheOrderOfArgumentsInAnExample) {
    EXPECT_TRUE(error_of({"results", "get", "1a2b"})
                    .ends_with("`signalbox results 1a2b3c4d get --to results`"));
}

TEST(CommandLine, KnowsItsVersion) {
    const Parsed parsed({"--version"});
    ASSERT_TRUE(parsed.command.has_value());
    EXPECT_EQ(parsed.command->text, "signalbox " SIGNALBOX_VERSION "\n");
}

TEST(CommandLine, SaysWhereHelpIs) {
    EXPECT_NE(error_of({"logs"}).find("signalbox logs --help"), std::string::npos);
    EXPECT_NE(
        error_of({"jobs", "--status", "ALL"}).find("signalbox jobs --help"), std::string::npos
    );
}

TEST(CommandLine, AcceptsResultsWithAndWithoutGet) {
    EXPECT_TRUE(Parsed({"results", "1a2b"}).command.has_value());
    EXPECT_TRUE(Parsed({"results", "1a2b", "get"}).command.has_value());
    EXPECT_TRUE(Parsed({"results", "1a2b", "get", "a", "b", "--to", "d"}).command.has_value());
    EXPECT_FALSE(Parsed({"results"}).command.has_value());
}

void expect_help(
    const CommandSpec& program, const CommandSpec& command, std::vector<std::string> path
) {
    const auto help = help_of(program, path);
    ASSERT_TRUE(help.has_value()) << command.name;
    EXPECT_NE(help->find("Examples:"), std::string::npos) << command.name;
    EXPECT_FALSE(command.summary.empty());
    for (const std::string_view line : split(*help, '\n')) {
        EXPECT_LE(line.size(), 80U) << line;
    }
    for (const CommandSpec& child : command.commands) {
        std::vector<std::string> further = path;
        further.push_back(child.name);
        expect_help(program, child, further);
    }
}

TEST(CommandLine, EveryCommandHasHelpWithExamples) {
    const CommandSpec program = make_program(std::make_shared<Settings>());
    expect_help(program, program, {});
    EXPECT_FALSE(help_of(program, {"nonsense"}).has_value());
}

TEST(CommandLine, NoExampleHasAKeyOnTheCommandLine) {
    const CommandSpec program = make_program(std::make_shared<Settings>());
    EXPECT_EQ(help_of(program, {}).value().find("--key sk-"), std::string::npos);
}

TEST(Completion, KnowsEveryCommandInEveryShell) {
    const CommandSpec program = make_program(std::make_shared<Settings>());
    for (const char* const shell : {"bash", "zsh", "fish"}) {
        const std::string script = completion_script(program, shell).value();
        for (const CommandSpec& command : program.commands) {
            EXPECT_NE(script.find(command.name), std::string::npos) << shell << " " << command.name;
        }
    }
    EXPECT_EQ(exit_code_of(completion_script(program, "csh").error()), kExitUsage);
}

// What a shell says to a script; nothing when there is no such shell here.
std::optional<std::string> ask_shell(const std::string& shell, const std::string& script) {
    std::string file = (std::filesystem::temp_directory_path() / "completion-XXXXXX").string();
    const UniqueFd fd(mkstemp(file.data()));
    EXPECT_TRUE(write_all(fd.get(), script, file).has_value());
    const std::string command =
        "command -v " + shell + " >/dev/null || exit 77; HOME=/nonexistent " + shell + " " + file;
    FILE* const pipe = popen(command.c_str(), "r");
    std::string said;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
        said.push_back(static_cast<char>(c));
    }
    const int status = pclose(pipe);
    std::filesystem::remove(file);
    return WEXITSTATUS(status) == 77 ? std::nullopt : std::optional(said);
}

std::string script_for(const std::string& shell) {
    return completion_script(make_program(std::make_shared<Settings>()), shell).value();
}

TEST(Completion, CompletesInBash) {
    const auto complete = [](const std::string& words) {
        const std::string script = script_for("bash") + "COMP_WORDS=(signalbox " + words +
                                   ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_signalbox\n"
                                   "echo \"${COMPREPLY[*]}\"\n";
        return ask_shell("bash", script).value_or("no bash");
    };
    EXPECT_EQ(complete("ten"), "tenant\n");
    EXPECT_EQ(complete("tenant cr"), "create\n");
    EXPECT_EQ(complete("-o json jobs --status R"), "RUNNING\n");
    EXPECT_EQ(complete("jobs -o ''"), "table json yaml name\n");
    EXPECT_EQ(complete("results 1a2b ge"), "get\n");
    EXPECT_EQ(complete("completion f"), "fish\n");
    EXPECT_EQ(complete("help ten"), "tenant\n");
    EXPECT_EQ(complete("jobs --limit ''"), "\n");
    EXPECT_EQ(complete("key delete --"), complete("key delete ''"));
}

TEST(Completion, CompletesFilesWithBlanksInBash) {
    const std::string script =
        script_for("bash") +
        "directory=$(mktemp -d) && cd \"$directory\" && mkdir run 'my town' && : >town.zip\n"
        "say() { _signalbox; printf '%s\\n' \"${COMPREPLY[@]}\" | sort | tr '\\n' '|'; }\n"
        "COMP_WORDS=(signalbox check '') COMP_CWORD=2; say\n"
        "COMP_WORDS=(signalbox results x get --to '') COMP_CWORD=5; say\n"
        "cd / && rm -r \"$directory\"\n";
    EXPECT_EQ(ask_shell("bash", script).value_or("no bash"), "my town|run|town.zip|my town|run|");
}

TEST(Completion, CompletesInFish) {
    const std::string script = script_for("fish") +
                               "complete -C 'signalbox tenant cr' | string split -f 1 \\t\n"
                               "complete -C 'signalbox jobs --status R' | string split -f 1 \\t\n";
    const auto said = ask_shell("fish --no-config", script);
    if (!said) {
        GTEST_SKIP() << "no fish here";
    }
    EXPECT_EQ(*said, "create\nRUNNING\n");
}

TEST(Completion, CanBeReadByZsh) {
    const auto said = ask_shell(
        "zsh",
        "compdef() { echo \"$@\"; }\n" + script_for("zsh") + "typeset -f _signalbox | head -n 1\n"
    );
    if (!said) {
        GTEST_SKIP() << "no zsh here";
    }
    EXPECT_EQ(*said, "_signalbox signalbox\n_signalbox () {\n");
}

TEST(ExitCode, FollowsTheKindOfError) {
    const auto code = [](Code kind, std::string word) {
        return exit_code_of(Error(kind, std::move(word), ""));
    };
    EXPECT_EQ(code(Code::kInvalid, "X"), 1);
    EXPECT_EQ(usage_error("").error().code(), Code::kInvalid);
    EXPECT_EQ(exit_code_of(usage_error("").error()), 2);
    EXPECT_EQ(code(Code::kUnauthenticated, "X"), 3);
    EXPECT_EQ(code(Code::kForbidden, "X"), 3);
    EXPECT_EQ(code(Code::kNotFound, "X"), 4);
    EXPECT_EQ(code(Code::kExhausted, "X"), 5);
    EXPECT_EQ(code(Code::kUnavailable, std::string(kUnreachableWord)), 6);
    EXPECT_EQ(code(Code::kUnavailable, "NO_SIMULATOR"), 1);
}

TEST(ExitCode, TellsHowAFollowedJobEnded) {
    EXPECT_EQ(exit_code_of(model::JobStatus::kSucceeded), 0);
    EXPECT_EQ(exit_code_of(model::JobStatus::kFailed), 10);
    EXPECT_EQ(exit_code_of(model::JobStatus::kCancelled), 11);
    EXPECT_EQ(exit_code_of(model::JobStatus::kRunning), 12);
    EXPECT_EQ(exit_code_of(model::JobStatus::kQueued), 12);
}

}  // namespace
}  // namespace signalbox::cli
