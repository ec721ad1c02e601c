#include "wire/multipart_parser.hpp"

#include "wire/header_value.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::wire {
namespace {

using Kind = MultipartParser::Kind;

// What a body says, as text: `name|filename|type=data;` per part, `.` at the end.
struct Reading {
    std::string text;
    std::string error;
};

Reading read(const std::vector<std::string_view>& pieces, MultipartLimits limits = {}) {
    MultipartParser parser("xYz", limits);
    Reading reading;
    for (const std::string_view piece : pieces) {
        parser.feed(piece);
        for (bool more = true; more;) {
            const auto event = parser.next();
            if (!event) {
                return {.text = reading.text, .error = event.error().message()};
            }
            switch (event->kind) {
                case Kind::kPartBegin:
                    reading.text += parser.part().name + "|" +
                                    parser.part().filename.value_or("-") + "|" +
                                    parser.part().content_type + "=";
                    break;
                case Kind::kData:
                    EXPECT_FALSE(event->data.empty());
                    reading.text += event->data;
                    break;
                case Kind::kPartEnd:
                    reading.text += ";";
                    break;
                case Kind::kEnd:
                case Kind::kNeedMore:
                    more = false;
                    break;
            }
        }
    }
    if (const auto finished = parser.finish(); !finished) {
        reading.error = finished.error().message();
    }
    return reading;
}

constexpr std::string_view kBody =
    "a preamble\r\n--xY is none\r\n"
    "--xYz\r\n"
    "Content-Disposition: form-data; name=\"scenario_id\"\r\n\r\n"
    "rush hour\r\n"
    "--xYz  \r\n"
    "content-type: application/zip\r\n"
    "content-disposition: form-data; name=\"sumo_files\"; filename=\"a b.zip\"\r\n\r\n"
    "PK\r\n--xY\r\n\r\n--xYy\r--xYz\r\n-\r\n"
    "\r\n--xYz\r\n"
    "Content-Disposition: form-data; name=empty\r\n\r\n"
    "\r\n--xYz\r\n"
    "Content-Disposition: form-data; name=none\r\n\r\n"
    "--xYz--\r\nan epilogue\r\n--xYz\r\n";

constexpr std::string_view kReading =
    "scenario_id|-|=rush hour;"
    "sumo_files|a b.zip|application/zip=PK\r\n--xY\r\n\r\n--xYy\r--xYz\r\n-\r\n;"
    "empty|-|=;none|-|=;";

TEST(MultipartParser, ReadsPartsBetweenPreambleAndEpilogue) {
    const Reading reading = read({kBody});
    EXPECT_EQ(reading.error, "");
    EXPECT_EQ(reading.text, kReading);
}

TEST(MultipartParser, ReadsTheSameWhereverTheBodyIsCut) {
    for (std::size_t cut = 0; cut <= kBody.size(); ++cut) {
        const Reading reading = read({kBody.substr(0, cut), kBody.substr(cut)});
        EXPECT_EQ(reading.text, kReading) << cut;
        EXPECT_EQ(reading.error, "") << cut;
    }
}

TEST(MultipartParser, ReadsTheSameByteByByte) {
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < kBody.size(); ++i) {
        bytes.push_back(kBody.substr(i, 1));
    }
    EXPECT_EQ(read(bytes).text, kReading);
}

TEST(MultipartParser, SaysWhenTheClosingBoundaryIsMissing) {
    const std::size_t end = kBody.rfind("--xYz--");
    for (std::size_t size = 0; size < end; ++size) {
        EXPECT_NE(read({kBody.substr(0, size)}).error, "") << size;
    }
    EXPECT_EQ(
        read({"--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\nda"}).error,
        "multipart body: it ends before its closing boundary, in part 'a'"
    );
}

TEST(MultipartParser, RefusesPartsWithoutAName) {
    EXPECT_EQ(read({"--xYz\r\n\r\nx"}).error, "multipart body: part 1 has no form-data name");
    EXPECT_NE(read({"--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx"}).error, "");
}

TEST(MultipartParser, BoundsHeadersAndParts) {
    const std::string part = "--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n";
    EXPECT_EQ(read({part + part + "--xYz--"}, {.parts = 2}).error, "");
    EXPECT_EQ(read({part + part}, {.parts = 1}).error, "multipart body: more than 1 parts");
    EXPECT_EQ(
        read({"--xYz\r\nX: " + std::string(100, 'x')}, {.header_bytes = 64}).error,
        "multipart body: the header of part 1 is larger than 64 bytes"
    );
}

TEST(MultipartParser, RefusesOtherBytesBehindABoundary) {
    EXPECT_EQ(read({"--xYzz\r\n"}).error, "multipart body: unexpected bytes behind a boundary");
    EXPECT_EQ(read({"--xYz-\r\n"}).error, "multipart body: unexpected bytes behind a boundary");
    EXPECT_NE(read({"--xYz" + std::string(100, ' ')}).error, "");
}

TEST(MultipartParser, AnErrorIsFinal) {
    MultipartParser parser("xYz");
    parser.feed("--xYz!--xYz\r\n");
    EXPECT_FALSE(parser.next().has_value());
    EXPECT_FALSE(parser.next().has_value());
}

}  // namespace
}  // namespace signalbox::wire
