#include "async/event_loop.hpp"
#include "async/task_group.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "files/directory/directory_log_files.hpp"
#include "files/directory/directory_result_files.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "files/spool_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace signalbox::files {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr Instant kNoon{std::chrono::hours(12 * 365 * 24)};
const ResultPlace kPlace{
    .tenant = {"city-a"}, .attempt = {.job = {"0197f000-0000-7000-8000-000000000001"}, .n = 1}
};

class DirectoryFilesTest : public ::testing::Test {
protected:
    std::string read_all(const OpenFile& file) {
        std::string bytes(file.size_bytes, '\0');
        EXPECT_EQ(
            ::pread(file.fd.get(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(bytes.size())
        );
        return bytes;
    }

    std::unique_ptr<SpoolFile> spooled(const std::string& content) {
        auto file = loop_.run(SpoolFile::create(pool_, directory_.path(), 1000)).value();
        EXPECT_TRUE(loop_.run(file->append(content)));
        return file;
    }

    testing::TemporaryDirectory directory_;
    async::EventLoop loop_;
    async::BlockingPool pool_{2};
    ManualClock clock_{kNoon};
};

TEST_F(DirectoryFilesTest, ASpooledUploadIsCountedHashedAndGoneWithItsOwner) {
    auto file = spooled("abc");
    const fs::path path = file->path();
    EXPECT_EQ(file->finish(), (model::ScenarioRef{sha256_hex("abc"), 3}));
    EXPECT_TRUE(fs::exists(path));
    file.reset();
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(DirectoryFilesTest, AnUploadAboveTheLimitNamesBothSizes) {
    auto file = loop_.run(SpoolFile::create(pool_, directory_.path(), 2 << 20)).value();
    ASSERT_TRUE(loop_.run(file->append(std::string(2 << 20, 'x'))));
    const auto refused = loop_.run(file->append(std::string(1 << 19, 'x')));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kTooLarge);
    EXPECT_EQ(refused.error().message(), "File too large: 2.50MB (max: 2MB)");
}

class ScenarioFilesTest : public DirectoryFilesTest {
protected:
    ScenarioFilesTest() : files_(pool_, clock_, directory_.path()) {}

    std::string adopted(const std::string& content) {
        auto file = spooled(content);
        const auto ref = file->finish();
        EXPECT_TRUE(loop_.run(files_.adopt(file->path(), ref)));
        return ref.sha256;
    }

    std::vector<std::string> older_than(Instant before, std::string after = "") {
        return loop_.run(files_.list_older_than(before, std::move(after), 10)).value();
    }

    DirectoryScenarioFiles files_;
};

TEST_F(ScenarioFilesTest, TheSameContentIsKeptOnce) {
    const std::string hash = adopted("abc");
    EXPECT_EQ(adopted("abc"), hash);
    EXPECT_EQ(read_all(loop_.run(files_.open(hash)).value()), "abc");
    EXPECT_EQ(older_than(kNoon + 1h).size(), 1U);
}

TEST_F(ScenarioFilesTest, AnArchiveThatIsThereOnlyGrowsYounger) {
    const std::string hash = adopted("abc");
    struct stat first{};
    ASSERT_EQ(::fstat(loop_.run(files_.open(hash)).value().fd.get(), &first), 0);
    clock_.advance(2h);
    auto again = spooled("abc");
    ASSERT_TRUE(loop_.run(files_.adopt(again->path(), again->finish())));
    EXPECT_FALSE(std::filesystem::exists(again->path()));
    struct stat second{};
    ASSERT_EQ(::fstat(loop_.run(files_.open(hash)).value().fd.get(), &second), 0);
    EXPECT_EQ(second.st_ino, first.st_ino);
    EXPECT_TRUE(older_than(kNoon + 1h).empty());
}

TEST_F(ScenarioFilesTest, AnArchiveThatWasRemovedIsStoredAgain) {
    const std::string hash = adopted("abc");
    ASSERT_TRUE(loop_.run(files_.remove(hash, kNoon + 1h)));
    EXPECT_EQ(adopted("abc"), hash);
    EXPECT_TRUE(loop_.run(files_.open(hash)));
}

TEST_F(ScenarioFilesTest, WhatWasTouchedIsYoungAndNotRemoved) {
    const std::string hash = adopted("abc");
    clock_.advance(2h);
    EXPECT_EQ(older_than(kNoon + 1h), std::vector{hash});
    ASSERT_TRUE(loop_.run(files_.touch(hash)));
    EXPECT_TRUE(older_than(kNoon + 1h).empty());
    ASSERT_TRUE(loop_.run(files_.remove(hash, kNoon + 1h)));
    EXPECT_TRUE(loop_.run(files_.open(hash)));
    ASSERT_TRUE(loop_.run(files_.remove(hash, kNoon + 3h)));
    EXPECT_EQ(loop_.run(files_.open(hash)).error().code(), Code::kNotFound);
    EXPECT_EQ(loop_.run(files_.touch(hash)).error().code(), Code::kNotFound);
}

TEST_F(ScenarioFilesTest, ListsAreResumedBehindTheLastHash) {
    std::vector<std::string> hashes{adopted("a"), adopted("b"), adopted("c")};
    std::ranges::sort(hashes);
    EXPECT_EQ(older_than(kNoon + 1h), hashes);
    EXPECT_EQ(older_than(kNoon + 1h, hashes[1]), std::vector{hashes[2]});
}

TEST_F(ScenarioFilesTest, WhatIsNoHashIsNeverAPath) {
    EXPECT_EQ(loop_.run(files_.open("../../etc/passwd")).error().code(), Code::kNotFound);
    EXPECT_TRUE(loop_.run(files_.remove("..", kNoon)));
}

Task<void> count_archives_lost(DirectoryScenarioFiles* files, std::string hash, int* lost) {
    const auto touched = co_await files->touch(hash);
    const bool there = (co_await files->open(hash)).has_value();
    *lost += touched.has_value() && !there ? 1 : 0;
}

Task<void> remove_archive(DirectoryScenarioFiles* files, std::string hash, Instant before) {
    EXPECT_TRUE(co_await files->remove(std::move(hash), before));
}

TEST_F(ScenarioFilesTest, AnArchiveThatWasTouchedIsNeverRemovedWhateverTheOrder) {
    int lost = 0;
    int kept = 0;
    for (int i = 0; i < 200; ++i) {
        const std::string hash = adopted("archive " + std::to_string(i));
        clock_.advance(2h);
        async::TaskGroup group(loop_.executor());
        if (i % 2 == 0) {
            group.spawn("remove", remove_archive(&files_, hash, clock_.now() - 1h));
            group.spawn("touch", count_archives_lost(&files_, hash, &lost));
        } else {
            group.spawn("touch", count_archives_lost(&files_, hash, &lost));
            group.spawn("remove", remove_archive(&files_, hash, clock_.now() - 1h));
        }
        loop_.run(group.join());
        kept += loop_.run(files_.open(hash)) ? 1 : 0;
    }
    EXPECT_EQ(lost, 0);
    EXPECT_GT(kept, 0);
}

class ResultFilesTest : public DirectoryFilesTest {
protected:
    ResultFilesTest() : files_(pool_, directory_.path()) {}

    Result<void> put(
        const std::string& path, const std::string& content, const ResultPlace& place = kPlace
    ) {
        auto writer = loop_.run(files_.create(place, path));
        if (!writer) {
            return Failure(writer.error());
        }
        SB_OK(loop_.run((*writer)->write(content)));
        return loop_.run((*writer)->commit(sha256_hex(content)));
    }

    static model::ResultFile entry(const std::string& path, const std::string& content) {
        return {.path = path, .size_bytes = content.size(), .sha256 = sha256_hex(content)};
    }

    DirectoryResultFiles files_;
};

TEST_F(ResultFilesTest, AFileIsVisibleOnlyWholeAndWithItsHash) {
    auto writer = loop_.run(files_.create(kPlace, "out/a.xml")).value();
    ASSERT_TRUE(loop_.run(writer->write("abc")));
    EXPECT_FALSE(loop_.run(files_.open(kPlace, "out/a.xml")));
    EXPECT_EQ(loop_.run(writer->commit(sha256_hex("abd"))).error().word(), "HASH_MISMATCH");
    writer.reset();
    ASSERT_TRUE(put("out/a.xml", "abc"));
    EXPECT_EQ(read_all(loop_.run(files_.open(kPlace, "out/a.xml")).value()), "abc");
}

TEST_F(ResultFilesTest, AManifestIsOnlyWrittenOverWhatIsThere) {
    ASSERT_TRUE(put("a", "abc"));
    EXPECT_FALSE(loop_.run(files_.seal(kPlace, {entry("a", "abc"), entry("b", "x")})));
    EXPECT_FALSE(loop_.run(files_.seal(kPlace, {entry("a", "xyz")})));
    EXPECT_TRUE(loop_.run(files_.seal(kPlace, {entry("a", "abc")})));
}

TEST_F(ResultFilesTest, AnotherServerSealsByReadingTheFilesAgain) {
    ASSERT_TRUE(put("a", "abc"));
    DirectoryResultFiles later(pool_, directory_.path());
    EXPECT_FALSE(loop_.run(later.seal(kPlace, {entry("a", "xyz")})));
    EXPECT_TRUE(loop_.run(later.seal(kPlace, {entry("a", "abc")})));
    EXPECT_TRUE(loop_.run(later.seal(kPlace, {entry("a", "abc")}))) << "again is fine";
}

TEST_F(ResultFilesTest, NoPathLeavesTheAttempt) {
    for (const std::string& path :
         {std::string("../a"),
          std::string("/a"),
          std::string("a//b"),
          std::string("a/./b"),
          std::string("a\\b"),
          std::string("a\nb"),
          std::string(),
          std::string("\xFF"),
          std::string(2000, 'a'),
          std::string("a/")}) {
        EXPECT_FALSE(loop_.run(files_.create(kPlace, path))) << path;
        EXPECT_FALSE(loop_.run(files_.open(kPlace, path))) << path;
    }
}

TEST_F(ResultFilesTest, LinksAreNotFollowed) {
    ASSERT_TRUE(put("a", "abc"));
    const fs::path files = files_.location(kPlace);
    fs::create_symlink("/etc/passwd", files / "link");
    EXPECT_FALSE(loop_.run(files_.open(kPlace, "link")));
    EXPECT_FALSE(loop_.run(files_.seal(kPlace, {entry("link", "abc")})));
}

TEST_F(ResultFilesTest, ALinkOnTheWayIsNotFollowedEither) {
    ASSERT_TRUE(put("a", "abc"));
    const fs::path files = files_.location(kPlace);
    const fs::path elsewhere = directory_.path() / "elsewhere";
    fs::create_directory(elsewhere);
    ASSERT_TRUE(write_file_durably(elsewhere / "b", "xyz"));
    fs::create_directory_symlink(elsewhere, files / "out");
    EXPECT_EQ(loop_.run(files_.open(kPlace, "out/b")).error().code(), Code::kNotFound);
    EXPECT_FALSE(loop_.run(files_.seal(kPlace, {entry("out/b", "xyz")})));
    EXPECT_EQ(put("out/c", "new").error().code(), Code::kInvalid);
    EXPECT_FALSE(fs::exists(elsewhere / "c"));
}

TEST_F(ResultFilesTest, ANameIsAFileOrADirectory) {
    ASSERT_TRUE(put("a", "abc"));
    ASSERT_TRUE(put("d/e", "abc"));
    for (const std::string path : {"a/b", "d"}) {
        const auto refused = put(path, "abc");
        ASSERT_FALSE(refused) << path;
        EXPECT_EQ(refused.error().code(), Code::kInvalid);
        EXPECT_NE(refused.error().message().find("\"" + path + "\""), std::string::npos);
    }
    EXPECT_TRUE(loop_.run(files_.seal(kPlace, {entry("a", "abc"), entry("d/e", "abc")})));
}

TEST_F(ResultFilesTest, SealingRemovesWhatTheManifestDoesNotName) {
    ASSERT_TRUE(put("a", "abc"));
    ASSERT_TRUE(put("out/b", "abc"));
    ASSERT_TRUE(put("out/c", "abc"));
    ASSERT_TRUE(loop_.run(files_.seal(kPlace, {entry("out/b", "abc")})));
    EXPECT_FALSE(loop_.run(files_.open(kPlace, "a")));
    EXPECT_TRUE(loop_.run(files_.open(kPlace, "out/b")));
    EXPECT_FALSE(loop_.run(files_.open(kPlace, "out/c")));
}

TEST_F(ResultFilesTest, SealingRemovesWhatEarlierAttemptsNeverSealed) {
    std::vector<ResultPlace> attempts(4, kPlace);
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        attempts[i].attempt.n = static_cast<std::int32_t>(i) + 1;
        ASSERT_TRUE(put("a", "abc", attempts[i]));
    }
    ASSERT_TRUE(loop_.run(files_.seal(attempts[0], {entry("a", "abc")})));
    ASSERT_TRUE(loop_.run(files_.seal(attempts[2], {entry("a", "abc")})));
    EXPECT_TRUE(loop_.run(files_.open(attempts[0], "a"))) << "sealed";
    EXPECT_FALSE(loop_.run(files_.open(attempts[1], "a"))) << "lost";
    EXPECT_TRUE(loop_.run(files_.open(attempts[2], "a")));
    EXPECT_TRUE(loop_.run(files_.open(attempts[3], "a"))) << "may still be running";
}

Task<void> seal_into(
    DirectoryResultFiles* files, std::vector<model::ResultFile> manifest, std::vector<bool>* sealed
) {
    sealed->push_back((co_await files->seal(kPlace, std::move(manifest))).has_value());
}

TEST_F(ResultFilesTest, ARepeatedVerdictMaySealAtTheSameTime) {
    ASSERT_TRUE(put("a", "abc"));
    std::vector<bool> sealed;
    for (int i = 0; i < 30; ++i) {
        async::TaskGroup group(loop_.executor());
        group.spawn("first", seal_into(&files_, {entry("a", "abc")}, &sealed));
        group.spawn("again", seal_into(&files_, {entry("a", "abc")}, &sealed));
        loop_.run(group.join());
    }
    EXPECT_EQ(std::ranges::count(sealed, true), 60);
    const fs::path manifest = fs::path(files_.location(kPlace)).parent_path() / "manifest.sha256";
    EXPECT_EQ(read_file(manifest).value(), sha256_hex("abc") + "  a\n");
}

class LogFilesTest : public DirectoryFilesTest {
protected:
    static constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

