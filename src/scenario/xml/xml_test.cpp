#include "scenario/xml/xml_check.hpp"
#include "scenario/xml/xml_scanner.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace signalbox::scenario {
namespace {

bool scanner_is_sure(std::string_view text, std::size_t cut = std::string_view::npos) {
    XmlScanner scanner(nullptr);
    scanner.feed(text.substr(0, cut));
    if (cut < text.size()) {
        scanner.feed(text.substr(cut));
    }
    return scanner.finish();
}

bool reader_accepts(std::string_view text) {
    XmlReader reader;
    return reader.feed(text) && reader.finish();
}

std::optional<XmlProblem> problem_of(std::string_view text) {
    XmlReader reader;
    reader.feed(text);
    reader.finish();
    return reader.problem();
}

const std::vector<std::string>& plain_documents() {
    static const std::vector<std::string> kDocuments{
        "<a/>",
        "<a></a>",
        "\xEF\xBB\xBF<a/>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c -->\n<net version='1.9'>\n</net>\n",
        "<a b=\"1\" c='\"' ><d e = \"x&amp;y &#228; &#xE4;\"/>text &lt; ]] x<![CDATA[ <raw> "
        "]]></a>",
        "<routes>\n    <vehicle id=\"\xC3\xA4\" depart=\"0\"/>\xE2\x82\xAC\n</routes>",
        "<a><?target data?><b.c-d_e:f/></a><!-- end --> \n"
    };
    return kDocuments;
}

const std::vector<std::string>& broken_documents() {
    static const std::vector<std::string> kDocuments{
        "",
        " ",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "<a b=\"1\" b=\"2\"/>",
        "<a b=1/>",
        "<a b/>",
        "<a b=\"1\"c=\"2\"/>",
        "<a b=\"<\"/>",
        "<a b=\"&nope;\"/>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>& </a>",
        "<a>]]></a>",
        "<a>\x01</a>",
        "<a>\xC3</a>",
        "<a b=\"\xFF\"/>",
        "<a>\xEF\xBF\xBF</a>",
        "<!-- a -- b --><a/>",
        "<a><!-- -</a>",
        "<a/><!",
        "\n<?xml version=\"1.0\"?><a/>",
        "<a><?xml version=\"1.0\"?></a>",
        "<?xml version='1.0\"?><a/>",
        "<?xml version=\"1.0\" encodiNg=\"UTF-8\"?><a/>",
        "<?XML version=\"1.0\"?><a/>",
        "\xEF\xBB\xBF\xEF\xBB\xBF<a/>",
        "<1a/>",
        "<a / >",
        "</a>",
        "<a/></a>",
        "<![CDATA[x]]><a/>"
    };
    return kDocuments;
}

TEST(XmlScanner, IsSureOfWhatToolsWriteWhereverItIsCut) {
    for (const std::string& text : plain_documents()) {
        EXPECT_TRUE(reader_accepts(text)) << text;
        EXPECT_TRUE(scanner_is_sure(text)) << text;
        for (std::size_t cut = 4; cut < text.size(); ++cut) {
            EXPECT_TRUE(scanner_is_sure(text, cut)) << text << " cut at " << cut;
        }
    }
}

TEST(XmlScanner, IsNeverSureOfWhatIsBroken) {
    for (const std::string& text : broken_documents()) {
        EXPECT_FALSE(reader_accepts(text)) << text;
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            EXPECT_FALSE(scanner_is_sure(text, cut)) << text << " cut at " << cut;
        }
    }
}

TEST(XmlScanner, IsNeverSureWhereOneChangedByteBreaksTheForm) {
    for (const std::string& text : plain_documents()) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (const char c : {'<', '>', '&', '"', '/', '\0', '\xFF', ' ', 'x', ']'}) {
                std::string changed = text;
                changed[at] = c;
                if (scanner_is_sure(changed)) {
                    EXPECT_TRUE(reader_accepts(changed)) << changed;
                }
            }
        }
    }
}

TEST(XmlScanner, LeavesTheUnusualToTheReader) {
    for (const std::string text :
         {"<!DOCTYPE a><a/>",
          "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xE4</a>",
          "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"}) {
        EXPECT_FALSE(scanner_is_sure(text)) << text;
        EXPECT_TRUE(reader_accepts(text)) << text;
    }
}

