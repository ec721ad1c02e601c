#include "jobs/local/worker_process.hpp"

#include "base/text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <vector>

namespace signalbox::jobs {
namespace {

namespace fs = std::filesystem;

class WorkerProcessTest : public ::testing::Test {
protected:
    WorkerProcessTest() { fs::create_directory(attempt()); }

    [[nodiscard]] fs::path attempt() const { return directory_.path() / "attempt"; }

    // A worker that does not say its id, and ends when its lock's directory gets a file `end`.
    WorkerCommand silent_worker() {
        const fs::path fifo = directory_.path() / "end";
        SB_CHECK(::mkfifo(fifo.c_str(), 0600) == 0);
        const fs::path program = directory_.path() / "worker";
        std::ofstream(program) << "#!/bin/sh\nread line < " << fifo.string() << "\n";
        fs::permissions(program, fs::perms::owner_all);
        return {.program = program, .directory = attempt(), .environment = {"PATH=/usr/bin:/bin"}};
    }

    UniqueFd lock() {
        auto taken = try_lock(attempt());
        SB_CHECK(taken && *taken);
        return *std::move(*taken);
    }

    testing::TemporaryDirectory directory_;
};

// No descriptor can be made from now on.
class NoMoreDescriptors {
public:
    NoMoreDescriptors() {
        SB_CHECK(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const UniqueFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        SB_CHECK(next.valid());
        const rlimit none{
            .rlim_cur = static_cast<rlim_t>(next.get()), .rlim_max = before_.rlim_max
        };
        SB_CHECK(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    }

    ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    NoMoreDescriptors(const NoMoreDescriptors&) = delete;
    NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

private:
    rlimit before_{};
};

TEST_F(WorkerProcessTest, AWorkerThatCannotBeWatchedDoesNotRun) {
    const WorkerCommand command = silent_worker();
    const UniqueFd third(::open("/dev/null", O_RDONLY | O_CLOEXEC));  // the lock has its own place
    UniqueFd held = lock();
    {
        const NoMoreDescriptors limit;
        const auto spawned = spawn_worker(command, std::move(held));
        ASSERT_FALSE(spawned);
        EXPECT_TRUE(spawned.error().message().contains("watch the worker process"))
            << spawned.error().message();
    }
    EXPECT_FALSE(is_locked(attempt()).value());
}

TEST_F(WorkerProcessTest, TheIdOfAWorkerBeforeIsNobodysToSignal) {
    const pid_t bystander = ::fork();
    if (bystander == 0) {
        ::pause();
        ::_exit(0);
    }
    ASSERT_GT(bystander, 0);
    std::ofstream(attempt() / "pid") << bystander << "\n";
    auto worker = spawn_worker(silent_worker(), lock());
    ASSERT_TRUE(worker);
    EXPECT_TRUE(is_locked(attempt()).value());
    const auto sent = signal_worker(attempt(), SIGKILL);
    EXPECT_TRUE(sent || sent.error().code() == Code::kNotFound);
    EXPECT_EQ(::waitpid(bystander, nullptr, WNOHANG), 0) << "it was killed";
    ::kill(bystander, SIGKILL);
    ::waitpid(bystander, nullptr, 0);
    std::ofstream(directory_.path() / "end") << "now\n";
    siginfo_t status{};
    EXPECT_EQ(::waitid(P_PIDFD, static_cast<id_t>(worker->get()), &status, WEXITED), 0);
}

}  // namespace
}  // namespace signalbox::jobs
