#include "worker/evidence/log_spool.hpp"

#include "base/fs.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::worker {
namespace {

class LogSpoolTest : public testing::Test {
protected:
    std::unique_ptr<LogSpool> open(LogSpoolLimits limits = {}) {
        auto spool = LogSpool::open(directory_.path() / "log", limits);
        SB_CHECK(spool.has_value());
        return std::move(*spool);
    }

    std::string content() { return read_file(directory_.path() / "log").value_or("?"); }

    TemporaryDirectory directory_;
};

TEST_F(LogSpoolTest, KeepsLinesHoweverTheyWereCutAndEnded) {
    const auto spool = open();
    std::vector<std::string> lines;
    spool->on_line([&lines](std::string_view line) { lines.emplace_back(line); });
    for (const char* const piece : {"Step #1", ".00\rStep #2.00\r", "\nlast"}) {
        spool->feed(piece);
    }
    spool->finish();

    EXPECT_EQ(content(), "Step #1.00\nStep #2.00\nlast\n");
    EXPECT_EQ(lines, (std::vector<std::string>{"Step #1.00", "Step #2.00", "last"}));
}

TEST_F(LogSpoolTest, ReplacesWhatIsNoText) {
    EXPECT_EQ(clean_line(std::string_view("a\0b\xC3(", 5)), "a\uFFFDb\uFFFD(");
    EXPECT_EQ(clean_line("straße"), "straße");
}

TEST_F(LogSpoolTest, KeepsBeginningAndEndOfAFloodAndSaysWhatIsMissing) {
    const auto spool = open({.file_bytes = 100, .tail_bytes = 25, .line_bytes = 80});
    for (int line = 100; line < 200; ++line) {
        spool->feed("line " + std::to_string(line) + "\n");
    }
    spool->finish();

    EXPECT_THAT(content(), testing::StartsWith("line 100\nline 101\n"));
    EXPECT_THAT(content(), testing::EndsWith(" bytes are left out here\nline 198\nline 199\n"));
    EXPECT_THAT(
        content(), testing::HasSubstr("line 110\nsignalbox: the log reached its limit; 783 ")
    );
}

TEST_F(LogSpoolTest, MakesOneLineOfANote) {
    const auto spool = open();
    spool->note("a file called 'a\nb'");
    EXPECT_EQ(content(), "signalbox: a file called 'a?b'\n");
}

}  // namespace
}  // namespace signalbox::worker
