#include "cli/command_line.hpp"

#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

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
