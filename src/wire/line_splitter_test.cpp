#include "wire/line_splitter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::wire {
namespace {

std::vector<std::string> lines_of(
    const std::vector<std::string_view>& reads, std::size_t max_line_bytes = 100
) {
    std::vector<std::string> lines;
    LineSplitter splitter(max_line_bytes, [&lines](LineSplitter::Line line) {
        lines.push_back((line.partial ? "+" : "") + std::string(line.text));
    });
    for (const std::string_view read : reads) {
        splitter.feed(read);
    }
    splitter.finish();
    return lines;
}

using Lines = std::vector<std::string>;

TEST(LineSplitter, TakesEveryKindOfLineEndOnce) {
    EXPECT_EQ(lines_of({"one\ntwo\rthree\r\nfour"}), (Lines{"one", "two", "three", "four"}));
    EXPECT_EQ(lines_of({"\n\n\r\r\n\r"}), (Lines{"", "", "", "", ""}));
}

TEST(LineSplitter, DoesNotCareWhereTheReadsWereCut) {
    const std::string_view text = "Loading...\rStep #1\r\n\r\n\nerror: x\n\rlast";
    const Lines whole = lines_of({text});
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        EXPECT_EQ(lines_of({text.substr(0, cut), "", text.substr(cut)}), whole) << cut;
    }
}

TEST(LineSplitter, CutsALineAboveTheLimitIntoMarkedPieces) {
    EXPECT_EQ(lines_of({"1234567\n89\n"}, 3), (Lines{"+123", "+456", "7", "89"}));
    EXPECT_EQ(lines_of({"12", "34", "5\n"}, 3), (Lines{"+123", "45"}));
}

TEST(LineSplitter, ALineOfExactlyTheLimitIsWhole) {
    EXPECT_EQ(lines_of({"abc\ndef"}, 3), (Lines{"abc", "def"}));
}

TEST(LineSplitter, NothingFedIsNoLine) {
    EXPECT_EQ(lines_of({"", ""}), Lines{});
}

}  // namespace
}  // namespace signalbox::wire
