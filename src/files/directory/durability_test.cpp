// What reaches the disk before a record may name it: files, and every directory above them.
#include "async/event_loop.hpp"
#include "base/hash.hpp"
#include "files/directory/directory_log_files.hpp"
#include "files/directory/directory_result_files.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "files/spool_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>
#include <set>

namespace signalbox::files {
namespace {

namespace fs = std::filesystem;

std::mutex synced_mutex;
std::set<std::string> synced;  // paths, under synced_mutex

void note_sync(int fd) {
    std::error_code gone;
    const fs::path path = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), gone);
    const std::lock_guard lock(synced_mutex);
    synced.insert(path.string());
}

}  // namespace
}  // namespace signalbox::files

// Stands before the C library's in this program.
extern "C" int fsync(int fd) {
    signalbox::files::note_sync(fd);
    return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace signalbox::files {
namespace {

using ::testing::IsSupersetOf;

class Durability : public ::testing::Test {
protected:
    Durability() { synced.clear(); }

    // Below the root, as paths relative to it.
    std::set<std::string> synced_here() {
        const std::lock_guard lock(synced_mutex);
        std::set<std::string> here;
        for (const std::string& path : synced) {
            here.insert(fs::path(path).lexically_relative(root_).string());
        }
        return here;
    }

    testing::TemporaryDirectory directory_;
    fs::path root_ = fs::canonical(directory_.path());
    async::EventLoop loop_;
    async::BlockingPool pool_{2};
    ManualClock clock_{Instant(std::chrono::hours(1))};
    ResultPlace place_{.tenant = {"city"}, .attempt = {.job = {"job"}, .n = 2}};
};

TEST_F(Durability, AnAdoptedArchiveIsThereAfterAPowerCut) {
    DirectoryScenarioFiles archives(pool_, clock_, root_);
    auto upload = loop_.run(SpoolFile::create(pool_, root_, 1000)).value();
    const std::string spooled = upload->path().filename();
    ASSERT_TRUE(loop_.run(upload->append("abc")));
    const model::ScenarioRef ref = upload->finish();
    ASSERT_TRUE(loop_.run(archives.adopt(upload->path(), ref)));
    EXPECT_THAT(synced_here(), IsSupersetOf({spooled, ref.sha256.substr(0, 2), std::string(".")}));
}

TEST_F(Durability, SealedResultsAreThereAfterAPowerCut) {
    DirectoryResultFiles results(pool_, root_);
    const auto writer = loop_.run(results.create(place_, "out/a.xml")).value();
    ASSERT_TRUE(loop_.run(writer->write("abc")));
    ASSERT_TRUE(loop_.run(writer->commit(sha256_hex("abc"))));
    EXPECT_THAT(synced_here(), ::testing::Contains(::testing::StartsWith("city/job/2/parts/")));
    const model::ResultFile file{"out/a.xml", 3, sha256_hex("abc")};
    ASSERT_TRUE(loop_.run(results.seal(place_, {file})));
    EXPECT_THAT(
        synced_here(),
        IsSupersetOf(
            {"city/job/2/files/out", "city/job/2/files", "city/job/2", "city/job", "city", "."}
        )
    );
}

TEST_F(Durability, ASyncedLogIsThereAfterAPowerCut) {
    DirectoryLogFiles logs(pool_, root_, {});
    ASSERT_TRUE(loop_.run(logs.append(place_, 0, "abc\n")));
    ASSERT_TRUE(loop_.run(logs.sync(place_)));
    EXPECT_THAT(synced_here(), IsSupersetOf({"city/job/2.log", "city/job", "city", "."}));
}

}  // namespace
}  // namespace signalbox::files
