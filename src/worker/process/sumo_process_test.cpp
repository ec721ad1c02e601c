// SUMO as a process, without a server: what ends it, what it may not take, and each layer alone.
#include "worker/process/sumo_process.hpp"

#include "base/fs.hpp"
#include "worker/process/landlock.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>

namespace signalbox::worker {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;

constexpr int kPatienceMilliseconds = 20'000;

UniqueFd pidfd_of(pid_t pid) {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// Readable within a long time: for a pidfd, that its process has ended.
bool becomes_readable(int fd) {
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, kPatienceMilliseconds) == 1;
}

class SumoProcessTest : public testing::Test {
protected:
    SumoProcessTest() {
        directory_.write("attempt/run/behaviour.add.xml", "<!-- complete -->");
        directory_.write("signalbox.db", "records");
        fs::permissions(directory_.path() / "signalbox.db", fs::perms::all);
        fs::create_directories(directory_.path() / "home/bin");
        fs::copy_file(SIGNALBOX_FAKE_SUMO, simulator().binary);
    }

    [[nodiscard]] fs::path run_directory() const { return directory_.path() / "attempt/run"; }

    [[nodiscard]] scenario::Simulator simulator() const {
        const fs::path home = directory_.path() / "home";
        return {.version = "9.8.7", .home = home, .binary = home / "bin/sumo", .options = {}};
    }

    [[nodiscard]] Sandbox sandbox() const {
        return make_sandbox(
            {.run_directory = run_directory(), .simulator = simulator(), .run_as = {}}
        );
    }

    [[nodiscard]] SumoCommand command(const std::string& behaviour) const {
        directory_.write("attempt/run/behaviour.add.xml", "<!-- " + behaviour + " -->");
        return {
            .binary = simulator().binary,
            .arguments = {},
            .environment = {},
            .directory = run_directory(),
            .limits = {}
        };
    }

    [[nodiscard]] static SumoCommand shell(const std::string& script) {
        return {
            .binary = "/bin/sh",
            .arguments = {"-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}},
            .directory = "/",
            .limits = {}
        };
    }

    // All it says until it has ended.
    static std::string output_of(SumoProcess& process) {
        std::string text;
        std::array<char, 4096> buffer{};
        for (;;) {
            const ssize_t count = ::read(process.output(), buffer.data(), buffer.size());
            if (count > 0) {
                text.append(buffer.data(), static_cast<std::size_t>(count));
            } else if (count == 0 || !becomes_readable(process.output())) {
                return text;
            }
        }
    }

    // Runs `act` in a process of its own, as a worker is one; its exit code or -signal.
    static int in_a_process(const std::function<int()>& act) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::_exit(act());
        }
        int status = 0;
        SB_CHECK(::waitpid(pid, &status, 0) == pid);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    void expect_to_end_with_its_worker() {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        const UniqueFd reader(ends[0]);
        const UniqueFd writer(ends[1]);
        const pid_t worker = ::fork();
        if (worker == 0) {
            Sandbox layers = sandbox();
            const auto process = SumoProcess::start(command("stubborn"), layers);
            const pid_t sumo = process ? process->pid() : 0;
            (void)!::write(writer.get(), &sumo, sizeof sumo);
            for (;;) {
                ::pause();
            }
        }
        pid_t sumo = 0;
        ASSERT_EQ(::read(reader.get(), &sumo, sizeof sumo), static_cast<ssize_t>(sizeof sumo));
        ASSERT_GT(sumo, 0);
        const UniqueFd sumo_fd = pidfd_of(sumo);
        ASSERT_TRUE(sumo_fd.valid());

        ::kill(worker, SIGKILL);

        EXPECT_TRUE(becomes_readable(sumo_fd.get()));
        ASSERT_EQ(::waitpid(worker, nullptr, 0), worker);
    }

    TemporaryDirectory directory_;
};

TEST_F(SumoProcessTest, EndsWithAWorkerThatIsKilled) {
    expect_to_end_with_its_worker();
}

// To drop capabilities, as to change the user, can undo the bond.
TEST_F(SumoProcessTest, EndsWithAWorkerThatIsKilledWhereItMustStayRoot) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "the test does not run as root";
    }
    fs::permissions(directory_.path(), fs::perms::owner_all);
    expect_to_end_with_its_worker();
}

