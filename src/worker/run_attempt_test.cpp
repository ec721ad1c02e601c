// A worker with a server that obeys the contract and a SUMO that does not always.
#include "base/fs.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace signalbox::worker {
namespace {

using contract::WorkerPhase;
using model::Reason;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;

class RunAttempt : public WorkerFixture {
protected:
    [[nodiscard]] std::vector<std::string> left_files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(attempt_directory())) {
            names.push_back(entry.path().filename());
        }
        return names;
    }

    [[nodiscard]] Reason reason() const {
        return server_->verdict ? server_->verdict->reason : Reason::kNone;
    }

    // Tells the worker once, when the fake SUMO has said that it waits.
    void when_waiting(std::function<void()> act) {
        server_->on_log = [this, act = std::move(act), done = false]() mutable {
            if (!done && server_->log.contains("waiting")) {
                done = true;
                act();
            }
        };
    }
};

TEST_F(RunAttempt, DeliversLogResultsAndVerdictOfACompleteRun) {
    give_fake_scenario("complete");

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCompleted) << server_->verdict->error;
    EXPECT_THAT(server_->log, HasSubstr("Step #10.00"));
    EXPECT_EQ(server_->log.find('\r'), std::string::npos);
    EXPECT_EQ(server_->results.size(), server_->verdict->files.size());
    EXPECT_FALSE(server_->results.empty());
    EXPECT_EQ(server_->calls.back(), "POST /verdict");
    EXPECT_THAT(left_files(), IsEmpty());
    for (const WorkerPhase phase :
         {WorkerPhase::kFetching, WorkerPhase::kRunning, WorkerPhase::kUploading}) {
        EXPECT_TRUE(server_->saw_phase(phase)) << contract::to_word(phase);
    }
}

TEST_F(RunAttempt, SaysWhatSumoFoundWrong) {
    give_fake_scenario("fail");

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kScenarioError);
    EXPECT_THAT(server_->verdict->error, HasSubstr("The route 'r' has no edges."));
    EXPECT_EQ(server_->verdict->sumo.exit_code, 1);
}

TEST_F(RunAttempt, ReportsACrash) {
    give_fake_scenario("crash");

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kSumoCrashed);
    EXPECT_EQ(server_->verdict->sumo.signal, SIGABRT);
}

TEST_F(RunAttempt, StopsWhenTheServerSaysSo) {
    give_fake_scenario("hang");
    when_waiting([this] { server_->order = {.stop = true, .reason = Reason::kCancelled}; });

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCancelled);
    EXPECT_EQ(server_->verdict->sumo.exit_code, 0);
}

TEST_F(RunAttempt, KillsASumoThatDoesNotObey) {
    give_fake_scenario("stubborn");
    when_waiting([this] { server_->order = {.stop = true, .reason = Reason::kTimedOut}; });

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kTimedOut);
    EXPECT_EQ(server_->verdict->sumo.signal, SIGKILL);
}

TEST_F(RunAttempt, EndsARunAtItsTimeLimit) {
    give_fake_scenario("hang");
    server_->attempt.limits.wall_seconds = 1;

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kTimedOut);
}

TEST_F(RunAttempt, CutsARunAtItsMemoryRequestAndSaysItsPeak) {
    give_fake_scenario("eat-memory");
    server_->attempt.limits.memory_bytes = 64 * kMebibyte;

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kOutOfMemory);
    EXPECT_GT(server_->verdict->usage.peak_rss_bytes, 64 * kMebibyte);
    EXPECT_LT(server_->verdict->usage.peak_rss_bytes, 4 * 64 * kMebibyte);
}

TEST_F(RunAttempt, CutsARunAtItsOutputLimit) {
    give_fake_scenario("fill-disk");
    server_->attempt.limits.output_bytes = 16 * kMebibyte;

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kDiskFull);
    EXPECT_GT(server_->verdict->usage.output_bytes, 16 * kMebibyte);
}

TEST_F(RunAttempt, NoFileGrowsBeyondTheOutputLimit) {
    give_fake_scenario("one-large-file");
    server_->attempt.limits.output_bytes = 16 * kMebibyte;
    settings_.times.sample = std::chrono::hours(1);

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kDiskFull);
    EXPECT_EQ(server_->results.at("large").size(), static_cast<std::size_t>(16 * kMebibyte));
}

