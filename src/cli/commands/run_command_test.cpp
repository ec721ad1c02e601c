#include "cli/testing/cli_fixture.hpp"

#include "base/fs.hpp"

#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace signalbox::cli {
namespace {

namespace fs = std::filesystem;

const std::string kJobTarget = std::string("/jobs/") + kJobId;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string event(const std::string& id, const std::string& name, const std::string& data) {
    return "id: " + id + "\nevent: " + name + "\ndata: " + data + "\n\n";
}

std::string progress(int percent) {
    return event(
        "p" + std::to_string(percent),
        "progress",
        R"({"simulated_seconds":)" + std::to_string(percent * 36) +
            R"(,"end_seconds":3600,"percent":)" + std::to_string(percent) +
            R"(,"running":12,"real_time_factor":99.5,"eta_seconds":3})"
    );
}

class RunCommand : public testing::Test {
protected:
    RunCommand() {
        std::string pattern = (fs::temp_directory_path() / "run-XXXXXX").string();
        directory = mkdtemp(pattern.data());
        zip = (directory / "town.zip").string();
        static_cast<void>(write_file_durably(zip, std::string(100'000, 'z')).has_value());
        cli.answer("POST /jobs", [this](const CannedRequest& request) {
            uploads.push_back(request);
            return json_answer(submitted());
        });
        cli.answer(
            "GET " + kJobTarget + "/explain",
            std::string(
                R"({"job_id":"x","status":"PENDING","queue_position":null,"reasons":)"
                R"([{"code":"NO_SLOT","message":"all 2 slots are taken","value":2,"limit":2}]})"
            )
        );
        end_as("SUCCEEDED", "COMPLETED", "");
    }

    ~RunCommand() override { fs::remove_all(directory); }

    static std::string submitted() {
        return R"({"job_id":")" + std::string(kJobId) +
               R"(","status":"PENDING","config_file":"town.sumocfg","warnings":[]})";
    }

    /// The events of a run without trouble, and its record.
    void end_as(const std::string& status, const std::string& reason, const std::string& error) {
        cli.answer("GET " + kJobTarget, job_json(status, reason, error));
        const std::string text = event("a", "state", job_json("PENDING")) +
                                 event("b", "state", job_json("RUNNING")) + progress(10) +
                                 progress(12) + progress(50) +
                                 event("1-end", "state", job_json(status, reason, error));
        cli.answer("GET " + kJobTarget + "/events", [text](const CannedRequest&) {
            return stream_answer(text, false);
        });
    }

    Ran run(std::vector<std::string> further = {}) {
        std::vector<std::string> args{"run", zip, "--scenario", "town"};
        args.insert(args.end(), further.begin(), further.end());
        return cli.run(std::move(args));
    }

    CliFixture cli;
    fs::path directory;
    std::string zip;
    std::vector<CannedRequest> uploads;
};

TEST_F(RunCommand, SubmitsFollowsAndShowsTheVerdictWithItsFigures) {
    const Ran ran = run({"--seed", "42", "--end", "3600", "--arg", "max-depart-delay=60"});

    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(contains(ran.out, "SUCCEEDED: completed in 12 s, 3600 s simulated")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "inserted")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "signalbox results 4a1b2c3d get")) << ran.out;
    ASSERT_EQ(uploads.size(), 1U);
    const std::string& body = uploads.front().body;
    EXPECT_TRUE(contains(body, "name=\"scenario_id\"\r\n\r\ntown\r\n"));
    EXPECT_TRUE(contains(body, "name=\"seed\"\r\n\r\n42\r\n"));
    EXPECT_TRUE(contains(body, "name=\"end\"\r\n\r\n3600\r\n"));
    EXPECT_TRUE(contains(body, "name=\"args\"\r\n\r\n[\"--max-depart-delay=60\"]\r\n"));
    EXPECT_TRUE(contains(body, "filename=\"town.zip\""));
    EXPECT_TRUE(contains(body, std::string(100'000, 'z')));
    EXPECT_FALSE(uploads.front().headers.find("Idempotency-Key").value_or("").empty());
}

TEST_F(RunCommand, WritesPlainLinesAtSensibleMomentsWithoutATerminal) {
    const Ran ran = run();
    EXPECT_TRUE(has_no_control_codes(ran.err)) << ran.err;
    EXPECT_TRUE(contains(ran.err, "running\n")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "10 %  3 s left  360 of 3600 s")) << ran.err;
    EXPECT_FALSE(contains(ran.err, "12 %")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "50 %")) << ran.err;
}

