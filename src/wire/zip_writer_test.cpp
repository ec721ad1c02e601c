#include "wire/zip_writer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace signalbox::wire {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNoon = std::chrono::sys_days{2026y / 1 / 31} + 12h + 30min + 10s;

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files, std::size_t cut) {
    ZipWriter zip;
    std::string out;
    for (const auto& [name, content] : files) {
        zip.begin_entry(out, {.name = name, .size_bytes = content.size(), .modified = kNoon});
        for (std::size_t at = 0; at < content.size(); at += cut) {
            zip.append(out, std::string_view(content).substr(at, cut));
        }
        zip.end_entry(out);
    }
    zip.finish(out);
    return out;
}

std::vector<ZipEntry> entries_of(const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<ZipEntry> entries;
    for (const auto& [name, content] : files) {
        entries.push_back({.name = name, .size_bytes = content.size(), .modified = kNoon});
    }
    return entries;
}

class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content) {
        std::string pattern = (std::filesystem::temp_directory_path() / "zip-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        std::ofstream(path(), std::ios::binary) << content;
    }

    ~TemporaryFile() { std::filesystem::remove_all(directory_); }

    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] std::filesystem::path path() const { return directory_ / "made.zip"; }

private:
    std::filesystem::path directory_;
};

// Another implementation of the format: reads by the directory, and checks every checksum.
bool python_accepts(const std::string& zip, const std::string& expected_names) {
    const TemporaryFile file(zip);
    const std::string command =
        "python3 -c 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); "
        "sys.exit(z.testzip() is not None or "
        "\",\".join(z.namelist()) != sys.argv[2])' '" +
        file.path().string() + "' '" + expected_names + "'";
    return std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe): one thread
}

TEST(ZipWriter, MakesArchivesThatOthersRead) {
    const std::string large(200'000, 'x');
    const std::string exact(65'535, 'y');
    const auto zip =
        zip_of({{"a.xml", "hello"}, {"empty", ""}, {"d/größe.txt", large}, {"exact", exact}}, 4096);
    EXPECT_TRUE(python_accepts(zip, "a.xml,empty,d/größe.txt,exact"));
}

TEST(ZipWriter, GivesTheSameBytesHoweverTheDataIsCut) {
    const std::vector<std::pair<std::string, std::string>> files{
        {"a", std::string(140'000, 'a')}, {"b", "b"}
    };
    const std::string whole = zip_of(files, 1'000'000);
    EXPECT_EQ(zip_of(files, 1), whole);
    EXPECT_EQ(zip_of(files, 65'535), whole);
    EXPECT_EQ(zip_of(files, 65'536), whole);
}

TEST(ZipWriter, KnowsItsSizeBeforehand) {
    const std::vector<std::pair<std::string, std::string>> files{
        {"a", std::string(65'535, 'a')}, {"b", std::string(65'536, 'b')}, {"c", ""}
    };
    EXPECT_EQ(ZipWriter::size_of(entries_of(files)), zip_of(files, 1000).size());
    EXPECT_EQ(ZipWriter::size_of({}), 22U);
}

TEST(ZipWriter, UsesZip64ForManyEntries) {
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 0; i < 65'536; ++i) {
        files.emplace_back(std::to_string(i), "");
    }
    const std::string zip = zip_of(files, 1);
    EXPECT_EQ(ZipWriter::size_of(entries_of(files)), zip.size());
    const TemporaryFile file(zip);
    const std::string command =
        "python3 -c 'import sys,zipfile; "
        "sys.exit(len(zipfile.ZipFile(sys.argv[1]).namelist()) != 65536)' '" +
        file.path().string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe): one thread
}

TEST(ZipWriter, CountsZip64FormsOfLargeEntriesIn) {
    constexpr std::uint64_t kSize = std::uint64_t{5} << 30U;
    const std::vector<ZipEntry> entries{
        {.name = "big", .size_bytes = kSize, .modified = kNoon},
        {.name = "behind", .size_bytes = 0, .modified = kNoon}
    };
    const std::uint64_t blocks = (kSize + 65'534) / 65'535;
    const std::uint64_t big = 30 + 3 + 20 + kSize + 5 * blocks + 5 + 24;
    const std::uint64_t behind = 30 + 6 + 5 + 16;
    const std::uint64_t directory = (46 + 3 + 20) + (46 + 6 + 12);
    EXPECT_EQ(ZipWriter::size_of(entries), big + behind + directory + 56 + 20 + 22);
}

}  // namespace
}  // namespace signalbox::wire
