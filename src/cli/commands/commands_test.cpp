#include "cli/testing/cli_fixture.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "cli/client/download.hpp"
#include "cli/commands/doctor_checks.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace signalbox::cli {
namespace {

namespace fs = std::filesystem;

using testing::Test;

const std::string kJobTarget = std::string("/jobs/") + kJobId;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

class Commands : public Test {
protected:
    Commands() {
        std::string pattern = (fs::temp_directory_path() / "commands-XXXXXX").string();
        directory = mkdtemp(pattern.data());
        cli.environment["SIGNALBOX_DATA"] = (directory / "none").string();
    }

    ~Commands() override { fs::remove_all(directory); }

    CliFixture cli;
    fs::path directory;
};

TEST_F(Commands, ListsJobsAsATableWithShortIdsAndNames) {
    cli.answer(
        "GET /jobs",
        R"({"jobs":[)" + job_json("SUCCEEDED", "COMPLETED") + R"(],"next_cursor":null})"
    );

    const Ran table = cli.run({"jobs"});
    EXPECT_EQ(table.code, 0);
    EXPECT_TRUE(contains(table.out, "4a1b2c3d")) << table.out;
    EXPECT_TRUE(contains(table.out, "12 s")) << table.out;
    EXPECT_TRUE(has_no_control_codes(table.out));

    EXPECT_EQ(cli.run({"jobs", "-o", "name"}).out, std::string(kJobId) + "\n");
    EXPECT_EQ(cli.requests().front(), "GET /jobs?limit=50");
}

TEST_F(Commands, FetchesPagesUntilThereIsEnough) {
    cli.answer("GET /jobs", [](const CannedRequest& request) {
        const bool second = contains(request.target, "cursor=next");
        return json_answer(
            R"({"jobs":[)" + job_json("FAILED") + R"(],"next_cursor":)" +
            (second ? "null}" : R"("next"})")
        );
    });
    EXPECT_EQ(
        cli.run({"jobs", "--all", "-o", "name"}).out, std::string(kJobId) + "\n" + kJobId + "\n"
    );
}

TEST_F(Commands, ShowsTheServersOwnAnswerAsJsonAndYaml) {
    cli.answer("GET " + kJobTarget, R"({"job_id":"x","status":"RUNNING","new_field":1.50})");
    EXPECT_TRUE(contains(cli.run({"job", kJobId, "-o", "json"}).out, "\"new_field\": 1.50"));
    EXPECT_TRUE(contains(cli.run({"job", kJobId, "-o", "yaml"}).out, "new_field: 1.50\n"));
}

TEST_F(Commands, SayRefusalsOnStderrWithTheirExitCode) {
    const auto refuse = [this](unsigned status, const std::string& code) {
        cli.answer(
            "GET /jobs",
            R"({"detail":"No.","error":"No.","message":"No.","details":{"code":")" + code +
                R"(","context":{}}})",
            status
        );
        return cli.run({"jobs"});
    };
    EXPECT_EQ(refuse(401, "UNAUTHENTICATED").code, 3);
    EXPECT_EQ(refuse(403, "FORBIDDEN").code, 3);
    EXPECT_EQ(refuse(404, "NOT_FOUND").code, 4);
    const Ran broken = refuse(503, "UNAVAILABLE");
    EXPECT_EQ(broken.code, 1);
    EXPECT_TRUE(broken.err.starts_with("signalbox: No.")) << broken.err;
    EXPECT_EQ(broken.out, "");
}

TEST_F(Commands, SayWhenToTryAgainAtALimit) {
    cli.answer("GET /jobs", [](const CannedRequest&) {
        net::Response response = json_answer(R"({"message":"Too many requests"})", 429);
        response.headers.set("Retry-After", "7");
        return response;
    });
    const Ran ran = cli.run({"jobs"});
    EXPECT_EQ(ran.code, 5);
    EXPECT_TRUE(contains(ran.err, "try again in 7 s")) << ran.err;
}

TEST_F(Commands, NameTheAddressOfAServerThatIsNotThere) {
    const std::string url = cli.dead_url();
    const Ran ran = cli.run({"--url", url, "jobs"});
    EXPECT_EQ(ran.code, 6);
    EXPECT_TRUE(contains(ran.err, url.substr(7))) << ran.err;
    EXPECT_TRUE(contains(ran.err, "signalboxd --data")) << ran.err;
}

