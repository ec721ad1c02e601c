#include "net/http_message.hpp"

#include "net/client_target.hpp"
#include "net/input_buffer.hpp"
#include "net/request_head.hpp"
#include "net/response_head.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <exception>

namespace signalbox::net {
namespace {

TEST(Headers, NamesHaveNoCaseAndMayRepeat) {
    Headers headers{{"Accept", "a"}, {"X", "1"}, {"accept", "b"}};
    EXPECT_EQ(headers.find("ACCEPT"), "a");
    EXPECT_EQ(headers.count("Accept"), 2U);
    headers.set("accept", "c");
    EXPECT_EQ(headers.count("Accept"), 1U);
    EXPECT_EQ(headers.find("Accept"), "c");
    headers.erase("x");
    EXPECT_EQ(headers.find("X"), std::nullopt);
}

TEST(Headers, NothingInAValueCanEndItsLine) {
    std::string out;
    append_field(out, "Location", std::string_view("a\r\nSet-Cookie: b\0c", 18));
    EXPECT_EQ(out, "Location: a  Set-Cookie: b c\r\n");
}

// The status of the refusal, or what the request became.
std::string taken(
    std::string target, std::string method = "GET", Headers headers = {{"Host", "a"}}
) {
    Request request;
    const auto result = take_request_head(
        {.method = std::move(method), .target = std::move(target), .headers = std::move(headers)},
        100,
        request
    );
    if (!result) {
        return std::to_string(result.error().status);
    }
    std::string text = request.path;
    for (const auto& [name, value] : request.query) {
        text += " " + name + "=" + value;
    }
    return text;
}

TEST(RequestHead, DecodesThePathOnceAndTheQuery) {
    EXPECT_EQ(taken("/"), "/");
    EXPECT_EQ(taken("/a%20b/c%2Fd%25?x=%41+b&y"), "/a b/c/d% x=A b y=");
    EXPECT_EQ(taken("http://host/a?b=c"), "/a b=c");
    EXPECT_EQ(taken("HTTPS://host"), "/");
    EXPECT_EQ(taken("http://host?b=/c"), "/ b=/c");
    EXPECT_EQ(taken("*", "OPTIONS"), "*");
    EXPECT_EQ(taken("/a..b/.c/..."), "/a..b/.c/...");
}

TEST(RequestHead, RefusesPathsThatAreNotSane) {
    for (const char* target :
         {"/a/../b", "/..",     "/a/%2e%2E/b", "/.",        "/a%2f..%2fb", "/%00",
          "/%0a",    "/%7f",    "/%zz",        "/%4",       "/%ff",        "/\xff",
          "/a#b",    "/?a=%ff", "http://",     "http:///a", "http://a@b/", "//..",
          "/?a=%",   "*",       "a",           ""}) {
        EXPECT_EQ(taken(target), "400") << target;
    }
    EXPECT_EQ(taken("/" + std::string(100, 'a')), "414");
}

TEST(RequestHead, RefusesFramingItDoesNotSpeak) {
    EXPECT_EQ(taken("/", "GET", {}), "400");
    EXPECT_EQ(taken("/", "GET", {{"Host", "a"}, {"Host", "a"}}), "400");
    EXPECT_EQ(taken("/", "GET", {{"Host", "a b"}}), "400");
    EXPECT_EQ(taken("/", "GET", {{"Host", "a/b"}}), "400");
    EXPECT_EQ(taken("/", "GET", {{"Host", "[2001:db8::1]:80"}}), "/");
    EXPECT_EQ(taken("/", "GET", {{"Host", ""}}), "/");
    EXPECT_EQ(taken("/", "POST", {{"Host", "a"}, {"Content-Length", "5, 5"}}), "400");
    EXPECT_EQ(
        taken("/", "POST", {{"Host", "a"}, {"Content-Length", "5"}, {"Content-Length", "5"}}), "400"
    );
    EXPECT_EQ(taken("/", "POST", {{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}}), "501");
    EXPECT_EQ(taken("/", "POST", {{"Host", "a"}, {"Transfer-Encoding", "identity"}}), "501");
    EXPECT_EQ(taken("/", "POST", {{"Host", "a"}, {"Transfer-Encoding", "Chunked"}}), "/");
    EXPECT_EQ(taken("/", "POST", {{"Host", "a"}, {"Expect", "a miracle"}}), "417");
}

TEST(RequestHead, RequestIdsAreTakenOnlyWhenSane) {
    EXPECT_TRUE(is_sane_request_id("req-1.A_b"));
    EXPECT_FALSE(is_sane_request_id(""));
    EXPECT_FALSE(is_sane_request_id("a b"));
    EXPECT_FALSE(is_sane_request_id("a\"b"));
    EXPECT_FALSE(is_sane_request_id(std::string(129, 'a')));
}

TEST(ResponseHead, LeavesTheServersOwnFieldsToTheServer) {
    std::string out;
    append_response_head(
        out,
        {.status = 404,
         .headers = {{"content-length", "9"}, {"A", "b\r\nc"}, {"connection", "x"}, {"Date", "y"}},
         .body = ""},
        {.content_length = 3, .close = true, .date = "now", .request_id = "r"}
    );
    EXPECT_EQ(
        out,
        "HTTP/1.1 404 Not Found\r\nDate: now\r\nX-Request-ID: r\r\nA: b  c\r\nContent-Length: 3\r\n"
        "Connection: close\r\n\r\n"
    );
    EXPECT_EQ(format_http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ResponseHead, BodilessStatusesHaveNoLength) {
    for (const unsigned status : {204U, 304U}) {
        std::string out;
        append_response_head(
            out, {.status = status, .headers = {}, .body = ""}, {.content_length = 0}
        );
        EXPECT_FALSE(out.contains("Content-Length")) << status;
    }
}

template <class Body>
void run(Body body) {
    boost::asio::io_context loop;
    bool ended = false;
    boost::asio::co_spawn(loop, body(), [&ended](const std::exception_ptr& problem) {
        ended = problem == nullptr;
    });
    loop.run();
    EXPECT_TRUE(ended);
}

TEST(BodyReader, ReadsUpToItsLimit) {
    run([]() -> Task<void> {
        BodyReader body("123456");
        body.set_limit(6);
        EXPECT_EQ((co_await body.read_all()).value(), "123456");
        EXPECT_EQ(body.bytes_read(), 6U);
        EXPECT_EQ((co_await body.next()).value(), "");

        BodyReader none;
        EXPECT_EQ((co_await none.read_all()).value(), "");

        BodyReader large("1234567");
        large.set_limit(6);
        const auto refused = co_await large.next();
        EXPECT_EQ(refused.error().code(), Code::kTooLarge);
        EXPECT_EQ(refused.error().message(), "request body too large: 7 bytes (max: 6)");
    });
}

TEST(InputBuffer, KeepsItsBytesWhenItMoves) {
    InputBuffer buffer;
    const auto put = [&buffer](std::string_view text, std::size_t capacity) {
        const auto room = buffer.prepare(capacity);
        ASSERT_GE(room.size(), text.size());
        std::ranges::copy(text, room.begin());
        buffer.commit(text.size());
    };
    put("hello", 8);
    buffer.consume(2);
    put(" you", 8);
    EXPECT_EQ(buffer.view(), "llo you");
    put("!", 16);
    buffer.shrink(4);
    EXPECT_EQ(buffer.view(), "llo you!");
    buffer.consume(8);
    buffer.shrink(0);
    EXPECT_EQ(buffer.capacity(), 0U);
}

TEST(ClientTarget, TakesUrlsApart) {
    const auto plain = parse_client_target("http://host:8000/").value();
    EXPECT_EQ(plain.host, "host");
    EXPECT_EQ(plain.port, 8000);
    EXPECT_EQ(plain.prefix, "");
    EXPECT_FALSE(plain.secure);
    const auto secure = parse_client_target("HTTPS://[2001:db8::1]/api/").value();
    EXPECT_EQ(secure.host, "2001:db8::1");
    EXPECT_EQ(secure.port, 443);
    EXPECT_EQ(secure.prefix, "/api");
    EXPECT_EQ(secure.host_header, "[2001:db8::1]");
    EXPECT_EQ(parse_client_target("unix:/a/b.sock").value().unix_path, "/a/b.sock");
    for (const char* url :
         {"",
          "host:80",
          "ftp://x",
          "http://",
          "http://:80",
          "http://a:0",
          "http://a:99999",
          "http://a:x",
          "http://a b",
          "http://a/?q",
          "unix:"}) {
        EXPECT_EQ(parse_client_target(url).error().code(), Code::kInvalid) << url;
    }
}

}  // namespace
}  // namespace signalbox::net
