#include "jobs/local/local_runner.hpp"

#include "async/event_loop.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"
#include "jobs/changes.hpp"
#include "jobs/local/worker_process.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>

namespace signalbox::jobs {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const AttemptId kAttempt{.job = {"0197f000-0000-7000-8000-000000000001"}, .n = 1};

class LocalRunnerTest : public ::testing::Test {
protected:
    LocalRunnerTest()
        : pool_(2), exits_(loop_.executor()), exited_(exits_.subscribe(kDispatchHint)) {
        fs::create_directory(runs());
        SB_CHECK(::mkfifo(ready().c_str(), 0600) == 0);
    }

    ~LocalRunnerTest() override {
        if (runner_) {
            loop_.run(runner_->stop());
        }
    }

    [[nodiscard]] fs::path runs() const { return directory_.path() / "runs"; }

    [[nodiscard]] fs::path ready() const { return directory_.path() / "ready"; }

    // A worker that is a shell script; `exec` keeps its process id. What reads from `ready` goes on
    // until the fixture is gone.
    LocalRunner& runner_with(const std::string& script) {
        const fs::path program = directory_.path() / "worker";
        std::ofstream(program) << "#!/bin/sh\nready=" << ready().string() << "\necho $$ > pid\n"
                               << script << "\n";
        fs::permissions(program, fs::perms::owner_all);
        runner_.emplace(
            loop_.executor(),
            pool_,
            exits_,
            clock_,
            LocalRunnerConfig{
                .runs_directory = runs(),
                .worker_program = program,
                .server_url = "unix:../../worker.sock",
                .slots = 1,
                .environment = {"PATH=/usr/bin:/bin"}
            }
        );
        return *runner_;
    }

    Presence presence() { return loop_.run(runner_->observe(kAttempt)).value(); }

    void start() {
        ASSERT_TRUE(loop_.run(runner_->start({.attempt = kAttempt, .token = "secret"})));
    }

    bool wait_for_exit() { return loop_.run(exited_.wait(20s)); }

    // Returns when the script has opened `ready`: it has written its id then.
    void wait_until_ready() { go_on_ = UniqueFd(::open(ready().c_str(), O_WRONLY | O_CLOEXEC)); }