TEST_F(Commands, SendTheKeyAsBearerOrAsAdminKey) {
    std::string bearer;
    std::string admin;
    cli.answer("GET /simulators", [&bearer](const CannedRequest& request) {
        bearer = request.headers.find("Authorization").value_or("");
        return json_answer(R"({"simulators":[{"version":"1.15.0","default":true}]})");
    });
    cli.answer("GET /admin/stats", [&admin](const CannedRequest& request) {
        admin = request.headers.find("X-Admin-Key").value_or("");
        return json_answer(R"({"counts":{},"queue_start_at":null})");
    });
    EXPECT_EQ(cli.run({"simulators", "-o", "name"}).out, "1.15.0\n");
    EXPECT_EQ(cli.run({"admin", "stats"}).code, 0);
    EXPECT_EQ(bearer, "Bearer sk-test");
    EXPECT_EQ(admin, "sk-test");
}

TEST_F(Commands, ShowANewTenantsKeyOnceAndAloneWhenAsked) {
    std::string body;
    cli.answer("POST /auth/register", [&body](const CannedRequest& request) {
        body = request.body;
        return json_answer(
            R"({"tenant_id":"demo","namespace":"demo","api_key":"sk-new","max_cpu":4,"max_memory_gi":20,)"
            R"("max_concurrent_jobs":2,"created_at":"2026-01-31T10:00:00Z"})"
        );
    });
    EXPECT_EQ(
        cli.run({"tenant", "create", "demo", "--max-cpu", "4", "--key-only"}).out, "sk-new\n"
    );
    EXPECT_TRUE(contains(body, "\"max_cpu\":4")) << body;
    EXPECT_TRUE(contains(cli.run({"tenant", "create", "demo"}).out, "sk-new"));
}

