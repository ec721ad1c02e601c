#include "scenario/options/configuration.hpp"

#include "scenario/options/option_table.hpp"

#include <gtest/gtest.h>

namespace signalbox::scenario {
namespace {

Configuration parse(const std::string& options, const std::string& file = "run.sumocfg") {
    auto parsed = parse_configuration("<configuration>" + options + "</configuration>", file);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return std::move(*parsed);
}

std::vector<std::string> paths(const std::vector<FileReference>& references) {
    std::vector<std::string> result;
    for (const FileReference& reference : references) {
        result.push_back(reference.path);
    }
    return result;
}

TEST(Configuration, ReadsSectionsAttributesTextAndSynonyms) {
    const Configuration configuration = parse(
        "<input>\n<net value=\"a.net.xml\"/>\n<r "
        "v=\"b.xml\"/></input><additional>c.xml</additional>"
        "<begin>\n  </begin><end value=\"\"/>"
    );
    EXPECT_EQ(configuration.root_element, "configuration");
    EXPECT_EQ(configuration.value_of("net-file"), "a.net.xml");
    EXPECT_EQ(configuration.find("net-file")->line, 2);
    EXPECT_EQ(configuration.find("net-file")->written, "net");
    EXPECT_EQ(configuration.value_of("route-files"), "b.xml");
    EXPECT_EQ(configuration.value_of("additional-files"), "c.xml");
    EXPECT_EQ(configuration.find("begin"), nullptr);
    EXPECT_EQ(configuration.find("end"), nullptr);
}

TEST(Configuration, SaysWhereItIsBroken) {
    const auto broken = parse_configuration("<configuration>\n<net-file", "x.sumocfg");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().word(), "XML_SYNTAX");
    EXPECT_NE(broken.error().message().find("x.sumocfg, line 2"), std::string::npos);
}

TEST(Configuration, ResolvesInputsFromItsOwnDirectory) {
    const Configuration configuration = parse(
        "<net-file value=\"../net/a.net.xml\"/><route-files value=\"b.xml, ./c d.xml\"/>",
        "sub/run.sumocfg"
    );
    EXPECT_EQ(
        paths(list_inputs(configuration)),
        (std::vector<std::string>{"net/a.net.xml", "sub/b.xml", "sub/c d.xml"})
    );
}

TEST(Configuration, ResolvesArgumentsFromTheRoot) {
    const Configuration configuration = with_args(
        parse("<net-file value=\"a.net.xml\"/>", "sub/run.sumocfg"),
        {"--route-files=b.xml", "--net-file=c.net.xml"}
    );
    EXPECT_EQ(paths(list_inputs(configuration)), (std::vector<std::string>{"b.xml", "c.net.xml"}));
}

TEST(Configuration, PutsPrefixAndSuffixWhereSumoDoes) {
    const Configuration configuration = parse(
        "<output-prefix value=\"p_\"/><output-suffix value=\"_s\"/>"
        "<summary-output value=\"out/a.b.xml.gz\"/><tripinfo-output value=\"noext\"/>"
        "<fcd-output value=\"/dev/null\"/>"
    );
    EXPECT_EQ(
        paths(list_outputs(configuration)),
        (std::vector<std::string>{"out/p_a_s.b.xml.gz", "p_noext_s", ""})
    );
}

struct PlaceCase {
    std::string written;
    FilePlace place;
    std::string path;
};

TEST(ResolvePath, TellsWhereANameLeads) {
    const std::vector<PlaceCase> cases{
        {"a.xml", FilePlace::kInside, "sub/a.xml"},
        {"../a.xml", FilePlace::kInside, "a.xml"},
        {"./x/../a.xml", FilePlace::kInside, "sub/a.xml"},
        {"../../a.xml", FilePlace::kOutside, ""},
        {"/a.xml", FilePlace::kOutside, ""},
        {"C:\\a.xml", FilePlace::kOutside, ""},
        {"localhost:9000", FilePlace::kSocket, "sub/localhost:9000"},
        {"[::1]:9000", FilePlace::kSocket, "sub/[::1]:9000"},
        {"/dev/null", FilePlace::kNowhere, ""},
        {"stdout", FilePlace::kNowhere, ""},
        {"${HOME}/a.xml", FilePlace::kUnresolved, ""},
        {"", FilePlace::kInside, ""},
    };
    for (const PlaceCase& each : cases) {
        const FileReference found = resolve_path("sub", each.written);
        EXPECT_EQ(found.place, each.place) << each.written;
        EXPECT_EQ(found.path, each.path) << each.written;
    }
}

TEST(ParseTime, ReadsSecondsAndClockForms) {
    EXPECT_EQ(parse_time("90"), 90);
    EXPECT_EQ(parse_time(" 0.5 "), 0.5);
    EXPECT_EQ(parse_time("-1"), -1);
    EXPECT_EQ(parse_time("1:30:00"), 5400);
    EXPECT_EQ(parse_time("2:01:00:00.5"), 2 * 86400 + 3600 + 0.5);
    EXPECT_EQ(parse_time("-00:00:10"), -10);
    for (const std::string wrong : {"", "x", "1:00", "1:2:3:4:5", "1:x:3", "inf", "nan", "5s"}) {
        EXPECT_FALSE(parse_time(wrong)) << wrong;
    }
}

TEST(OptionTable, KnowsNamesSynonymsAndNearMisses) {
    EXPECT_EQ(find_option("n")->name, "net-file");
    EXPECT_EQ(find_option("tripinfo")->kind, OptionKind::kOutput);
    EXPECT_EQ(find_option("nope"), nullptr);
    EXPECT_EQ(nearest_option("tripinfo-ouput"), "tripinfo-output");
    EXPECT_EQ(nearest_option("zzzzzz"), "");
}

}  // namespace
}  // namespace signalbox::scenario