TEST_F(SumoProcessTest, TakesItsWholeGroupWithIt) {
    Sandbox none;  // the filter would not let it start the other process
    auto process = SumoProcess::start(shell("sleep 1000 & echo $!"), none);
    ASSERT_TRUE(process.has_value()) << process.error().message();
    ASSERT_TRUE(becomes_readable(process->pid_fd()));
    std::array<char, 32> text{};
    ASSERT_GT(::read(process->output(), text.data(), text.size() - 1), 0);
    const UniqueFd other = pidfd_of(std::atoi(text.data()));
    ASSERT_TRUE(other.valid());

    EXPECT_EQ(process->reap().exit_code, 0);

    EXPECT_TRUE(becomes_readable(other.get()));
}

TEST_F(SumoProcessTest, SaysWhichStepOfTheStartFailed) {
    Sandbox layers = sandbox();
    SumoCommand wrong = command("complete");
    wrong.directory = directory_.path() / "nowhere";

    const auto process = SumoProcess::start(wrong, layers);

    ASSERT_FALSE(process.has_value());
    EXPECT_THAT(process.error().message(), HasSubstr("enter the run's directory"));
}

TEST_F(SumoProcessTest, StartsWhereTheWorkerItselfIsAllowedLess) {
    constexpr rlim_t kOwn = rlim_t{8} << 30U;
    const int outcome = in_a_process([this] {
        const rlimit own{.rlim_cur = kOwn, .rlim_max = kOwn};
        SumoCommand more = command("complete");
        more.limits = {.address_space_bytes = 4 * kOwn, .file_bytes = 4 * kOwn};
        if (::setrlimit(RLIMIT_AS, &own) != 0 || ::setrlimit(RLIMIT_FSIZE, &own) != 0 ||
            (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0)) {
            return 2;
        }
        Sandbox none;
        auto process = SumoProcess::start(more, none);
        return process && becomes_readable(process->pid_fd()) ? 0 : 1;
    });
    EXPECT_EQ(outcome, 0);
}

TEST_F(SumoProcessTest, StartsWhileAnotherRunHasAllThreadsOfItsUser) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "the threads of all programs of this user would count";
    }
    Sandbox layers = sandbox();
    auto greedy = SumoProcess::start(command("keep-threads"), layers);
    ASSERT_TRUE(greedy.has_value()) << greedy.error().message();
    ASSERT_TRUE(becomes_readable(greedy->output()));  // it has them

    auto other = SumoProcess::start(command("complete"), layers);

    ASSERT_TRUE(other.has_value()) << other.error().message();
    EXPECT_THAT(output_of(*other), HasSubstr("All vehicles have left"));
}

TEST_F(SumoProcessTest, IsHeldByTheFilterAlone) {
    Sandbox layers = sandbox();
    layers.landlock.reset();
    auto process = SumoProcess::start(command("make-links"), layers);
    ASSERT_TRUE(process.has_value()) << process.error().message();

    const std::string said = output_of(*process);

    EXPECT_THAT(said, HasSubstr("try symlink to a file: Operation not permitted"));
    EXPECT_THAT(said, HasSubstr("try pipe: Operation not permitted"));
    EXPECT_THAT(said, Not(HasSubstr("worked")));
}

TEST_F(SumoProcessTest, IsHeldByLandlockAlone) {
    if (landlock_abi() == 0) {
        GTEST_SKIP() << "this kernel has no Landlock";
    }
    Sandbox layers = sandbox();
    layers.seccomp = {};
    auto process = SumoProcess::start(command("make-links"), layers);
    ASSERT_TRUE(process.has_value()) << process.error().message();

    const std::string said = output_of(*process);

    EXPECT_THAT(said, HasSubstr("try symlink to a file: Permission denied"));
    EXPECT_THAT(said, HasSubstr("try pipe: Permission denied"));
    EXPECT_THAT(said, Not(HasSubstr("worked")));
}

// SUMO in `~/bin`: its folder's folder is a home, with all that lies there.
TEST_F(SumoProcessTest, DoesNotReadWhatLiesBesideItsInstallation) {
    if (landlock_abi() == 0) {
        GTEST_SKIP() << "this kernel has no Landlock";
    }
    fs::create_directories(directory_.path() / "bin");
    fs::copy_file(SIGNALBOX_FAKE_SUMO, directory_.path() / "bin/sumo");
    scenario::Simulator at_home = simulator();
    at_home.binary = directory_.path() / "bin/sumo";
    Sandbox layers =
        make_sandbox({.run_directory = run_directory(), .simulator = at_home, .run_as = {}});
    SumoCommand reading = command("read-outside");
    reading.binary = at_home.binary;
    auto process = SumoProcess::start(reading, layers);
    ASSERT_TRUE(process.has_value()) << process.error().message();

    EXPECT_THAT(output_of(*process), HasSubstr("try read ../../signalbox.db: Permission denied"));
}

}  // namespace
}  // namespace signalbox::worker