TEST_F(Commands, LoginKeepsTheServerAfterAskingItAboutTheKey) {
    cli.environment["SIGNALBOX_URL"] = cli.url();
    EXPECT_EQ(cli.run({"login", "--key", "sk-wrong"}).code, 4);
    EXPECT_TRUE(cli.contexts.contexts.all.empty());

    cli.answer("GET /tenants/me/dashboard", R"({"tenant_id":"demo"})");
    const Ran ran = cli.run({"login", "--key", "sk-right", "--name", "here"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_FALSE(contains(ran.err + ran.out, "sk-right"));
    EXPECT_EQ(cli.contexts.contexts.current, "here");
    EXPECT_EQ(cli.contexts.contexts.find("here")->key, "sk-right");
}

TEST_F(Commands, CompletionAndVersionNeedNoServer) {
    cli.environment["SIGNALBOX_URL"] = "ftp://nonsense";
    EXPECT_TRUE(contains(cli.run({"version"}).out, SIGNALBOX_VERSION));
    EXPECT_TRUE(contains(cli.run({"completion", "bash"}).out, "complete "));
    EXPECT_TRUE(contains(cli.run({"help", "tenant", "create"}).out, "--max-cpu"));
    EXPECT_EQ(cli.run({}).code, 2);
}

TEST_F(Commands, FollowALogToItsEndAndTakeTheJobsExitCode) {
    int connections = 0;
    std::string resumed_at;
    cli.answer("GET " + kJobTarget + "/logs/stream", [&](const CannedRequest& request) {
        if (++connections == 1) {
            return stream_answer(
                "id: 1-0\ndata: "
                "{\"pod\":\"local\",\"phase\":\"Running\",\"message\":\"Starting\"}\n\n"
                "id: 1-5\ndata: {\"message\":\"one\"}\n\n",
                true
            );
        }
        resumed_at = request.headers.find("Last-Event-ID").value_or("");
        return stream_answer(
            "id: 1-9\ndata: {\"message\":\"two\"}\n\n"
            "id: 1-end\ndata: {\"status\":\"Failed\",\"message\":\"SCENARIO_ERROR\"}\n\n",
            false
        );
    });
    const Ran ran = cli.run({"logs", kJobId, "-f"});
    EXPECT_EQ(ran.code, 10);
    EXPECT_EQ(ran.out, "one\ntwo\n");
    EXPECT_EQ(resumed_at, "1-5");
}

TEST_F(Commands, FollowOnlyTheLastLinesOfWhatIsThereAlready) {
    cli.answer("GET " + kJobTarget + "/logs/stream", [](const CannedRequest&) {
        return stream_answer(
            "data: {\"message\":\"one\"}\n\ndata: {\"message\":\"two\"}\n\ndata: "
            "{\"message\":\"three\"}\n\n"
            "data: {\"status\":\"Succeeded\",\"message\":\"done\"}\n\n",
            false
        );
    });
    EXPECT_EQ(cli.run({"logs", kJobId, "-f", "--lines", "2"}).out, "two\nthree\n");
}

TEST_F(Commands, EndALogWhoseReaderWentAway) {
    cli.answer("GET " + kJobTarget + "/logs/stream", [](const CannedRequest&) {
        return stream_answer(
            "data: {\"message\":\"one\"}\n\ndata: {\"message\":\"two\"}\n\n", false
        );
    });
    cli.terminal.out = [](std::string_view) { return EPIPE; };
    const Ran ran = cli.run({"logs", kJobId, "-f"});
    EXPECT_EQ(ran.code, 12);
    EXPECT_EQ(ran.err, "");
}

TEST_F(Commands, FailWhenTheirOutputCannotBeWritten) {
    cli.terminal.out = [](std::string_view) { return ENOSPC; };
    const Ran ran = cli.run({"version"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "No space left")) << ran.err;

    cli.terminal.out = [](std::string_view) { return EPIPE; };
    EXPECT_EQ(cli.run({"version"}).code, 0);
}

TEST_F(Commands, SayThatALogMayHaveMoreLines) {
    std::string lines;
    for (int n = 0; n < 10'000; ++n) {
        lines += "x\\n";
    }
    cli.answer(
        "GET " + kJobTarget + "/logs", R"({"job_id":"x","pod_name":"p","logs":")" + lines + "\"}"
    );
    const Ran ran = cli.run({"logs", kJobId});
    EXPECT_TRUE(contains(ran.err, "the last 10000 lines")) << ran.err;
    EXPECT_EQ(cli.run({"logs", kJobId, "--lines", "10000"}).err, "");
}

TEST_F(Commands, FollowALogAsPlainLinesOnly) {
    EXPECT_EQ(cli.run({"logs", kJobId, "-f", "-o", "json"}).code, 2);
}

TEST_F(Commands, SayInEveryFormatThatThereAreMoreJobs) {
    cli.answer("GET /jobs", R"({"jobs":[)" + job_json("FAILED") + R"(],"next_cursor":"next"})");
    const Ran ran = cli.run({"jobs", "--limit", "1", "-o", "name"});
    EXPECT_EQ(ran.out, std::string(kJobId) + "\n");
    EXPECT_TRUE(contains(ran.err, "there are more")) << ran.err;
}

TEST_F(Commands, ShowTheWholeHelpWhenNoneIsNamed) {
    const Ran ran = cli.run({});
    EXPECT_EQ(ran.code, 2);
    EXPECT_TRUE(contains(ran.err, "\n  jobs ")) << ran.err;
}

TEST_F(Commands, NameAnAddressWhereSomethingElseAnswers) {
    cli.answer("GET /jobs", std::string("<html>Welcome</html>"));
    const Ran ran = cli.run({"jobs"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, cli.url() + " answers, but not as Signalbox does")) << ran.err;
}

TEST_F(Commands, SayWhereARefusedKeyCameFrom) {
    cli.answer("GET /jobs", R"({"message":"Invalid API key"})", 401);
    EXPECT_TRUE(contains(cli.run({"jobs"}).err, "the key came from SIGNALBOX_KEY"));
    cli.environment.erase("SIGNALBOX_KEY");
    EXPECT_FALSE(contains(cli.run({"jobs"}).err, "the key came from"));
}

TEST_F(Commands, LoginReadsTheKeyUnseenAndCanBeInterrupted) {
    std::array<int, 2> keyboard{};
    ASSERT_EQ(pipe(keyboard.data()), 0);
    const UniqueFd in(keyboard[0]);
    const UniqueFd typed(keyboard[1]);
    cli.terminal.err_is_terminal = true;
    cli.terminal.input = in.get();
    cli.answer("GET /tenants/me/dashboard", R"({"tenant_id":"demo"})");
    const auto err = cli.terminal.err;
    cli.terminal.err = [&](std::string_view text) {
        if (text.contains("API key for")) {
            cli.interrupts->raise();
        }
        return err(text);
    };
    EXPECT_EQ(cli.run({"login", "--name", "here"}).code, 2);
    EXPECT_TRUE(cli.contexts.contexts.all.empty());

    cli.terminal.err = err;
    ASSERT_TRUE(write_all(typed.get(), "sk-typed\n", "keyboard").has_value());
    EXPECT_EQ(cli.run({"login", "--name", "here"}).code, 0);
    EXPECT_EQ(cli.contexts.contexts.find("here")->key, "sk-typed");
}

TEST_F(Commands, LoginKeepsACaFileThatIsFoundFromEverywhere) {
    cli.answer("GET /tenants/me/dashboard", R"({"tenant_id":"demo"})");
    const Ran ran =
        cli.run({"login", "--no-check", "--key", "sk-x", "--name", "here", "--ca-file", "ca.pem"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(cli.contexts.contexts.find("here")->ca_file, fs::current_path() / "ca.pem");
}

TEST_F(Commands, ResolveAShortIdBeforeAskingFurther) {
    cli.answer("GET /jobs/4a1b2c3d", job_json("FAILED"));
    cli.answer(
        "GET " + kJobTarget + "/logs", std::string(R"({"job_id":"x","pod_name":"p","logs":"text"})")
    );
    EXPECT_EQ(cli.run({"logs", "4a1b2c3d"}).out, "text\n");
}

TEST_F(Commands, RunOnAnyScenarioFileButOnlyIfItIsThere) {
    const Ran ran = cli.run({"run", (directory / "none.zip").string()});
    EXPECT_EQ(ran.code, 4);
    EXPECT_TRUE(contains(ran.err, "none.zip"));
}

// Result files.

class ResultFiles : public Commands {
protected:
    void offer(
        const std::string& name, const std::string& content, const std::string& listed_sum = ""
    ) {
        const std::string sum = listed_sum.empty() ? sha256_hex(content) : listed_sum;
        cli.answer(
            "GET " + kJobTarget + "/results",
            R"({"job_id":")" + std::string(kJobId) +
                R"(","status":"SUCCEEDED","storage_type":"local",)" +
                R"("result_location":"x","files":[{"name":")" + name + R"(","size":)" +
                std::to_string(content.size()) + R"(,"sha256":")" + sum + R"(","url":")" +
                kJobTarget + R"(/results/file"}]})"
        );
        cli.answer(
            "GET " + kJobTarget + "/results/file",
            [this, content](const CannedRequest& request) {
                const std::string range(request.headers.find("Range").value_or(""));
                ranges.push_back(range);
                if (range.empty()) {
                    return json_answer(content);
                }
                const auto offset = static_cast<std::size_t>(std::stoi(range.substr(6)));
                return json_answer(content.substr(offset), 206);
            }
        );
    }

    Ran get() { return cli.run({"results", kJobId, "get", "--to", directory.string()}); }

    std::vector<std::string> ranges;
};

