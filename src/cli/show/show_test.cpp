#include "cli/show/figures_table.hpp"
#include "cli/show/findings_table.hpp"
#include "cli/show/progress_bar.hpp"
#include "cli/show/table.hpp"
#include "cli/show/text_width.hpp"
#include "cli/show/time_text.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

namespace signalbox::cli {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::days(20'000)};

// A terminal that keeps what it is given.
struct Screen {
    explicit Screen(bool is_terminal, std::size_t columns = 80, bool color = false)
        : terminal({
              .out = [this](std::string_view text) { return add(out, text); },
              .err = [this](std::string_view text) { return add(err, text); },
              .out_is_terminal = is_terminal,
              .err_is_terminal = is_terminal,
              .color = color,
              .columns = [columns] { return columns; },
          }) {}

    static int add(std::string& to, std::string_view text) {
        to += text;
        return 0;
    }

    std::string out;
    std::string err;
    Terminal terminal;
};

TEST(TextWidth, CountsColumnsNotBytes) {
    EXPECT_EQ(display_width("Kreuzung"), 8U);
    EXPECT_EQ(display_width("Straße"), 6U);
    EXPECT_EQ(display_width("東京"), 4U);
    EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(TextWidth, CutsAtAColumnAndSaysSo) {
    EXPECT_EQ(fit("Straßenbahn", 7), "Straße…");
    EXPECT_EQ(fit("東京都", 4), "東…");
    EXPECT_EQ(fit("short", 5), "short");
    EXPECT_EQ(fit("none", 0), "");
}

TEST(TextWidth, MakesTerminalSequencesOfOthersHarmless) {
    EXPECT_EQ(printable("a\x1b[31mb\nc"), "a\uFFFD[31mb c");
    EXPECT_EQ(printable_lines("a\tb\nc\r"), "a\tb\nc\uFFFD");
}

TEST(Table, AlignsColumnsByWidth) {
    Screen screen(false);
    Table table({{.heading = "NAME"}, {.heading = "N", .align = Align::kRight}, {.heading = "X"}});
    table.add({"Straße", "5", "a"});
    table.add({"x", "1000", "b"});
    EXPECT_EQ(
        table.render(screen.terminal),
        "NAME       N  X\n"
        "Straße     5  a\n"
        "x       1000  b\n"
    );
}

TEST(Table, CutsOnlyWhatMayBeCutWhenTheTerminalIsNarrow) {
    Screen screen(true, 20);
    Table table(
        {{.heading = "ID"}, {.heading = "TEXT", .align = Align::kLeft, .narrow = Narrow::kCut}}
    );
    table.add({"12345678", "a rather long sentence"});
    EXPECT_EQ(table.render(screen.terminal), "ID        TEXT\n12345678  a rather …\n");
}

TEST(TextWidth, WrapsAtBlanksAndKeepsLongWordsWhole) {
    EXPECT_EQ(wrap("", 8), std::vector<std::string>{""});
    EXPECT_EQ(
        wrap("the edge is not in the net", 12),
        (std::vector<std::string>{"the edge is", "not in the", "net"})
    );
    EXPECT_EQ(
        wrap("see /usr/share/sumo/data now", 8),
        (std::vector<std::string>{"see", "/usr/share/sumo/data", "now"})
    );
}

TEST(Table, WrapsASentenceBelowItsColumn) {
    Screen screen(true, 30);
    Table table({{.heading = "ID"}, {.heading = "WHY", .narrow = Narrow::kWrap}});
    table.add({"12345678", "all 2 slots are taken by other runs"});
    table.add({"1", "short"});
    EXPECT_EQ(
        table.render(screen.terminal),
        "ID        WHY\n"
        "12345678  all 2 slots are\n"
        "          taken by other runs\n"
        "1         short\n"
    );
}

TEST(Table, LeavesOutColumnsWhenNothingElseHelps) {
    Table table({
        {.heading = "ID"},
        {.heading = "CPU", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "GIB", .align = Align::kRight, .narrow = Narrow::kDrop},
        {.heading = "STATUS"},
    });
    table.add({"12345678", "1", "2", "RUNNING"});
    Screen wide(true, 27);
    EXPECT_EQ(
        table.render(wide.terminal), "ID        CPU  GIB  STATUS\n12345678    1    2  RUNNING\n"
    );
    Screen narrow(true, 26);
    EXPECT_EQ(table.render(narrow.terminal), "ID        GIB  STATUS\n12345678    2  RUNNING\n");
    Screen narrowest(true, 10);
    EXPECT_EQ(table.render(narrowest.terminal), "ID        STATUS\n12345678  RUNNING\n");
}

TEST(Table, PutsNoBlanksBehindTheLastColumn) {
    Screen screen(true, 80, true);
    Table table({{.heading = "WHAT"}});
    table.add({"much longer than its heading"});
    EXPECT_TRUE(table.render(screen.terminal).starts_with("\x1b[1mWHAT\x1b[0m\n"));
}

TEST(Terminal, StopsWritingToAnOutputThatFailedAndSaysSo) {
    int calls = 0;
    Terminal terminal({
        .out =
            [&calls](std::string_view) {
                ++calls;
                return ENOSPC;
            },
        .err = [](std::string_view) { return 0; },
    });
    EXPECT_EQ(terminal.output_error(), 0);
    terminal.print("one");
    terminal.print("two");
    EXPECT_EQ(terminal.output_error(), ENOSPC);
    EXPECT_EQ(calls, 1);
}

TEST(Terminal, TakesAnEmptyVariableOfTheLocaleForNone) {
    const auto utf8 = [](std::map<std::string, std::string> variables) {
        return real_terminal(
                   [&](const std::string& name) -> std::optional<std::string> {
                       const auto found = variables.find(name);
                       return found == variables.end() ? std::nullopt
                                                       : std::optional(found->second);
                   }
        ).utf8;
    };
    EXPECT_TRUE(utf8({}));
    EXPECT_TRUE(utf8({{"LC_ALL", ""}, {"LANG", "de_DE.UTF-8"}}));
    EXPECT_FALSE(utf8({{"LC_ALL", "C"}, {"LANG", "de_DE.UTF-8"}}));
}

TEST(Terminal, TakesTheLiveLineAwayBeforeAnythingElse) {
    Screen screen(true);
    screen.terminal.show_live("50 %");
    screen.terminal.note("running");
    EXPECT_EQ(screen.err, "\r\x1b[K50 %\r\x1b[Krunning\n");
}

TEST(Terminal, WritesNoControlCodesWhereThereIsNoTerminal) {
    Screen screen(false);
    screen.terminal.show_live("50 %");
    screen.terminal.note(screen.terminal.styled_note("done", Style::kGreen));
    EXPECT_EQ(screen.err, "done\n");
}

TEST(Terminal, SaysOnlyErrorsWhenQuiet) {
    Screen screen(false);
    screen.terminal.set_quiet(true);
    screen.terminal.note("note");
    screen.terminal.complain("error");
    EXPECT_EQ(screen.err, "error\n");
}

TEST(ProgressBar, FillsWithTheFractionAndStaysInItsBounds) {
    EXPECT_EQ(progress_bar(0.5, 4, false), "##--");
    EXPECT_EQ(progress_bar(2, 4, false), "####");
    EXPECT_EQ(progress_bar(-1, 4, true), "░░░░");
}

TEST(ProgressBar, SaysWhatIsKnownOfARun) {
    const contract::ProgressView progress{
        .simulated_seconds = 1800,
        .end_seconds = 3600,
        .percent = 50,
        .running = 812,
        .real_time_factor = 42.34,
        .eta_seconds = 80
    };
    EXPECT_EQ(
        run_words(progress, false),
        "50 %  1 min 20 s left  1800 of 3600 s  812 vehicles  42.3 x real time"
    );
    EXPECT_EQ(run_line({.simulated_seconds = 12}, 80, true), "12 s simulated");
    EXPECT_EQ(run_line({}, 80, true), "running");
    EXPECT_EQ(
        run_line(progress, 77, false),
        "##########----------  50 %  1 min 20 s left  1800 of 3600 s  812 vehicles"
    );
    EXPECT_EQ(run_line(progress, 37, false), "####----  50 %  1 min 20 s left");
}

TEST(TimeText, SaysHowLongAgoItWas) {
    EXPECT_EQ(time_ago(kNow, kNow), "just now");
    EXPECT_EQ(time_ago(kNow - 59s, kNow), "59 s ago");
    EXPECT_EQ(time_ago(kNow - 3min, kNow), "3 min ago");
    EXPECT_EQ(time_ago(kNow - 30h, kNow), "30 h ago");
    EXPECT_EQ(time_ago(kNow - 72h, kNow), "3 days ago");
    EXPECT_EQ(time_ago(kNow - 24h * 30, kNow), "2024-09-04");
    EXPECT_EQ(time_ago(kNow + 5min, kNow), "in 5 min");
}

TEST(TimeText, ReadsDurationsWithAndWithoutUnits) {
    EXPECT_EQ(parse_duration("90"), 90s);
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("2h"), 7200s);
    EXPECT_EQ(parse_duration("1d"), 86400s);
    for (const char* const bad : {"", "h", "0", "-5", "1w", "1.5h", "999999999999d"}) {
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
    }
}

TEST(TimeText, GroupsAndRoundsNumbers) {
    EXPECT_EQ(grouped(9999), "9999");
    EXPECT_EQ(grouped(1234567), "1 234 567");
    EXPECT_EQ(grouped(-12345), "-12 345");
    EXPECT_EQ(decimal(12.50, 2), "12.5");
    EXPECT_EQ(decimal(12.0, 2), "12");
    EXPECT_EQ(counted(1, "job"), "1 job");
    EXPECT_EQ(counted(0, "job"), "0 jobs");
}

TEST(FiguresTable, NamesSectionsOnceAndLeavesOutWhatIsUnknown) {
    model::Figures figures;
    figures.vehicles.inserted = 12000;
    figures.trips.speed = 10;
    figures.trips.duration = 90;
    EXPECT_EQ(
        figure_rows(figures),
        (std::vector<FigureRow>{
            {"Vehicles", "inserted", "12 000", "", ""},
            {"Trips (means)", "speed", "10", "m/s", "36 km/h"},
            {"", "duration", "90", "s", "1 min 30 s"},
        })
    );
    Screen screen(false);
    EXPECT_EQ(render_figures({}, screen.terminal), "");
}

TEST(FindingsTable, NamesFileAndLine) {
    EXPECT_EQ(place_of({.file = "net.xml", .line = 12}), "net.xml:12");
    EXPECT_EQ(place_of({.file = "net.xml"}), "net.xml");
    EXPECT_EQ(place_of({}), "-");
    const std::vector<model::Finding> findings{
        {.severity = model::Severity::kError},
        {.severity = model::Severity::kError},
        {.severity = model::Severity::kWarning}
    };
    EXPECT_EQ(count_findings(findings), "2 errors, 1 warning");
    EXPECT_EQ(count_findings({}), "no findings");
}

}  // namespace
}  // namespace signalbox::cli
