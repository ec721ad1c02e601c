// What happens when the disk fills up in the middle: kNoSpace, nothing half stored, and everything
// goes on as soon as there is room.
#include "async/event_loop.hpp"
#include "base/hash.hpp"
#include "files/directory/directory_log_files.hpp"
#include "files/directory/directory_result_files.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "files/free_space.hpp"
#include "files/spool_file.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace signalbox::files {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMiB = std::size_t{1} << 20U;
const ResultPlace kPlace{
    .tenant = {"city-a"}, .attempt = {.job = {"0197f000-0000-7000-8000-000000000001"}, .n = 1}
};

class FullDisk : public ::testing::Test {
protected:
    void SetUp() override {
        if (!disk_.mounted()) {
            GTEST_SKIP() << disk_.problem();
        }
    }

    std::int64_t files_in(const fs::path& directory) {
        return std::ranges::count_if(
            fs::recursive_directory_iterator(directory),
            [](const fs::directory_entry& entry) { return entry.is_regular_file(); }
        );
    }

    testing::TemporaryDirectory directory_;
    testing::SmallDisk disk_{directory_.path(), 2 * kMiB};
    async::EventLoop loop_;
    async::BlockingPool pool_{2};
    ManualClock clock_{Instant(std::chrono::hours(1))};
};

TEST_F(FullDisk, AnUploadThatDoesNotFitLeavesNothing) {
    auto upload = loop_.run(SpoolFile::create(pool_, disk_.path(), 100 * kMiB)).value();
    ASSERT_TRUE(loop_.run(upload->append(std::string(kMiB, 'x'))));
    const auto refused = loop_.run(upload->append(std::string(2 * kMiB, 'x')));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kNoSpace);
    EXPECT_EQ(refused.error().word(), "DISK_FULL");
    upload.reset();
    EXPECT_EQ(files_in(disk_.path()), 0);
    EXPECT_EQ(measure_free_space(disk_.path()).value().fraction(), 1.0);
}

TEST_F(FullDisk, AnArchiveIsAdoptedWithoutFurtherRoomOnceItsDirectoryIsThere) {
    DirectoryScenarioFiles archives(pool_, clock_, disk_.path());
    auto upload = loop_.run(SpoolFile::create(pool_, disk_.path(), kMiB)).value();
    ASSERT_TRUE(loop_.run(upload->append(std::string(kMiB / 2, 'x'))));
    const model::ScenarioRef ref = upload->finish();
    fs::create_directory(disk_.path() / ref.sha256.substr(0, 2));
    disk_.fill();
    ASSERT_TRUE(loop_.run(archives.adopt(upload->path(), ref)));
    EXPECT_EQ(loop_.run(archives.open(ref.sha256)).value().size_bytes, kMiB / 2);
}

TEST_F(FullDisk, AResultThatDoesNotFitIsNeverVisibleAndCanBeSentAgain) {
    DirectoryResultFiles results(pool_, disk_.path());
    const std::string content(kMiB, 'r');
    {
        const auto writer = loop_.run(results.create(kPlace, "out/a.xml")).value();
        ASSERT_TRUE(loop_.run(writer->write(content)));
        disk_.fill();
        const auto refused = loop_.run(writer->write(content));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Code::kNoSpace);
    }
    EXPECT_EQ(loop_.run(results.open(kPlace, "out/a.xml")).error().code(), Code::kNotFound);
    disk_.make_room();
    EXPECT_EQ(files_in(disk_.path()), 0) << "a part stayed";

    const auto writer = loop_.run(results.create(kPlace, "out/a.xml")).value();
    ASSERT_TRUE(loop_.run(writer->write(content)));
    ASSERT_TRUE(loop_.run(writer->commit(sha256_hex(content))));
    const std::vector<model::ResultFile> manifest{
        {.path = "out/a.xml", .size_bytes = content.size(), .sha256 = sha256_hex(content)}
    };
    disk_.fill();
    const auto unsealed = loop_.run(results.seal(kPlace, manifest));
    ASSERT_FALSE(unsealed) << "the manifest needs a block";
    EXPECT_EQ(unsealed.error().code(), Code::kNoSpace);
    disk_.make_room();
    EXPECT_TRUE(loop_.run(results.seal(kPlace, manifest)));
}

TEST_F(FullDisk, ALogTakesWhatFitsAndGoesOnWhereItStopped) {
    DirectoryLogFiles logs(pool_, disk_.path(), {});
    std::string text;
    for (int n = 0; text.size() < kMiB; ++n) {
        text += std::to_string(n) + "\n";
    }
    ASSERT_TRUE(loop_.run(logs.append(kPlace, 0, text.substr(0, 1000))));
    disk_.fill(64 << 10U);
    const auto refused = loop_.run(logs.append(kPlace, 1000, text.substr(1000)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kNoSpace);

    disk_.make_room();
    EXPECT_EQ(loop_.run(logs.append(kPlace, 1000, text.substr(1000))).value(), text.size());
    EXPECT_EQ(loop_.run(logs.read(kPlace, 0, 2 * kMiB)).value().bytes, text);
}

}  // namespace
}  // namespace signalbox::files
