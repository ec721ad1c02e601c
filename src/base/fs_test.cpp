#include "base/fs.hpp"

#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace signalbox {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

TEST(Fs, ReplacesAFileInOneStepWithItsMode) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "f";
    ASSERT_TRUE(write_file_durably(path, "old").has_value());
    ASSERT_TRUE(write_file_durably(path, "new", 0600).has_value());
    EXPECT_EQ(read_file(path).value(), "new");
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_EQ(names_in(directory.path()), std::vector<std::string>{"f"});
}

TEST(Fs, AFailedReplacementLeavesNothingBehind) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "d";
    ASSERT_TRUE(make_directories(path).has_value());
    const auto written = write_file_durably(path, "content");
    ASSERT_FALSE(written.has_value());
    EXPECT_TRUE(written.error().message().contains(path.string())) << written.error().message();
    EXPECT_EQ(names_in(directory.path()), std::vector<std::string>{"d"});
}

TEST(Fs, WritersOfOneFileDoNotMixTheirContents) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "f";
    const std::vector<std::string> contents{std::string(100'000, 'a'), std::string(50'000, 'b')};
    ASSERT_TRUE(write_file_atomically(path, contents[0]).has_value());
    std::vector<std::jthread> writers;
    for (const std::string& content : contents) {
        writers.emplace_back([&path, &content] {
            for (int n = 0; n < 50; ++n) {
                EXPECT_TRUE(write_file_atomically(path, content).has_value());
            }
        });
    }
    for (int n = 0; n < 50; ++n) {
        EXPECT_NE(std::ranges::find(contents, read_file(path).value()), contents.end());
    }
    writers.clear();
    EXPECT_EQ(names_in(directory.path()), std::vector<std::string>{"f"});
}

TEST(Fs, BoundsWhatItReads) {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "f";
    ASSERT_TRUE(write_file_durably(path, "12345").has_value());
    EXPECT_EQ(read_file(path, 5).value(), "12345");
    EXPECT_EQ(read_file(path, 4).error().code(), Code::kTooLarge);
    EXPECT_EQ(read_file(directory.path() / "none").error().code(), Code::kNotFound);
}

TEST(Fs, MakesDirectoriesWithTheirModeWhateverTheUmask) {
    const testing::TemporaryDirectory directory;
    const mode_t before = ::umask(077);
    const auto made = make_directories(directory.path() / "a" / "b", 0755);
    ::umask(before);
    EXPECT_TRUE(made.has_value());
    EXPECT_EQ(mode_of(directory.path() / "a"), 0755U);
    EXPECT_EQ(mode_of(directory.path() / "a" / "b"), 0755U);
    EXPECT_TRUE(make_directories(directory.path() / "a" / "b").has_value());
}

TEST(Fs, RemovesATreeThatMayNotBeThere) {
    const testing::TemporaryDirectory directory;
    ASSERT_TRUE(make_directories(directory.path() / "a" / "b").has_value());
    ASSERT_TRUE(write_file_durably(directory.path() / "a" / "b" / "f", "").has_value());
    EXPECT_TRUE(remove_tree(directory.path() / "a").has_value());
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "a"));
    EXPECT_TRUE(remove_tree(directory.path() / "a").has_value());
}

TEST(Fs, SaysWhenADirectoryCannotBe) {
    const testing::TemporaryDirectory directory;
    ASSERT_TRUE(write_file_durably(directory.path() / "f", "").has_value());
    EXPECT_FALSE(make_directories(directory.path() / "f").has_value());
    EXPECT_FALSE(make_directories(directory.path() / "f" / "a").has_value());
    EXPECT_FALSE(make_directories(directory.path() / std::string(300, 'x') / "a").has_value());
}

}  // namespace
}  // namespace signalbox