TEST_F(RunAttempt, KeepsFilesAsResultsAndNothingElse) {
    give_fake_scenario("odd-files");

    EXPECT_EQ(run(), WorkerExit::kDone);

    const auto& results = server_->results;
    EXPECT_TRUE(results.contains("deep/result.txt"));
    EXPECT_FALSE(results.contains("link.xml"));
    EXPECT_FALSE(results.contains("pipe.xml"));
    EXPECT_FALSE(results.contains("net.net.xml"));
    EXPECT_EQ(results.at("routes.rou.xml"), "<routes/>\n");
    EXPECT_THAT(server_->log, HasSubstr("signalbox: 1 file is not kept (its name is not valid"));
}

TEST_F(RunAttempt, LogsCleanLines) {
    give_fake_scenario("odd-bytes");

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_THAT(server_->log, HasSubstr("odd \uFFFD byte\nnul \uFFFD byte\nlast\nStep #0.00"));
}

TEST_F(RunAttempt, ShipsALongLogWhole) {
    give_fake_scenario("flood");

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCompleted);
    EXPECT_GT(server_->log.size(), 6'000'000U);
}

TEST_F(RunAttempt, TakesTheScenarioUpAgainWhereItBroke) {
    give_fake_scenario("complete");
    server_->cut_scenario_at = 100;

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCompleted);
    EXPECT_EQ(std::ranges::count(server_->calls, "GET /scenario"), 2);
}

TEST_F(RunAttempt, RefusesAScenarioThatIsNotTheOneMeant) {
    give_fake_scenario("complete");
    server_->attempt.scenario.sha256 = std::string(64, '0');

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kInternal);
    EXPECT_THAT(server_->verdict->error, HasSubstr("SHA-256"));
}

TEST_F(RunAttempt, SaysWhichSimulatorsThereAre) {
    give_fake_scenario("complete");
    server_->attempt.sumo_version = "1.2.3";

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kStartFailed);
    EXPECT_THAT(server_->verdict->error, HasSubstr("9.8.7"));
}

TEST_F(RunAttempt, GoesWithoutAWordWhenTheAttemptIsOver) {
    give_fake_scenario("stubborn");
    std::size_t calls_until_gone = 0;
    when_waiting([&] {
        server_->gone = true;
        calls_until_gone = server_->calls.size();
    });

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_FALSE(server_->verdict.has_value());
    EXPECT_LE(server_->calls.size(), calls_until_gone + 2);
    EXPECT_THAT(left_files(), IsEmpty());
}

TEST_F(RunAttempt, RunsOnWhileTheServerIsAway) {
    give_fake_scenario("complete");
    int refused = 0;
    server_->on_call = [&](const std::string&) {
        server_->away = server_->saw_phase(WorkerPhase::kFetching) && refused < 10;
        refused += server_->away ? 1 : 0;
    };

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(refused, 10);
    EXPECT_EQ(reason(), Reason::kCompleted);
    EXPECT_THAT(server_->log, HasSubstr("Step #0.00"));
}

TEST_F(RunAttempt, LeavesEverythingForTheNextWorkerWhenTheServerStaysAway) {
    give_fake_scenario("complete");
    settings_.times.patience = std::chrono::milliseconds(20);
    server_->on_call = [this](const std::string& call) {
        server_->away = server_->away || call == "POST /verdict";
    };
    EXPECT_EQ(run(), WorkerExit::kUndelivered);
    EXPECT_FALSE(server_->verdict.has_value());
    EXPECT_THAT(left_files(), AllOf(Contains("verdict.json"), Not(Contains("synced"))));

    // The next worker finds the verdict and only delivers; this server has lost everything.
    server_->on_call = nullptr;
    server_->away = false;
    server_->log.clear();
    server_->results.clear();
    server_->beats.clear();
    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCompleted);
    EXPECT_THAT(server_->log, HasSubstr("Step #10.00"));
    EXPECT_EQ(server_->results.size(), server_->verdict->files.size());
    EXPECT_FALSE(server_->saw_phase(WorkerPhase::kFetching));
    EXPECT_FALSE(server_->saw_phase(WorkerPhase::kRunning));
    EXPECT_THAT(left_files(), IsEmpty());
}