    UniqueFd go_on_;
    testing::TemporaryDirectory directory_;
    async::EventLoop loop_;
    async::BlockingPool pool_;
    async::Signal exits_;
    async::Signal::Subscription exited_;
    ManualClock clock_{Instant{std::chrono::hours(1)}};
    std::optional<LocalRunner> runner_;
};

TEST_F(LocalRunnerTest, AFullDiskIsAnObstacle) {
    EXPECT_EQ(loop_.run(runner_with("exit 0").find_obstacle()), "");
    LocalRunner greedy(
        loop_.executor(),
        pool_,
        exits_,
        clock_,
        {.runs_directory = directory_.path(), .min_free_disk = 1.5}
    );
    const std::string obstacle = loop_.run(greedy.find_obstacle());
    EXPECT_THAT(obstacle, ::testing::StartsWith("only "));
    EXPECT_THAT(obstacle, ::testing::EndsWith(", 150 % are needed"));
    // It must become a little better than it was before runs are started again.
    EXPECT_THAT(loop_.run(greedy.find_obstacle()), ::testing::EndsWith(", 150.5 % are needed"));
}

// Each failed start costs a job one of its tries.
TEST_F(LocalRunnerTest, AMachineThatCanStartNothingIsTriedEverMoreSeldom) {
    LocalRunner runner(
        loop_.executor(),
        pool_,
        exits_,
        clock_,
        {.runs_directory = runs(), .worker_program = "/nonexistent"}
    );
    int starts = 0;
    std::string obstacle;
    for (int second = 0; second < 3600; ++second) {
        obstacle = loop_.run(runner.find_obstacle());
        if (obstacle.empty()) {
            EXPECT_FALSE(loop_.run(runner.start({.attempt = kAttempt, .token = "secret"})));
            ++starts;
        }
        clock_.advance(1s);
    }
    EXPECT_GE(starts, 3600 / 31);
    EXPECT_LE(starts, 3600 / 30 + 8);
    EXPECT_THAT(obstacle, ::testing::HasSubstr(" starts failed, the next try is in "));
    EXPECT_THAT(obstacle, ::testing::Not(::testing::HasSubstr("/"))) << "tenants read it";
}

TEST_F(LocalRunnerTest, AWorkerIsAliveUntilItEndsAndThenAbsent) {
    runner_with("exec cat < $ready");
    EXPECT_EQ(presence(), Presence::kUnstarted);
    start();
    EXPECT_EQ(presence(), Presence::kAlive);
    wait_until_ready();
    ASSERT_TRUE(loop_.run(runner_->nudge(kAttempt)));
    EXPECT_TRUE(wait_for_exit());
    EXPECT_EQ(presence(), Presence::kAbsent);
}

TEST_F(LocalRunnerTest, StartingWhatRunsAlreadyStartsNothing) {
    runner_with("echo started >> starts\nexec cat < $ready");
    start();
    wait_until_ready();
    start();
    ASSERT_TRUE(loop_.run(runner_->nudge(kAttempt)));
    EXPECT_TRUE(wait_for_exit());
    EXPECT_EQ(read_file(runs() / kAttempt.name() / "starts").value(), "started\n");
}

TEST_F(LocalRunnerTest, AnotherRunnerFindsTheWorkerOfTheOneBefore) {
    runner_with("exec cat < $ready");
    start();
    wait_until_ready();
    loop_.run(runner_->stop());
    runner_with("exec false");
    EXPECT_EQ(presence(), Presence::kAlive);
    EXPECT_EQ(loop_.run(runner_->list_leftovers()).value(), std::vector{kAttempt});
    ASSERT_TRUE(loop_.run(runner_->clean_up(kAttempt)));
    // It is a child of this process, which nobody watches any more.
    const auto pid = parse_number<pid_t>(trim(read_file(runs() / kAttempt.name() / "pid").value()));
    ASSERT_EQ(::waitpid(pid.value(), nullptr, 0), *pid);
    ASSERT_TRUE(loop_.run(runner_->clean_up(kAttempt)));
    EXPECT_FALSE(fs::exists(runs() / kAttempt.name()));
}

TEST_F(LocalRunnerTest, ANewWorkerIsNotTakenForTheProcessThatHasTheOldNumber) {
    runner_with("");
    std::ofstream(directory_.path() / "worker") << "#!/bin/sh\nls > found\n";
    const fs::path directory = runs() / kAttempt.name();
    fs::create_directory(directory);
    std::ofstream(directory / "pid") << ::getpid() << "\n";
    ASSERT_TRUE(loop_.run(runner_->redeliver(kAttempt)));
    EXPECT_TRUE(wait_for_exit());
    EXPECT_EQ(read_file(directory / "found").value().find("pid"), std::string::npos);
}

// As in a server that was started without a standard input.
TEST_F(LocalRunnerTest, ALockWithALowNumberIsHandedDownAsWell) {
    const UniqueFd input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10));
    const fs::path directory = runs() / kAttempt.name();
    fs::create_directory(directory);
    runner_with("exec cat < $ready");
    auto lock = try_lock(directory).value().value();
    ASSERT_EQ(::dup2(lock.get(), STDIN_FILENO), STDIN_FILENO);
    lock.reset();
    auto worker = spawn_worker(
        {.program = directory_.path() / "worker", .directory = directory, .environment = {}},
        UniqueFd(STDIN_FILENO)
    );
    ASSERT_TRUE(worker.has_value());
    *worker = UniqueFd(::fcntl(worker->get(), F_DUPFD_CLOEXEC, 10));  // it may have become 0 now
    ASSERT_EQ(::dup2(input.get(), STDIN_FILENO), STDIN_FILENO);
    wait_until_ready();
    EXPECT_EQ(presence(), Presence::kAlive);
    go_on_.reset();
    siginfo_t status{};
    EXPECT_EQ(::waitid(P_PIDFD, static_cast<id_t>(worker->get()), &status, WEXITED), 0);
    EXPECT_EQ(presence(), Presence::kAbsent);
}