TEST_F(ResultFiles, AreFetchedCheckedAndNotFetchedTwice) {
    offer("out/a.xml", "0123456789");
    EXPECT_EQ(get().code, 0);
    EXPECT_EQ(read_file(directory / "out/a.xml").value(), "0123456789");
    EXPECT_FALSE(fs::exists(directory / "out/a.xml.part"));
    EXPECT_EQ(get().code, 0);
    EXPECT_EQ(ranges.size(), 1U);
}

TEST_F(ResultFiles, AreContinuedWhereAnEarlierTryBrokeOff) {
    offer("a.xml", "0123456789");
    ASSERT_TRUE(write_file_durably(directory / "a.xml.part", "0123").has_value());
    EXPECT_EQ(get().code, 0);
    EXPECT_EQ(ranges, std::vector<std::string>{"bytes=4-"});
    EXPECT_EQ(read_file(directory / "a.xml").value(), "0123456789");
}

TEST_F(ResultFiles, AreFetchedAnewWhenWhatWasLeftIsOfAnotherFile) {
    offer("a.xml", "0123456789");
    ASSERT_TRUE(write_file_durably(directory / "a.xml.part", "xxxx").has_value());
    EXPECT_EQ(get().code, 0);
    EXPECT_EQ(ranges, (std::vector<std::string>{"bytes=4-", ""}));
    EXPECT_EQ(read_file(directory / "a.xml").value(), "0123456789");
}

