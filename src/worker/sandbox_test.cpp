// A worker whose SUMO is in an attacker's hands: everything it tries is refused, or ends the run
// with the reason that says so.
//
// The files it aims at are everybody's to read and write, so that the sandbox alone stands between.
// Where the kernel has no Landlock the tests of it are skipped and say so; what the filter refuses,
// the limits, and how results are collected are checked in any case.
#include "base/fs.hpp"
#include "base/text.hpp"
#include "worker/process/landlock.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace signalbox::worker {
namespace {

namespace fs = std::filesystem;

using model::Reason;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;
constexpr const char* kNoLandlock =
    "this kernel has no Landlock: what it alone refuses is not refused here";
constexpr const char* kNoPermission = "Permission denied";
constexpr const char* kNotPermitted = "Operation not permitted";

class HostileSumo : public WorkerFixture {
protected:
    HostileSumo() {
        settings_.token = "secret";
        offer("attempt/token", "secret");
        offer("attempt/worker.log", "log");
        offer("signalbox.db", "records");
        offer("other/run/secret.xml", "of another tenant");
        for (const char* const folder : {"", "other", "other/run"}) {
            open_to_all(folder);
        }
    }

    void offer(const std::string& name, const std::string& content) {
        directory_.write(name, content);
        open_to_all(name);
    }

    void open_to_all(const std::string& name) {
        fs::permissions(directory_.path() / name, fs::perms::all & ~fs::perms::set_uid);
    }

    std::string content(const std::string& name) const {
        return read_file(directory_.path() / name).value_or("(gone)");
    }

    // attempt → what came of it
    std::map<std::string, std::string> run_act(const std::string& act) {
        give_fake_scenario(act);
        EXPECT_EQ(run(), WorkerExit::kDone);
        std::map<std::string, std::string> outcomes;
        for (const std::string_view line : split(server_->log, '\n')) {
            const std::size_t colon = line.rfind(": ");
            if (line.starts_with("try ") && colon != std::string_view::npos) {
                outcomes.emplace(line.substr(4, colon - 4), line.substr(colon + 2));
            }
        }
        return outcomes;
    }

    // All of them end like this, and the run goes on to its end.
    void expect_all(
        const std::map<std::string, std::string>& outcomes, const std::string& outcome
    ) {
        EXPECT_GT(outcomes.size(), 4U) << server_->log;
        for (const auto& [attempt, what] : outcomes) {
            EXPECT_EQ(what, outcome) << attempt;
        }
        expect_completed();
    }

    void expect_completed() {
        ASSERT_TRUE(server_->verdict.has_value());
        EXPECT_EQ(server_->verdict->reason, Reason::kCompleted) << server_->verdict->error << "\n"
                                                                << server_->log;
    }
};

TEST_F(HostileSumo, ReadsNothingOutsideOfItsRun) {
    if (landlock_abi() == 0) {
        GTEST_SKIP() << kNoLandlock;
    }
    expect_all(run_act("read-outside"), kNoPermission);
    EXPECT_THAT(server_->log, Not(HasSubstr("root:")));
}

TEST_F(HostileSumo, WritesNothingOutsideOfItsRun) {
    if (landlock_abi() == 0) {
        GTEST_SKIP() << kNoLandlock;
    }
    auto outcomes = run_act("write-outside");
    EXPECT_EQ(content("signalbox.db"), "records");
    EXPECT_EQ(content("other/run/secret.xml"), "of another tenant");
    EXPECT_FALSE(fs::exists(directory_.path() / "escaped"));
    EXPECT_FALSE(fs::exists("/tmp/escaped"));
    // The kernel's word for a file that would leave its rules by being moved.
    for (const char* const moved : {"move out", "move in"}) {
        EXPECT_THAT(outcomes[moved], testing::AnyOf("Invalid cross-device link", kNoPermission));
        outcomes.erase(moved);
    }
    expect_all(outcomes, kNoPermission);
}

TEST_F(HostileSumo, ChangesNoModesOwnersTimesAndFolders) {
    expect_all(run_act("change-files"), kNotPermitted);
    EXPECT_EQ(fs::status(directory_.path() / "signalbox.db").permissions(), fs::perms::all);
}

TEST_F(HostileSumo, LeavesNoLinksPipesAndDevices) {
    expect_all(run_act("make-links"), kNotPermitted);
    for (const model::ResultFile& file : server_->verdict->files) {
        EXPECT_THAT(file.path, testing::StartsWith("signalbox/"));
    }
}

TEST_F(HostileSumo, OpensNoSockets) {
    expect_all(run_act("open-sockets"), kNotPermitted);
}

TEST_F(HostileSumo, IsKilledForCallsOfAnotherArchitecture) {
#if !defined(__x86_64__)
    GTEST_SKIP() << "there is no other table of calls here";
#endif
    EXPECT_TRUE(run_act("call-as-32-bit").empty());

    ASSERT_TRUE(server_->verdict.has_value());
    EXPECT_EQ(server_->verdict->reason, Reason::kSumoCrashed);
    EXPECT_EQ(server_->verdict->sumo.signal, SIGSYS);
}

TEST_F(HostileSumo, StartsNoProcessesAndNoNamespaces) {
    auto outcomes = run_act("start-processes");
    // So that the C library falls back to clone, whose flags the filter can read.
    EXPECT_EQ(outcomes["clone3"], "Function not implemented");
    outcomes.erase("clone3");
    expect_all(outcomes, kNotPermitted);
}

TEST_F(HostileSumo, CannotTouchTheWorker) {
    expect_all(run_act("touch-the-worker"), kNotPermitted);
}

TEST_F(HostileSumo, GetsNothingOfTheKernelsFurtherThings) {
    expect_all(run_act("take-kernel-things"), kNotPermitted);
}

TEST_F(HostileSumo, TakesNoMemoryThatNobodyCounts) {
    expect_all(run_act("take-memory-elsewhere"), kNotPermitted);
    EXPECT_THAT(server_->log, HasSubstr("a terabyte of addresses: no\n"));
}

TEST_F(HostileSumo, StartsNoFloodOfThreads) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "the threads of all programs of this user would count";
    }
    const auto outcomes = run_act("start-threads");

    EXPECT_EQ(outcomes.at("twenty thousand threads"), "Resource temporarily unavailable");
    expect_completed();
}