TEST_F(LocalRunnerTest, AStartThatWaitsForThePoolIsNotAbsent) {
    LocalRunner& runner = runner_with("exec cat < $ready");
    std::promise<void> open;
    const std::shared_future<void> gate = open.get_future().share();
    async::TaskGroup group(loop_.executor());
    const auto hold = [](async::BlockingPool& pool, std::shared_future<void> until) -> Task<void> {
        co_await pool.run([until] { until.wait(); });
    };
    group.spawn("one", hold(pool_, gate));
    group.spawn("two", hold(pool_, gate));
    const auto begin = [](LocalRunner& on) -> Task<void> {
        EXPECT_TRUE(co_await on.start({.attempt = kAttempt, .token = "secret"}));
    };
    group.spawn("start", begin(runner));
    std::optional<Presence> seen;
    const auto look = [](LocalRunner& on, std::optional<Presence>& into) -> Task<void> {
        into = (co_await on.observe(kAttempt)).value();
    };
    group.spawn("look", look(runner, seen));
    loop_.run(async::yield());
    EXPECT_EQ(seen, Presence::kAlive);
    open.set_value();
    loop_.run(group.join());
    EXPECT_EQ(presence(), Presence::kAlive);
    wait_until_ready();  // it ends with the fixture then
}

TEST_F(LocalRunnerTest, AVerdictLeftBehindIsUndelivered) {
    runner_with("echo '{}' > verdict.json");
    start();
    EXPECT_TRUE(wait_for_exit());
    EXPECT_EQ(presence(), Presence::kUndelivered);
}

TEST_F(LocalRunnerTest, AVerdictFromBeforeTheMachineWasCutOffCountsIfItWasSynced) {
    runner_with("echo '{}' > verdict.json");
    start();
    EXPECT_TRUE(wait_for_exit());
    const fs::path boot = runs() / kAttempt.name() / "boot";
    ASSERT_TRUE(write_file_atomically(boot, "5f1b8a52-0a52-4d38-b5f4-4b1a4d3f0c11\n", 0600));
    EXPECT_EQ(presence(), Presence::kAbsent);
    fs::remove(boot);
    EXPECT_EQ(presence(), Presence::kAbsent);
    ASSERT_TRUE(write_file_atomically(boot.parent_path() / "synced", "", 0600));
    EXPECT_EQ(presence(), Presence::kUndelivered) << "the worker had the time to sync it";
}

TEST_F(LocalRunnerTest, AWorkerThatIgnoresSigtermIsKilledInTheEnd) {
    runner_with("trap '' TERM\ncat < $ready");
    start();
    wait_until_ready();
    ASSERT_TRUE(loop_.run(runner_->clean_up(kAttempt)));
    EXPECT_EQ(presence(), Presence::kAlive);
    clock_.advance(31s);
    ASSERT_TRUE(loop_.run(runner_->clean_up(kAttempt)));
    EXPECT_TRUE(wait_for_exit());
}

TEST_F(LocalRunnerTest, ATokenIsReadableByItsOwnerOnlyAndNotInTheEnvironment) {
    runner_with("env > environment");
    start();
    EXPECT_TRUE(wait_for_exit());
    const fs::path directory = runs() / kAttempt.name();
    EXPECT_EQ(
        fs::status(directory / "token").permissions(),
        fs::perms::owner_read | fs::perms::owner_write
    );
    EXPECT_EQ(read_file(directory / "environment").value().find("secret"), std::string::npos);
}

TEST_F(LocalRunnerTest, AProgramThatIsNotThereIsAnError) {
    runner_with("");
    fs::remove(directory_.path() / "worker");
    const auto started = loop_.run(runner_->start({.attempt = kAttempt, .token = "secret"}));
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().message().find("worker"), std::string::npos);
    EXPECT_EQ(presence(), Presence::kAbsent);
}

}  // namespace
}  // namespace signalbox::jobs
