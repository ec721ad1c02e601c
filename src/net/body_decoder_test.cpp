#include "net/body_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace signalbox::net {
namespace {

struct Reading {
    std::string data;
    std::string rest;  ///< of the input, behind the body
    bool done = false;
    bool refused = false;

    bool operator==(const Reading&) const = default;
};

// A chunked body that comes in pieces of `step` bytes.
Reading read_chunks(std::string_view text, std::size_t step) {
    BodyDecoder body;
    body.begin_chunks();
    Reading reading;
    while (!text.empty() && !body.done()) {
        std::string_view piece = text.substr(0, step);
        while (!piece.empty() && !body.done()) {
            const auto got = body.decode(piece);
            if (!got) {
                EXPECT_EQ(got.error().status, 400U);
                EXPECT_FALSE(body.decode("0").has_value());
                reading.refused = true;
                return reading;
            }
            EXPECT_GT(got->consumed, 0U);
            reading.data += got->data;
            piece.remove_prefix(got->consumed);
            text.remove_prefix(got->consumed);
        }
    }
    reading.rest = text;
    reading.done = body.done();
    return reading;
}

// However it is cut, it is read the same.
Reading read_chunks(std::string_view text) {
    const Reading whole = read_chunks(text, text.size());
    for (std::size_t step = 1; step < text.size(); ++step) {
        EXPECT_EQ(read_chunks(text, step), whole) << text << " in steps of " << step;
    }
    return whole;
}

TEST(BodyDecoder, ReadsChunksWhereverTheyAreCut) {
    const Reading reading = read_chunks(
        "5\r\nhello\r\n1;ext=\"v\"\r\n \r\n00a\r\n0123456789\r\n"
        "0;last\r\nX-Trailer: t\r\nY: z\r\n\r\nGET /"
    );
    EXPECT_EQ(reading.data, "hello 0123456789");
    EXPECT_TRUE(reading.done);
    EXPECT_EQ(reading.rest, "GET /");
}

TEST(BodyDecoder, ReadsAnEmptyChunkedBodyByteByByte) {
    const Reading reading = read_chunks("0\r\n\r\n");
    EXPECT_TRUE(reading.done);
    EXPECT_EQ(reading.data, "");
}

TEST(BodyDecoder, RefusesChunksThatOthersMightReadDifferently) {
    for (const char* text :
         {"x\r\nhello\r\n",
          "5\r\nhelloX\r\n0\r\n\r\n",
          "5\r\nhello\n0\r\n\r\n",
          "5\nhello\r\n0\r\n\r\n",
          "5\rhello\r\n0\r\n\r\n",
          "5\r\nhello\r0\r\n\r\n",
          "5;a\nb\r\nhello\r\n",
          "5;a\rb\r\nhello\r\n",
          "5 \r\nhello\r\n",
          "5 5\r\nhello\r\n",
          " 5\r\nhello\r\n",
          "0x5\r\nhello\r\n",
          "+5\r\nhello\r\n",
          "-1\r\n",
          "\r\n",
          ";ext\r\n",
          "00000000000000005\r\nhello\r\n",
          "0\r\nX: a\nb\r\n\r\n",
          "0\r\nX: a\rb\r\n\r\n",
          "0\r\n\rX"}) {
        EXPECT_TRUE(read_chunks(text).refused) << text;
    }
    EXPECT_TRUE(read_chunks(std::string_view("1;\0\r\nx", 6)).refused);
}

TEST(BodyDecoder, BoundsExtensionsAndTrailers) {
    const std::string within(4'000, 'x');
    const std::string beyond(5'000, 'x');
    const auto read = [](const std::string& text) { return read_chunks(text, 1000); };
    EXPECT_TRUE(read("1;" + within + "\r\na\r\n0;" + within + "\r\n\r\n").done);
    EXPECT_TRUE(read("1;" + beyond).refused);
    EXPECT_TRUE(read("0\r\nX: " + within + "\r\n\r\n").done);
    EXPECT_TRUE(read("0\r\nX: " + within + "\r\nY: " + within + "\r\n\r\n").refused);
}

TEST(BodyDecoder, ReadsByLengthAndUpToTheEnd) {
    BodyDecoder body;
    EXPECT_TRUE(body.done());
    body.begin_length(0);
    EXPECT_TRUE(body.done());

    body.begin_length(5);
    EXPECT_EQ(body.decode("hel")->data, "hel");
    EXPECT_FALSE(BodyDecoder(body).finish().has_value());
    const auto last = body.decode("loGET");
    EXPECT_EQ(last->data, "lo");
    EXPECT_EQ(last->consumed, 2U);
    EXPECT_TRUE(body.done());
    EXPECT_EQ(body.decode("GET")->consumed, 0U);

    body.begin_until_end();
    EXPECT_EQ(body.decode("any")->data, "any");
    EXPECT_FALSE(body.done());
    EXPECT_TRUE(body.finish().has_value());
    EXPECT_TRUE(body.done());
}

}  // namespace
}  // namespace signalbox::net