    LogFilesTest() : logs_(pool_, directory_.path(), {.max_bytes = 4 * kMiB, .head_bytes = kMiB}) {}

    Result<std::uint64_t> append(std::uint64_t offset, std::string bytes) {
        return loop_.run(logs_.append(kPlace, offset, std::move(bytes)));
    }

    LogChunk read(std::uint64_t offset, std::size_t max_bytes = 1 << 16) {
        return loop_.run(logs_.read(kPlace, offset, max_bytes)).value();
    }

    // 100-byte lines that carry their number.
    static std::string lines(int first, int count) {
        std::string text;
        for (int n = first; n < first + count; ++n) {
            std::string line = std::to_string(n);
            line.resize(99, '.');
            text += line + "\n";
        }
        return text;
    }

    DirectoryLogFiles logs_;
};

TEST_F(LogFilesTest, RepeatsAreFineAndGapsSayWhatIsExpected) {
    EXPECT_EQ(append(0, "abc").value(), 3U);
    EXPECT_EQ(append(0, "abc").value(), 3U);
    EXPECT_EQ(append(1, "bcdef").value(), 6U);
    const auto gap = append(7, "x");
    ASSERT_FALSE(gap);
    EXPECT_EQ(gap.error().code(), Code::kConflict);
    EXPECT_EQ(std::get<std::int64_t>(gap.error().context()[0].second), 6);
    EXPECT_EQ(read(0).bytes, "abcdef");
    EXPECT_EQ(read(2, 2).bytes, "cd");
    EXPECT_TRUE(read(6).bytes.empty());
}

TEST_F(LogFilesTest, ALogThatHasNotBegunIsEmpty) {
    EXPECT_TRUE(read(0).bytes.empty());
    EXPECT_EQ(loop_.run(logs_.find_tail(kPlace, 5)).value(), 0U);
    EXPECT_TRUE(loop_.run(logs_.sync(kPlace)));
}

TEST_F(LogFilesTest, TheTailBeginsAtALine) {
    ASSERT_TRUE(append(0, "a\nb\nc\n"));
    EXPECT_EQ(loop_.run(logs_.find_tail(kPlace, 1)).value(), 4U);
    EXPECT_EQ(loop_.run(logs_.find_tail(kPlace, 2)).value(), 2U);
    EXPECT_EQ(loop_.run(logs_.find_tail(kPlace, 9)).value(), 0U);
    ASSERT_TRUE(append(6, "unfinished"));
    EXPECT_EQ(loop_.run(logs_.find_tail(kPlace, 2)).value(), 4U);
}

TEST_F(LogFilesTest, BeyondTheLimitTheMiddleIsDroppedAndTheReaderIsTold) {
    constexpr int kLines = 100'000;  // 10 MB
    for (int n = 0; n < kLines; n += 1000) {
        ASSERT_TRUE(append(static_cast<std::uint64_t>(n) * 100, lines(n, 1000)));
    }
    std::string seen;
    std::uint64_t dropped = 0;
    std::uint64_t offset = 0;
    for (LogChunk chunk = read(0); !chunk.bytes.empty(); chunk = read(offset)) {
        dropped += chunk.dropped_bytes;
        EXPECT_EQ(chunk.offset, offset + chunk.dropped_bytes);
        EXPECT_EQ(chunk.offset % 100, 0U) << "a piece of a line";
        const std::size_t whole = chunk.bytes.rfind('\n') + 1;
        seen += chunk.bytes.substr(0, whole);
        offset = chunk.offset + whole;
    }
    EXPECT_EQ(seen.size() + dropped, static_cast<std::size_t>(kLines) * 100);
    EXPECT_GE(seen.size(), 3 * kMiB);
    EXPECT_LE(seen.size(), 4 * kMiB + 200);
    EXPECT_TRUE(seen.starts_with(lines(0, 100)));
    EXPECT_TRUE(seen.ends_with(lines(kLines - 100, 100)));
    EXPECT_EQ(seen.find('\0'), std::string::npos) << "a hole was read";
    EXPECT_EQ(
        loop_.run(logs_.find_tail(kPlace, 3)).value(), static_cast<std::uint64_t>(kLines - 3) * 100
    );
    EXPECT_GE(loop_.run(logs_.find_tail(kPlace, kLines)).value(), 6 * kMiB);
}

TEST_F(LogFilesTest, AnEndThatIsNotThereYetKeepsTheAskedOffset) {
    EXPECT_EQ(read(7).offset, 7U);
    ASSERT_TRUE(append(0, "abc"));
    EXPECT_EQ(read(7).offset, 7U);
}

TEST_F(LogFilesTest, ALogWrittenUnderOtherLimitsShowsNoHole) {
    constexpr int kLines = 100'000;  // 10 MB
    for (int n = 0; n < kLines; n += 1000) {
        ASSERT_TRUE(append(static_cast<std::uint64_t>(n) * 100, lines(n, 1000)));
    }
    DirectoryLogFiles raised(pool_, directory_.path(), {.max_bytes = 64 * kMiB});
    std::string seen;
    std::uint64_t dropped = 0;
    std::uint64_t offset = 0;
    for (;;) {
        const LogChunk chunk = loop_.run(raised.read(kPlace, offset, 300'000)).value();
        if (chunk.bytes.empty()) {
            break;
        }
        dropped += chunk.dropped_bytes;
        EXPECT_EQ(chunk.offset, offset + chunk.dropped_bytes);
        const std::size_t whole = chunk.bytes.rfind('\n') + 1;
        ASSERT_GT(whole, 0U) << "a hole was read";
        seen += chunk.bytes.substr(0, whole);
        offset = chunk.offset + whole;
    }
    EXPECT_GT(dropped, 5 * kMiB);
    EXPECT_EQ(seen.size() + dropped, static_cast<std::size_t>(kLines) * 100);
    EXPECT_EQ(seen.find('\0'), std::string::npos) << "a hole was read";
    EXPECT_TRUE(seen.ends_with(lines(kLines - 100, 100)));
}

TEST_F(LogFilesTest, TheNewestPartIsKeptHoweverSmallItMayBe) {
    DirectoryLogFiles logs(
        pool_, directory_.path(), {.max_bytes = kMiB, .head_bytes = kMiB - 64 * 1024}
    );
    for (int n = 0; n < 20'000; n += 500) {  // 2 MB
        const auto offset = static_cast<std::uint64_t>(n) * 100;
        ASSERT_TRUE(loop_.run(logs.append(kPlace, offset, lines(n, 500))));
        const LogChunk end = loop_.run(logs.read(kPlace, offset + 40'000, kMiB)).value();
        EXPECT_EQ(end.bytes, lines(n + 400, 100));
    }
}

// The reader asks for what is dropped next, again and again, while the writer goes on.
TEST_F(LogFilesTest, AReaderNeverSeesWhatTheWriterIsDropping) {
    std::atomic<bool> done = false;
    std::thread writer([&] {
        async::EventLoop loop;
        async::BlockingPool pool{1};
        DirectoryLogFiles logs(
            pool, directory_.path(), {.max_bytes = 4 * kMiB, .head_bytes = kMiB}
        );
        for (int n = 0; n < 400'000; n += 1000) {  // 40 MB
            const auto offset = static_cast<std::uint64_t>(n) * 100;
            EXPECT_TRUE(loop.run(logs.append(kPlace, offset, lines(n, 1000))));
        }
        done = true;
    });
    while (!done) {
        const LogChunk chunk = read(kMiB, kMiB);
        EXPECT_EQ(chunk.bytes.find('\0'), std::string::npos) << "at " << chunk.offset;
    }
    writer.join();
}

}  // namespace
}  // namespace signalbox::files
