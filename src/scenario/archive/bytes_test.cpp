#include "scenario/archive/bytes.hpp"

#include "scenario/archive/name_folding.hpp"
#include "scenario/testing/zip_builder.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace signalbox::scenario {
namespace {

Result<std::string> gunzipped(const std::string& bytes) {
    SB_TRY(const auto source, make_gunzip_source(make_text_source(bytes)));
    return read_text(*source, 1U << 20U);
}

TEST(Gunzip, ReadsOneOrSeveralMembers) {
    EXPECT_EQ(gunzipped(gzip("<a/>")).value(), "<a/>");
    EXPECT_EQ(gunzipped(gzip("<a>") + gzip("</a>")).value(), "<a></a>");
    EXPECT_EQ(gunzipped(gzip("")).value(), "");
}

TEST(Gunzip, TakesOffOneLayerOnly) {
    EXPECT_EQ(gunzipped(gzip(gzip("<a/>"))).value(), gzip("<a/>"));
}

TEST(Gunzip, LetsPlainTextPassWhateverItsName) {
    for (const std::string text : {"", "x", "<a/>", "\x1f", "plain text of some length"}) {
        EXPECT_EQ(gunzipped(text).value(), text);
    }
}

TEST(Gunzip, SaysThatDataIsCutShort) {
    const std::string whole = gzip(std::string(1000, 'x'));
    EXPECT_FALSE(gunzipped(whole.substr(0, 500)));
    EXPECT_EQ(gunzipped(whole.substr(0, 500)).error().word(), "CORRUPT_DATA");
}

TEST(ReadText, IsBounded) {
    const auto source = make_text_source("12345");
    EXPECT_EQ(read_text(*source, 4).error().code(), Code::kTooLarge);
}

TEST(FileSource, RefusesWhatIsNoFile) {
    const signalbox::testing::TemporaryDirectory directory;
    const auto pipe = directory.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_FALSE(open_file_source(pipe));
    std::filesystem::create_symlink("/etc/hostname", directory.path() / "link");
    EXPECT_FALSE(open_file_source(directory.path() / "link"));
    EXPECT_EQ(open_file_source(directory.path() / "none").error().code(), Code::kNotFound);
}

TEST(FoldName, EqualsCaseAndUnicodeForm) {
    EXPECT_EQ(fold_name("Net.XML"), fold_name("nEt.xml"));
    EXPECT_EQ(fold_name("\xC3\x89"), fold_name("e\xCC\x81"));                      // É, e + acute
    EXPECT_EQ(fold_name("\xE1\xBB\x86"), fold_name("e\xCC\xA3\xCC\x82"));          // Ệ, two marks
    EXPECT_EQ(fold_name("\xCE\x91"), fold_name("\xCE\xB1"));                       // Greek alpha
    EXPECT_EQ(fold_name("\xD0\x81"), fold_name("\xD0\xB5\xCC\x88"));               // Cyrillic io
    EXPECT_EQ(fold_name("\xEA\xB0\x81"), "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8");  // Hangul
    EXPECT_NE(fold_name("e"), fold_name("\xC3\xA9"));
    EXPECT_EQ(fold_name("\xF0\x9F\x9A\x97"), "\xF0\x9F\x9A\x97");
}

}  // namespace
}  // namespace signalbox::scenario
