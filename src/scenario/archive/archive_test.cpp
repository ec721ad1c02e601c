#include "scenario/archive/archive.hpp"

#include "scenario/testing/zip_builder.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

namespace signalbox::scenario {
namespace {

namespace fs = std::filesystem;

class ArchiveGuard : public ::testing::Test {
protected:
    Result<ArchiveListing> inspect(
        const std::vector<ZipItem>& items,
        const ArchiveLimits& limits = {},
        const ZipShape& shape = {}
    ) {
        return inspect_archive(write_zip(zip_, items, shape), limits);
    }

    /// The word and the sentence of the refusal; empty when there was none.
    std::string refusal(
        const std::vector<ZipItem>& items,
        const ArchiveLimits& limits = {},
        const ZipShape& shape = {}
    ) {
        const auto listing = inspect(items, limits, shape);
        return listing ? "" : listing.error().word() + " " + listing.error().message();
    }

    Result<ArchiveListing> unpack(
        const std::vector<ZipItem>& items, const ArchiveLimits& limits = {}
    ) {
        fs::create_directories(destination_);
        return unpack_archive(write_zip(zip_, items), destination_, limits);
    }

    std::string content(const std::string& name) {
        std::ifstream file(destination_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    signalbox::testing::TemporaryDirectory directory_;
    fs::path zip_ = directory_.path() / "a.zip";
    fs::path destination_ = directory_.path() / "out";
};

TEST_F(ArchiveGuard, ListsFilesSortedAndLeavesJunkOut) {
    const auto listing = inspect(
        {{.name = "sub/b.xml", .data = "12345"},
         {.name = "a.sumocfg", .data = "1"},
         {.name = "empty/"},
         {.name = "__MACOSX/a.sumocfg", .data = "x"},
         {.name = "sub/.DS_Store", .data = "x"},
         {.name = "Thumbs.db", .data = "x"}}
    );
    ASSERT_TRUE(listing) << listing.error().message();
    ASSERT_EQ(listing->files.size(), 2U);
    EXPECT_EQ(listing->files[0].name, "a.sumocfg");
    EXPECT_EQ(listing->files[1].name, "sub/b.xml");
    EXPECT_EQ(listing->unpacked_bytes, 6U);
    EXPECT_EQ(listing->folders, std::vector<std::string>{"empty"});
}

TEST_F(ArchiveGuard, SaysTheSentencesThatClientsLookFor) {
    write_text(zip_, "");
    EXPECT_EQ(inspect_archive(zip_).error().message(), "Empty file");
    write_text(zip_, "this is no zip, whatever its name says");
    EXPECT_TRUE(inspect_archive(zip_).error().message().starts_with("Invalid zip file"));
    EXPECT_EQ(inspect_archive(directory_.path() / "absent.zip").error().code(), Code::kNotFound);
}

TEST_F(ArchiveGuard, RefusesNamesThatLeaveTheDirectory) {
    for (const std::string& name :
         {std::string("../a"),
          std::string("a/../../b"),
          std::string("/etc/passwd"),
          std::string("C:/a"),
          std::string("c:a"),
          std::string("\\\\server\\a"),
          std::string("a\\..\\..\\b"),
          std::string("a\nb"),
          std::string("a\x1b[31m"),
          std::string("a\xC2\x9B"),
          std::string("a\0b", 3),
          std::string(256, 'x'),
          std::string()}) {
        EXPECT_TRUE(refusal({{.name = name}}).starts_with("UNSAFE_ARCHIVE")) << name;
    }
}

TEST_F(ArchiveGuard, TakesBackslashesOfWindowsForSeparators) {
    const auto listing = inspect({{.name = "sub\\a.xml"}, {.name = "./b.xml"}});
    ASSERT_TRUE(listing);
    EXPECT_NE(listing->find("sub/a.xml"), nullptr);
    EXPECT_NE(listing->find("b.xml"), nullptr);
}

TEST_F(ArchiveGuard, ReadsNamesWithoutUtf8AsCodePage437) {
    const auto listing = inspect(
        {{.name = "stra\xE1"
                  "e.xml"}}
    );
    ASSERT_TRUE(listing);
    EXPECT_EQ(listing->files[0].name, "straße.xml");
    constexpr std::uint16_t kUtf8 = 1U << 11U;
    EXPECT_NE(
        refusal(
            {{.name = "stra\xE1"
                      "e.xml",
              .flags = kUtf8}}
        ),
        ""
    );
}

TEST_F(ArchiveGuard, RefusesLinksDevicesAndSockets) {
    for (const std::uint32_t kind : {0120777U, 0010644U, 0020644U, 0060644U, 0140644U}) {
        EXPECT_TRUE(refusal({{.name = "a", .data = "/etc/passwd", .unix_mode = kind}}
        ).starts_with("UNSAFE_ARCHIVE")
        ) << kind;
    }
}

TEST_F(ArchiveGuard, RefusesEncryptedEntries) {
    EXPECT_NE(refusal({{.name = "a", .flags = 1}}).find("encrypted"), std::string::npos);
}

TEST_F(ArchiveGuard, RefusesUnknownMethodsByName) {
    EXPECT_NE(refusal({{.name = "a", .method = 12}}).find("method 12"), std::string::npos);
}

TEST_F(ArchiveGuard, RefusesDuplicatesByCaseAndUnicodeForm) {
    const auto clash = [this](const std::string& a, const std::string& b) {
        return refusal({{.name = a}, {.name = b}}).starts_with("UNSAFE_ARCHIVE");
    };
    EXPECT_TRUE(clash("a.xml", "a.xml"));
    EXPECT_TRUE(clash("Net.xml", "net.XML"));
    EXPECT_TRUE(clash(
        "stra\xC3\x9F"
        "e/\xC3\xBC.xml",
        "stra\xC3\x9F"
        "e/u\xCC\x88.xml"
    ));
    EXPECT_TRUE(clash("\xC3\x84.xml", "a\xCC\x88.xml"));
    EXPECT_TRUE(clash("\xD0\x99.xml", "\xD0\xB8\xCC\x86.xml"));
    EXPECT_FALSE(clash("a.xml", "\xC3\xA4.xml"));
    EXPECT_FALSE(clash("A/x.xml", "a/y.xml"));
}

TEST_F(ArchiveGuard, RefusesOneNameAsFileAndFolder) {
    EXPECT_NE(refusal({{.name = "a"}, {.name = "a/b"}}), "");
    EXPECT_NE(refusal({{.name = "A"}, {.name = "a!"}, {.name = "a/b"}}), "");
    EXPECT_NE(refusal({{.name = "a"}, {.name = "a/"}}), "");
    EXPECT_EQ(refusal({{.name = "a/"}, {.name = "a/"}, {.name = "a/b"}}), "");
}

TEST_F(ArchiveGuard, CountsFoldersAndJunkAmongTheEntries) {
    const std::vector<ZipItem> three{{.name = "a"}, {.name = "b/"}, {.name = "Thumbs.db"}};
    EXPECT_EQ(refusal(three, {.max_entries = 3}), "");
    EXPECT_EQ(
        refusal(three, {.max_entries = 2}),
        "ARCHIVE_TOO_LARGE Archive too large: 3 entries (max: 2)"
    );
}

TEST_F(ArchiveGuard, StopsAtTheClaimedCountWhateverFollows) {
    const std::vector<ZipItem> two{{.name = "a"}, {.name = "b"}};
    EXPECT_NE(refusal(two, {}, {.claimed_entries = 1}), "");
    EXPECT_NE(refusal(two, {}, {.claimed_entries = 3}), "");
    EXPECT_NE(refusal(two, {}, {.claimed_directory_bytes = 48}), "");
}

TEST_F(ArchiveGuard, RefusesTooMuchUnpacked) {
    EXPECT_NE(refusal({{.name = "a", .data = "12345"}}, {.max_unpacked_bytes = 4}), "");
    EXPECT_EQ(refusal({{.name = "a", .data = "12345"}}, {.max_unpacked_bytes = 5}), "");
    const ZipItem huge{.name = "a", .data = "x", .method = 8, .size = 0xFFFFFFFE};
    EXPECT_TRUE(refusal({huge}).starts_with("ARCHIVE_TOO_LARGE"));
}

TEST_F(ArchiveGuard, RefusesARatioOnlyBeyondTheFreePart) {
    const ZipItem bomb{.name = "a", .data = "xxxx", .method = 8, .size = 2000};
    EXPECT_EQ(refusal({bomb}), "");
    EXPECT_NE(refusal({bomb}, {.ratio_free_bytes = 100}).find("max ratio: 200"), std::string::npos);
    EXPECT_EQ(refusal({bomb}, {.ratio_free_bytes = 1300}), "");
}

TEST_F(ArchiveGuard, RefusesHeadersThatDisagree) {
    EXPECT_NE(refusal({{.name = "a", .local_name = "../b"}}).find("disagree"), std::string::npos);
    EXPECT_NE(refusal({{.name = "a", .local_method = 8}}).find("disagree"), std::string::npos);
    EXPECT_NE(refusal({{.name = "a", .data = "x", .header_offset = 7}}), "");
    EXPECT_NE(refusal({{.name = "a", .data = "12", .local_sizes = 1}}), "");
}

TEST_F(ArchiveGuard, TakesSizesBehindTheDataOnlyWhereThatIsSaid) {
    constexpr std::uint16_t kSizesBehind = 1U << 3U;
    EXPECT_EQ(refusal({{.name = "a", .data = "12", .flags = kSizesBehind, .local_sizes = 0}}), "");
    EXPECT_NE(
        refusal({{.name = "a", .data = "12", .local_sizes = 0}}).find("disagree"), std::string::npos
    );
}

TEST_F(ArchiveGuard, RefusesEntriesThatShareBytes) {
    EXPECT_NE(
        refusal({{.name = "a", .data = "1"}, {.name = "a", .data = "1", .header_offset = 0}}), ""
    );
}

TEST_F(ArchiveGuard, RefusesWhatIsCutShortAtAnyPoint) {
    const std::string whole = make_zip({{.name = "a.xml", .data = "<a/>"}, {.name = "b"}});
    for (std::size_t length = 1; length < whole.size(); ++length) {
        write_text(zip_, whole.substr(0, length));
        EXPECT_FALSE(inspect_archive(zip_)) << length;
    }
}

TEST_F(ArchiveGuard, SurvivesEveryFlippedByte) {
    const std::string whole = make_zip({{.name = "a.xml", .data = "<a/>"}, {.name = "b/c"}});
    fs::create_directories(destination_);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0xFF);
        write_text(zip_, damaged);
        const fs::path place = destination_ / std::to_string(at);
        fs::create_directory(place);
        static_cast<void>(unpack_archive(zip_, place));
    }
    EXPECT_TRUE(fs::exists(zip_));
}

TEST_F(ArchiveGuard, TakesACommentButNothingBehindIt) {
    EXPECT_EQ(refusal({{.name = "a"}}, {}, {.comment = "made by hand"}), "");
    EXPECT_NE(refusal({{.name = "a"}}, {}, {.trailer = "x"}), "");
}

TEST_F(ArchiveGuard, ReadsZip64) {
    const auto listing =
        inspect({{.name = "a", .data = "123", .zip64 = true}}, {}, {.zip64_end = true});
    ASSERT_TRUE(listing) << listing.error().message();
    EXPECT_EQ(listing->files[0].size_bytes, 3U);
}

TEST_F(ArchiveGuard, RefusesManyEntriesWithoutReadingThem) {
    // The end record alone tells; the directory it points to is not even there.
    write_text(zip_, make_zip({}, {.claimed_entries = 60'000}));
    const auto refused = inspect_archive(zip_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().word(), "ARCHIVE_TOO_LARGE");
}

TEST_F(ArchiveGuard, UnpacksReadOnlyFilesIntoFolders) {
    const std::string text = "<routes>" + std::string(200'000, ' ') + "</routes>";
    const auto listing = unpack(
        {{.name = "a.xml",
          .data = deflate_stored(text),
          .method = 8,
          .size = static_cast<std::uint32_t>(text.size()),
          .crc = crc_of(text)},
         {.name = "sub/deep/b.xml", .data = "<b/>"},
         {.name = "none/"},
         {.name = "zero"}}
    );
    ASSERT_TRUE(listing) << listing.error().message();
    EXPECT_EQ(content("a.xml"), text);
    EXPECT_EQ(content("sub/deep/b.xml"), "<b/>");
    EXPECT_TRUE(fs::is_directory(destination_ / "none"));
    EXPECT_EQ(fs::file_size(destination_ / "zero"), 0U);
    struct stat facts{};
    ASSERT_EQ(::stat((destination_ / "a.xml").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0444U);
    ASSERT_EQ(::stat((destination_ / "sub").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0755U);
}

TEST_F(ArchiveGuard, ChecksAgainWhileInflating) {
    const std::string stream = deflate_stored("12345");
    const auto word = [this](const ZipItem& item) {
        fs::remove_all(destination_);
        const auto unpacked = unpack({item});
        return unpacked ? "" : unpacked.error().word();
    };
    const std::uint32_t crc = crc_of("12345");
    EXPECT_EQ(word({.name = "a", .data = stream, .method = 8, .size = 5, .crc = crc}), "");
    EXPECT_EQ(
        word({.name = "a", .data = stream, .method = 8, .size = 4, .crc = crc}), "CORRUPT_DATA"
    );
    EXPECT_EQ(
        word({.name = "a", .data = stream, .method = 8, .size = 6, .crc = crc}), "CORRUPT_DATA"
    );
    EXPECT_EQ(
        word({.name = "a", .data = stream, .method = 8, .size = 5, .crc = 1}), "CORRUPT_DATA"
    );
    EXPECT_EQ(word({.name = "a", .data = "12345", .crc = 1}), "CORRUPT_DATA");
    EXPECT_EQ(
        word({.name = "a", .data = stream.substr(0, 7), .method = 8, .size = 5, .crc = crc}),
        "CORRUPT_DATA"
    );
    EXPECT_EQ(word({.name = "a", .data = "\xFF\xFF\xFF", .method = 8, .size = 5}), "CORRUPT_DATA");
}

TEST_F(ArchiveGuard, LeavesGzipThatWasDeflatedAgainAsItIs) {
    const std::string packed = gzip("<routes/>");
    const std::vector<ZipItem> items{
        {.name = "a.xml.gz",
         .data = deflate_stored(packed),
         .method = 8,
         .size = static_cast<std::uint32_t>(packed.size()),
         .crc = crc_of(packed)}
    };
    ASSERT_TRUE(unpack(items));
    EXPECT_EQ(content("a.xml.gz"), packed);
}

TEST_F(ArchiveGuard, NeverWritesThroughALinkOrOverAFile) {
    const fs::path elsewhere = directory_.path() / "elsewhere";
    fs::create_directories(elsewhere);
    fs::create_directories(destination_);
    fs::create_directory_symlink(elsewhere, destination_ / "sub");
    EXPECT_FALSE(unpack({{.name = "sub/a.xml", .data = "x"}}));
    EXPECT_TRUE(fs::is_empty(elsewhere));
    write_text(destination_ / "b.xml", "old");
    EXPECT_FALSE(unpack({{.name = "b.xml", .data = "new"}}));
    EXPECT_EQ(content("b.xml"), "old");
}

TEST_F(ArchiveGuard, ReadsEntriesInAnyOrderWithinABound) {
    const auto archive = Archive::open(
        write_zip(zip_, {{.name = "a", .data = "first"}, {.name = "b", .data = "second"}})
    );
    ASSERT_TRUE(archive);
    EXPECT_EQ(archive->read_entry("b", 100).value(), "second");
    EXPECT_EQ(archive->read_entry("a", 5).value(), "first");
    EXPECT_EQ(archive->read_entry("a", 4).error().code(), Code::kTooLarge);
    EXPECT_EQ(archive->read_entry("c", 4).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace signalbox::scenario