TEST_F(RunAttempt, EndsTheJobAlsoWhenTheVerdictLeftBehindCannotBeRead) {
    directory_.write("attempt/verdict.json", "{\"reason\":");

    EXPECT_EQ(run(), WorkerExit::kDone);

    ASSERT_EQ(reason(), Reason::kInternal);
    EXPECT_THAT(server_->verdict->error, HasSubstr("cannot be read"));
    EXPECT_THAT(left_files(), IsEmpty());
}

TEST_F(RunAttempt, SendsNothingMoreOnceABeatSaysThatTheAttemptIsOver) {
    give_fake_scenario("complete");
    settings_.times.patience = std::chrono::seconds(5);
    // Long enough for a beat to come in between.
    settings_.times.retry = {
        .first = std::chrono::milliseconds(400), .ceiling = std::chrono::milliseconds(400)
    };
    server_->on_call = [this](const std::string& call) {
        if (call.starts_with("PUT /results/")) {
            server_->away = true;
        } else if (call == "POST /beat" && server_->away) {
            server_->away = false;
            server_->gone = true;
        }
    };

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(server_->calls.back(), "POST /beat");
    EXPECT_FALSE(server_->verdict.has_value());
    EXPECT_THAT(left_files(), IsEmpty());
}

TEST_F(RunAttempt, SyncsWhatHasToWaitLong) {
    give_fake_scenario("complete");
    settings_.times.patience = std::chrono::seconds(60);
    settings_.times.sync_after = std::chrono::milliseconds(0);
    bool synced = false;
    server_->on_call = [&](const std::string& call) {
        synced = synced || std::filesystem::exists(settings_.directory / "synced");
        server_->away = (server_->away || call == "POST /verdict") && !synced;
    };
    EXPECT_EQ(run(), WorkerExit::kDone);
    EXPECT_TRUE(synced);
    EXPECT_THAT(left_files(), IsEmpty());
}

TEST_F(RunAttempt, TellsItsTokenToNobodyButTheServer) {
    give_fake_scenario("describe-itself");
    server_->refused_result = "signalbox/statistics.xml";

    testing::internal::CaptureStderr();
    EXPECT_EQ(run(), WorkerExit::kDone);
    const std::string own_log = testing::internal::GetCapturedStderr();

    EXPECT_FALSE(own_log.empty());
    for (const std::string& text :
         {own_log, server_->log, contract::encode(server_->verdict.value())}) {
        EXPECT_THAT(text, Not(HasSubstr(settings_.token)));
    }
}

TEST_F(RunAttempt, LosesOneRefusedResultOnly) {
    give_fake_scenario("odd-files");
    server_->refused_result = "deep/result.txt";

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCompleted);
    for (const model::ResultFile& file : server_->verdict->files) {
        EXPECT_NE(file.path, "deep/result.txt");
    }
    EXPECT_FALSE(server_->verdict->files.empty());
}

// Signals come through a signalfd; here they are sent to this thread, where they are blocked.
class SignalledRun : public RunAttempt {
protected:
    SignalledRun() {
        sigemptyset(&signals_set_);
        sigaddset(&signals_set_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_set_, nullptr);
        descriptor_ = UniqueFd(::signalfd(-1, &signals_set_, SFD_CLOEXEC | SFD_NONBLOCK));
        signals_ = descriptor_.get();
    }

    ~SignalledRun() override { pthread_sigmask(SIG_UNBLOCK, &signals_set_, nullptr); }

    sigset_t signals_set_{};
    UniqueFd descriptor_;
};

TEST_F(SignalledRun, AsksTheServerWhenNudged) {
    give_fake_scenario("hang");
    settings_.times.beat = std::chrono::hours(1);
    settings_.times.live_beat = std::chrono::hours(1);
    when_waiting([this] {
        server_->order = {.stop = true, .reason = Reason::kCancelled};
        ::pthread_kill(::pthread_self(), SIGTERM);
    });

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kCancelled);
}

TEST_F(SignalledRun, StopsAtTheSecondSignalWhenTheServerIsAway) {
    give_fake_scenario("hang");
    int refused = 0;
    server_->on_call = [&](const std::string&) {
        server_->away = server_->log.contains("waiting") && !server_->verdict && refused < 40;
        refused += server_->away ? 1 : 0;
        if (refused == 5 || refused == 10) {
            ::pthread_kill(::pthread_self(), SIGTERM);
        }
    };

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(reason(), Reason::kInterrupted);
}

}  // namespace
}  // namespace signalbox::worker
