#include "net/http_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::net {
namespace {

constexpr std::size_t kLimit = 200;

// 0 while more is needed, the head's size, or minus the status of a refusal.
int scan_in_pieces(std::string_view text, std::size_t cut) {
    HeadScanner scanner(kLimit);
    for (const std::string_view input : {text.substr(0, cut), text}) {
        const auto size = scanner.scan(input);
        if (!size) {
            return -static_cast<int>(size.error().status);
        }
        if (*size > 0) {
            return static_cast<int>(*size);
        }
    }
    return 0;
}

TEST(HeadScanner, FindsTheEndWhereverTheInputIsCut) {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string text = head + "GET /next";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        EXPECT_EQ(scan_in_pieces(text, cut), static_cast<int>(head.size())) << cut;
    }
}

TEST(HeadScanner, RefusesWhatCouldBeReadInTwoWays) {
    for (const std::string text :
         {"GET / HTTP/1.1\nHost: a\n\n",
          "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
          "GET / HTTP/1.1\r\n\tX: y\r\n\r\n",
          " GET / HTTP/1.1\r\n\r\n",
          "\n"}) {
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            EXPECT_EQ(scan_in_pieces(text, cut), -400) << text << cut;
        }
    }
}

TEST(HeadScanner, BoundsTheHeadAndSaysWhichPartWasLong) {
    EXPECT_EQ(scan_in_pieces("GET /" + std::string(kLimit, 'a'), 3), -414);
    EXPECT_EQ(scan_in_pieces("GET / HTTP/1.1\r\nX: " + std::string(kLimit, 'a'), 3), -431);
    EXPECT_EQ(scan_in_pieces("GET / HTTP/1.1\r\nX: " + std::string(kLimit - 40, 'a'), 3), 0);
}

struct Reading {
    unsigned refused = 0;
    std::string body;
    bool done = false;
    bool keep_alive = false;
};

// Parses a request whose head and body come in one piece, the body again in pieces of `step`.
Reading read_request(const std::string& text, std::size_t step = 1000) {
    Reading reading;
    HeadScanner scanner(10'000);
    const auto size = scanner.scan(text);
    if (!size) {
        return {.refused = size.error().status, .body = {}};
    }
    MessageParser parser(MessageParser::Kind::kRequest);
    if (const auto head = parser.parse_head(text.substr(0, *size)); !head) {
        return {.refused = head.error().status, .body = {}};
    }
    std::string pending;
    for (std::size_t at = *size; at < text.size() && !parser.body().done(); at += step) {
        pending += text.substr(at, step);
        while (!parser.body().done() && !pending.empty()) {
            const auto piece = parser.body().decode(pending);
            if (!piece) {
                return {.refused = piece.error().status, .body = reading.body};
            }
            reading.body += piece->data;
            pending.erase(0, piece->consumed);
        }
    }
    reading.done = parser.body().done();
    reading.keep_alive = parser.keep_alive();
    return reading;
}

TEST(MessageParser, ReadsHeads) {
    MessageParser parser(MessageParser::Kind::kRequest);
    const auto head = parser.parse_head(
        "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nAccept:  a, b \r\nContent-Length: 2\r\n\r\n"
    );
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->method, "POST");
    EXPECT_EQ(head->target, "/a?b=c");
    EXPECT_EQ(head->version, 11U);
    EXPECT_EQ(head->headers.find("accept"), "a, b");
    EXPECT_EQ(head->headers.find("X-EMPTY"), "");
    EXPECT_EQ(parser.content_length(), 2U);
    EXPECT_FALSE(parser.body().done());
}

TEST(MessageParser, ReadsChunksWhereverTheyAreCut) {
    const std::string text =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1;ext=\"v\"\r\n \r\nA\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\nGET /";
    for (std::size_t step = 1; step < 60; ++step) {
        const Reading reading = read_request(text, step);
        EXPECT_EQ(reading.body, "hello 0123456789") << step;
        EXPECT_TRUE(reading.done) << step;
        EXPECT_EQ(reading.refused, 0U) << step;
    }
}

TEST(MessageParser, RefusesFramingThatOthersMightReadDifferently) {
    const std::string begin = "POST / HTTP/1.1\r\nHost: a\r\n";
    for (const char* fields :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
          "Content-Length: 5\r\nContent-Length: 6\r\n",
          "Content-Length: 5, 6\r\n",
          "Content-Length: -5\r\n",
          "Content-Length: +5\r\n",
          "Content-Length: 5x\r\n",
          "Content-Length: \r\n",
          "Content-Length: 99999999999999999999999\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
          "Content-Length : 5\r\n",
          "X: a\rb\r\n",
          "X: a\r\r\n",
          "no colon\r\n",
          ": no name\r\n",
          "b\x01"
          "d: x\r\n"}) {
        EXPECT_EQ(read_request(begin + fields + "\r\nhello").refused, 400U) << fields;
    }
    EXPECT_EQ(read_request(begin + "Content-Length: 5\r\n\r\nhello").body, "hello");
}

TEST(MessageParser, KnowsOtherVersionsAndPersistence) {
    EXPECT_EQ(read_request("GET / HTTP/2.0\r\n\r\n").refused, 505U);
    EXPECT_EQ(read_request("GET / HTTP/1.2\r\n\r\n").refused, 505U);
    EXPECT_EQ(read_request("GET /\r\n\r\n").refused, 400U);
    EXPECT_TRUE(read_request("GET / HTTP/1.1\r\n\r\n").keep_alive);
    EXPECT_FALSE(read_request("GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\n").keep_alive);
    EXPECT_FALSE(read_request("GET / HTTP/1.0\r\n\r\n").keep_alive);
    EXPECT_TRUE(read_request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(MessageParser, AnswersWithoutALengthEndWithTheConnection) {
    MessageParser parser(MessageParser::Kind::kResponse);
    ASSERT_EQ(parser.parse_head("HTTP/1.1 200 OK\r\n\r\n")->status, 200U);
    EXPECT_EQ(parser.body().decode("some")->data, "some");
    EXPECT_FALSE(parser.body().done());
    EXPECT_TRUE(parser.body().finish().has_value());

    ASSERT_TRUE(parser.parse_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").has_value());
    EXPECT_EQ(parser.body().decode("some")->data, "some");
    EXPECT_FALSE(parser.body().finish().has_value());

    ASSERT_TRUE(parser.parse_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true).has_value()
    );
    EXPECT_TRUE(parser.body().done());
    for (const char* status : {"204 No Content", "304 Not Modified", "100 Continue"}) {
        ASSERT_TRUE(parser.parse_head("HTTP/1.1 " + std::string(status) + "\r\n\r\n").has_value());
        EXPECT_TRUE(parser.body().done()) << status;
    }
}

}  // namespace
}  // namespace signalbox::net