TEST(XmlReader, NamesTheLineOfAProblem) {
    EXPECT_EQ(problem_of("<a>\n<b>\n</c>\n</a>")->line, 3);
    EXPECT_EQ(problem_of("<a>\n<b>\n</c>\n</a>")->code, "XML_SYNTAX");
}

TEST(XmlReader, RefusesBombsAndForeignEntities) {
    std::string bomb = "<!DOCTYPE a [<!ENTITY l0 \"" + std::string(100, 'x') + "\">";
    for (int level = 1; level < 12; ++level) {
        bomb += "<!ENTITY l" + std::to_string(level) + " \"";
        for (int i = 0; i < 10; ++i) {
            bomb += "&l" + std::to_string(level - 1) + ";";
        }
        bomb += "\">";
    }
    EXPECT_EQ(problem_of(bomb + "]><a>&l11;</a>")->code, "XML_BOMB");
    EXPECT_EQ(
        problem_of("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>")->code,
        "XML_ENTITY"
    );
}

TEST(XmlReader, BoundsDepthAndMarkup) {
    std::string deep;
    for (int i = 0; i < 20'000; ++i) {
        deep += "<a>";
    }
    EXPECT_TRUE(problem_of(deep)->message.find("deeper") != std::string::npos);
    XmlReader reader;
    reader.feed("<a b=\"");
    const std::string piece(std::size_t{1} << 20U, 'x');
    int fed = 0;
    while (fed < 64 && reader.feed(piece)) {
        ++fed;
    }
    EXPECT_LT(fed, 20);
}

class Names final : public XmlVisitor {
public:
    void restart() override { seen = ""; }

    void element(const XmlElement& element) override {
        seen += std::string(element.depth, '.') + std::string(element.name) + "=" +
                std::string(element.attributes.get("x")) + "@" + std::to_string(element.line()) +
                " ";
    }

    std::string seen;
};

Result<XmlVerdict> check(const std::string& text, Names& names, std::uint64_t max_bytes = 1000) {
    XmlBudget budget{
        .bytes = max_bytes, .until = std::chrono::steady_clock::now() + std::chrono::hours(1)
    };
    const OpenSource open = [&text]() -> Result<std::unique_ptr<ByteSource>> {
        return make_text_source(text);
    };
    return check_xml(open, &names, budget);
}

TEST(CheckXml, VisitsEachElementOnceWithItsLineWhoeverReads) {
    for (const std::string head : {"", "<!DOCTYPE r>"}) {
        Names names;
        const auto verdict = check(head + "<r>\n\n<a x=\"1\"/>\n<b/></r>", names);
        ASSERT_TRUE(verdict);
        EXPECT_FALSE(verdict->problem);
        EXPECT_EQ(verdict->root, "r");
        EXPECT_EQ(names.seen, "r=@1 .a=1@3 .b=@4 ") << head;
    }
}

TEST(CheckXml, HandsOutValuesAlikeWhoeverReads) {
    for (const std::string head : {"", "<!DOCTYPE r>"}) {
        Names names;
        const std::string values =
            "<a x=\"a&amp;b&#47;&#xE4;&quot;\"/><a x='c\td\ne\r\nf\"'/><a x='&amp;lt;' y='&lt;'/>";
        ASSERT_TRUE(check(head + "<r>" + values + "</r>", names));
        EXPECT_EQ(names.seen, "r=@1 .a=a&b/\xC3\xA4\"@1 .a=c d e f\"@1 .a=&lt;@3 ") << head;
    }
}

TEST(CheckXml, KnowsWebPages) {
    Names names;
    EXPECT_TRUE(check("<!DOCTYPE html>\n<html><br></html>", names)->html);
    EXPECT_TRUE(check("  <HTML lang=en>", names)->html);
    EXPECT_FALSE(check("<routes/>", names)->html);
}

TEST(CheckXml, StopsWhenTheBudgetIsUsedUp) {
    Names names;
    const auto verdict = check("<broken", names, 0);
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->whole);
    EXPECT_FALSE(verdict->problem);
}

}  // namespace
}  // namespace signalbox::scenario