TEST_F(RunCommand, UpdatesOneLineInPlaceOnATerminal) {
    cli.terminal.err_is_terminal = true;
    cli.terminal.columns = [] { return std::size_t{200}; };
    const Ran ran = run();
    EXPECT_TRUE(contains(ran.err, "\r\x1b[Kuploading town.zip")) << ran.err;
    EXPECT_TRUE(contains(ran.err, "12 %  3 s left  432 of 3600 s  12 vehicles  99.5 × real time"));
    EXPECT_TRUE(ran.err.ends_with("\r\x1b[K"));
    EXPECT_TRUE(has_no_control_codes(ran.out));
}

TEST_F(RunCommand, EndsWithTheExitCodeOfTheVerdict) {
    end_as("FAILED", "SCENARIO_ERROR", "The vehicle type 'x' is not known.");
    const Ran failed = run();
    EXPECT_EQ(failed.code, 10);
    EXPECT_TRUE(contains(failed.out, "FAILED: SCENARIO_ERROR: The vehicle type 'x' is not known."));
    end_as("CANCELLED", "CANCELLED", "");
    EXPECT_EQ(run().code, 11);
}

TEST_F(RunCommand, PrintsTheRecordAloneAsJson) {
    const Ran ran = run({"-o", "json", "--quiet"});
    EXPECT_TRUE(ran.out.starts_with("{\n")) << ran.out;
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(run({"--detach", "-o", "name"}).out, std::string(kJobId) + "\n");
}

TEST_F(RunCommand, ResumesACutEventStreamWhereItWas) {
    int connections = 0;
    std::string resumed_at;
    cli.answer("GET " + kJobTarget + "/events", [&](const CannedRequest& request) {
        if (++connections == 1) {
            return stream_answer(event("b", "state", job_json("RUNNING")) + progress(50), true);
        }
        resumed_at = request.headers.find("Last-Event-ID").value_or("");
        return stream_answer(event("1-end", "state", job_json("SUCCEEDED", "COMPLETED")), false);
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(resumed_at, "p50");
    EXPECT_TRUE(contains(ran.err, "connection lost")) << ran.err;
}

TEST_F(RunCommand, TakesNoContentAsTheEndAndTheRecordAsTheTruth) {
    cli.answer("GET " + kJobTarget + "/events", [](const CannedRequest&) {
        return json_answer("", 204);
    });
    EXPECT_EQ(run().code, 0);
}

TEST_F(RunCommand, SaysWhyTheJobWaits) {
    int connections = 0;
    cli.answer("GET " + kJobTarget + "/events", [&](const CannedRequest&) {
        if (++connections < 20) {
            return stream_answer(event("a", "state", job_json("PENDING")), true);
        }
        return stream_answer(event("1-end", "state", job_json("SUCCEEDED", "COMPLETED")), false);
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(ran.err, "waiting to start: all 2 slots are taken")) << ran.err;
}

TEST_F(RunCommand, SendsACutUploadAgainUnderTheSameKey) {
    cli.answer("POST /jobs", [this](const CannedRequest& request) {
        uploads.push_back(request);
        return uploads.size() == 1 ? stream_answer("{", true) : json_answer(submitted());
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 0) << ran.err;
    ASSERT_EQ(uploads.size(), 2U);
    EXPECT_EQ(
        uploads[0].headers.find("Idempotency-Key").value_or("0"),
        uploads[1].headers.find("Idempotency-Key").value_or("1")
    );
    EXPECT_TRUE(contains(ran.err, "the server takes it once")) << ran.err;
}

TEST_F(RunCommand, LetsNoTextOfTheServerSteerTheTerminal) {
    int tries = 0;
    cli.answer("GET " + kJobTarget + "/events", [&tries](const CannedRequest&) {
        return ++tries == 1 ? json_answer(R"({"message":"away\u001b[2J"})", 503)
                            : stream_answer(
                                  event("1-end", "state", job_json("SUCCEEDED", "COMPLETED")), false
                              );
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(ran.err, "away\uFFFD[2J")) << ran.err;
}

TEST_F(RunCommand, ListsFindingsOfARefusedScenario) {
    cli.answer(
        "POST /jobs",
        R"({"message":"The scenario has 1 error","details":{"code":"PREFLIGHT_FAILED","context":{"findings":)"
        R"([{"file":"town.sumocfg","line":4,"severity":"error","code":"MISSING_FILE","message":"net.xml is )"
        R"(not in the archive","hint":"add it"}]}}})",
        400
    );
    const Ran ran = run();
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "town.sumocfg:4: error: net.xml is not in the archive"))
        << ran.err;
    EXPECT_TRUE(contains(ran.err, "hint: add it")) << ran.err;
}