TEST_F(ResultFiles, AreNotKeptWithAWrongChecksum) {
    offer("a.xml", "0123456789", sha256_hex("other"));
    const Ran ran = get();
    EXPECT_EQ(ran.code, 1);
    EXPECT_FALSE(fs::exists(directory / "a.xml"));
    EXPECT_FALSE(fs::exists(directory / "a.xml.part"));
}

TEST_F(ResultFiles, AreNeverWrittenOutsideTheDirectory) {
    for (const char* const name : {"../a", "/etc/a", "x/../../a", "a/./b", "a//b"}) {
        offer(name, "content");
        EXPECT_EQ(get().code, 1) << name;
    }
    fs::create_directory_symlink(fs::temp_directory_path(), directory / "link");
    offer("link/escaped.xml", "content");
    const Ran ran = get();
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "link")) << ran.err;
    EXPECT_FALSE(fs::exists(fs::temp_directory_path() / "escaped.xml"));
}

TEST_F(ResultFiles, MakeNoFolderOutsideTheDirectoryEither) {
    const fs::path outside = directory / "outside";
    fs::create_directory(outside);
    fs::create_directory(directory / "to");
    fs::create_directory_symlink(outside, directory / "to" / "link");
    offer("link/made/a.xml", "content");
    EXPECT_EQ(cli.run({"results", kJobId, "get", "--to", (directory / "to").string()}).code, 1);
    EXPECT_TRUE(fs::is_empty(outside));
}

TEST_F(ResultFiles, ReplaceAnotherFileOnlyOnDemand) {
    offer("a.xml", "0123456789");
    ASSERT_TRUE(write_file_durably(directory / "a.xml", "my own").has_value());
    const Ran refused = get();
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(contains(refused.err, "--overwrite")) << refused.err;
    EXPECT_EQ(read_file(directory / "a.xml").value(), "my own");

    const std::string to = directory.string();
    EXPECT_EQ(cli.run({"results", kJobId, "get", "--to", to, "--overwrite"}).code, 0);
    EXPECT_EQ(read_file(directory / "a.xml").value(), "0123456789");
}

TEST_F(ResultFiles, CanBeChosenByNameOrPattern) {
    offer("out/a.xml", "0123456789");
    const auto code = [this](const std::string& what) {
        return cli.run({"results", kJobId, "get", what, "--to", directory.string()}).code;
    };
    EXPECT_EQ(code("*.csv"), 4);
    EXPECT_EQ(code("a.xml"), 0);
    EXPECT_EQ(code("*.xml"), 0);
}

TEST_F(ResultFiles, ComeAsOneZipWhenAsked) {
    cli.answer("GET " + kJobTarget + "/results.zip", std::string("zip bytes"));
    const Ran ran = cli.run({"results", kJobId, "get", "--zip", "--to", directory.string()});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(read_file(directory / "results-4a1b2c3d.zip").value(), "zip bytes");
}

// Doctor.

TEST_F(Commands, DoctorSaysThatTheServerIsNotThere) {
    const Ran ran = cli.run({"doctor", "--url", cli.dead_url(), "--data", directory.string()});
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.out, "FAIL")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "start one: signalboxd")) << ran.out;
}

TEST(DoctorClock, ReadsHttpDatesAndNoticesSkew) {
    const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
    ASSERT_TRUE(date.has_value());
    EXPECT_EQ(date->time_since_epoch(), std::chrono::seconds(784111777));
    EXPECT_FALSE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT").has_value());
    EXPECT_FALSE(parse_http_date("Sun, 06 Xov 1994 08:49:37 GMT").has_value());
    const auto health = [&](std::chrono::seconds skew) {
        return check_clock("Sun, 06 Nov 1994 08:49:37 GMT", *date + skew).health;
    };
    EXPECT_EQ(health(std::chrono::seconds(1)), Health::kOk);
    EXPECT_EQ(health(std::chrono::seconds(-30)), Health::kWarn);
    EXPECT_EQ(health(std::chrono::hours(1)), Health::kFail);
}

}  // namespace
}  // namespace signalbox::cli