TEST_F(HostileSumo, GetsThreeDescriptorsAndNoVariableOfTheWorker) {
    const UniqueFd stray(::open("/etc/passwd", O_RDONLY));  // not close-on-exec

    run_act("describe-itself");

    EXPECT_THAT(server_->log, HasSubstr("descriptors: 0 1 2\numask: 22\n"));
    EXPECT_THAT(server_->log, HasSubstr("leads its group: yes"));
    EXPECT_THAT(server_->log, HasSubstr("write inside: yes\nthread: yes\n"));
    EXPECT_THAT(server_->log, Not(HasSubstr("SIGNALBOX")));
    expect_completed();
}

TEST_F(HostileSumo, BecomesNoOtherProgram) {
    if (landlock_abi() == 0) {
        GTEST_SKIP() << kNoLandlock;
    }
    EXPECT_EQ(run_act("execute").at("execute"), kNoPermission);
    expect_completed();
}

TEST_F(HostileSumo, IsNotRootWhereThatIsPossible) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "the test does not run as root";
    }
    run_act("describe-itself");

    EXPECT_THAT(server_->log, HasSubstr("root: no\ncapabilities: 0.0\n"));
    EXPECT_THAT(server_->log, HasSubstr("groups: 0\n"));
}

TEST_F(HostileSumo, HasNoneOfRootsPowersWhereItMustStayRoot) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "the test does not run as root";
    }
    fs::permissions(directory_.path(), fs::perms::owner_all);

    run_act("describe-itself");

    // To search directories, whoever they belong to, stays.
    EXPECT_THAT(server_->log, HasSubstr("root: yes\ncapabilities: 4.0\n"));
    expect_completed();
}

TEST_F(HostileSumo, ByTheNameOfRootChangesNoFileOfRoots) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "the test does not run as root";
    }
    fs::permissions(directory_.path(), fs::perms::owner_all);

    expect_all(run_act("change-files"), kNotPermitted);
}

TEST_F(HostileSumo, PaysForTheHolesInItsFiles) {
    server_->attempt.limits.output_bytes = 16 * kMebibyte;

    run_act("make-sparse-files");

    ASSERT_TRUE(server_->verdict.has_value());
    EXPECT_EQ(server_->verdict->reason, Reason::kDiskFull);
    EXPECT_THAT(server_->verdict->error, HasSubstr("its limit is 16.0 MiB"));
    std::uint64_t kept = 0;
    for (const model::ResultFile& file : server_->verdict->files) {
        kept += file.size_bytes;
    }
    EXPECT_LE(kept, static_cast<std::uint64_t>(16 * kMebibyte));
    EXPECT_THAT(
        server_->log,
        HasSubstr("not kept (all together are larger than 16777216 bytes), for example")
    );
}

TEST_F(HostileSumo, IsKilledWhenItGrowsInItsGraceTime) {
    give_fake_scenario("grow-when-told");
    server_->attempt.limits.memory_bytes = 64 * kMebibyte;
    settings_.times.grace = std::chrono::hours(1);
    server_->on_log = [this] {
        if (server_->log.contains("waiting")) {
            server_->order = {.stop = true, .reason = Reason::kCancelled};
        }
    };

    EXPECT_EQ(run(), WorkerExit::kDone);

    ASSERT_TRUE(server_->verdict.has_value());
    EXPECT_EQ(server_->verdict->reason, Reason::kCancelled);
    EXPECT_EQ(server_->verdict->sumo.signal, SIGKILL);
}

TEST_F(HostileSumo, FloodsTheLogUpToItsLimit) {
    server_->attempt.limits.log_bytes = 64 << 10;

    run_act("flood");

    EXPECT_LT(server_->log.size(), std::size_t{2} << 20U);
    EXPECT_THAT(server_->log, HasSubstr("signalbox: the log reached its limit; "));
    expect_completed();
}

TEST_F(HostileSumo, RunsInADirectoryThatNobodyElseGetsInto) {
    give_fake_scenario("complete");
    mode_t mode = 0;
    server_->on_call = [&](const std::string&) {
        struct stat facts{};
        if (::stat((attempt_directory() / "run").c_str(), &facts) == 0) {
            mode = facts.st_mode & 07777U;
        }
    };

    EXPECT_EQ(run(), WorkerExit::kDone);

    EXPECT_EQ(mode, 0700U);
}

}  // namespace
}  // namespace signalbox::worker