TEST_F(RunCommand, SaysThatAJobAtALimitCanWait) {
    cli.answer(
        "POST /jobs",
        R"({"message":"Too many concurrent jobs",)"
        R"("details":{"code":"TOO_MANY_CONCURRENT_JOBS","context":{"limit":2}}})",
        429
    );
    const Ran ran = run();
    EXPECT_EQ(ran.code, 5);
    EXPECT_TRUE(contains(ran.err, "--on-limit queue")) << ran.err;
}

TEST_F(RunCommand, LeavesTheJobRunningOnCtrlCWithoutATerminal) {
    cli.answer("GET " + kJobTarget + "/events", [this](const CannedRequest&) {
        cli.interrupts->raise();
        return stream_answer(event("b", "state", job_json("RUNNING")), true);
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 12);
    EXPECT_TRUE(contains(ran.err, "goes on")) << ran.err;
    for (const std::string& request : cli.requests()) {
        EXPECT_FALSE(contains(request, "cancel"));
    }
}

// Ctrl-C at a terminal, with an answer waiting in the pipe that stands for the keyboard.
class RunInterrupted : public RunCommand {
protected:
    RunInterrupted() {
        if (pipe(keyboard) != 0) {
            std::abort();
        }
        cli.terminal.err_is_terminal = true;
        cli.terminal.input = keyboard[0];
        cli.answer("GET " + kJobTarget + "/events", [this](const CannedRequest&) {
            if (cancelled) {
                return stream_answer(
                    event("1-end", "state", job_json("CANCELLED", "CANCELLED")), false
                );
            }
            cli.interrupts->raise();
            return stream_answer(event("b", "state", job_json("RUNNING")), true);
        });
        cli.answer("POST " + kJobTarget + "/cancel", [this](const CannedRequest&) {
            cancelled = true;
            cli.answer("GET " + kJobTarget, job_json("CANCELLED", "CANCELLED"));
            return json_answer(job_json("RUNNING"));
        });
    }

    ~RunInterrupted() override {
        close(keyboard[0]);
        close(keyboard[1]);
    }

    void type(const std::string& text) const {
        ASSERT_EQ(write(keyboard[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    int keyboard[2] = {-1, -1};
    bool cancelled = false;
};

TEST_F(RunInterrupted, CancelsTheJobWhenToldSoAndWaitsForTheVerdict) {
    type("c\n");
    const Ran ran = run();
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(ran.code, 11);
}

TEST_F(RunInterrupted, LeavesTheJobRunningByDefault) {
    type("\n");
    EXPECT_EQ(run().code, 12);
    EXPECT_FALSE(cancelled);
}

TEST_F(RunInterrupted, CanBeInterruptedWhileItCancels) {
    type("c\n");
    cli.answer("POST " + kJobTarget + "/cancel", [this](const CannedRequest&) {
        cli.interrupts->raise();
        return stream_answer("{", true);
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "signalbox job 4a1b2c3d")) << ran.err;
}

TEST_F(RunCommand, StopsAnUploadOnCtrlCAndSaysSo) {
    cli.answer("POST /jobs", [this](const CannedRequest&) {
        cli.interrupts->raise();
        return stream_answer("{", true);
    });
    const Ran ran = run();
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(contains(ran.err, "upload was stopped")) << ran.err;
}

}  // namespace
}  // namespace signalbox::cli
