// Streamed responses, hang-ups and the orderly stop.
#include "async/task_group.hpp"
#include "net/http_server.hpp"
#include "net/test_support.hpp"

namespace signalbox::net {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

Response stream_response(std::function<Task<void>(BodyWriter&)> produce, bool live = true) {
    return {
        .status = 200,
        .headers = {{"Content-Type", "text/event-stream"}},
        .body = StreamBody{.produce = std::move(produce), .live = live, .length = {}}
    };
}

Task<void> write_three(BodyWriter& writer) {
    for (const char* text : {"one", "two", "three"}) {
        EXPECT_TRUE((co_await writer.write(text)).has_value());
        co_await async::yield();
    }
}

Task<Response> three_handler(Request& request) {
    co_return stream_response(write_three, request.path == "/live");
}

TEST(HttpStream, IsChunkedAndTheConnectionGoesOn) {
    TestServer server(three_handler);
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        for (int i = 0; i < 3; ++i) {
            co_await client.send(kGet);
            const std::string head = co_await client.read_to("\r\n\r\n");
            EXPECT_TRUE(head.contains("Transfer-Encoding: chunked\r\n")) << head;
            EXPECT_FALSE(head.contains("Content-Length"));
            EXPECT_EQ(
                co_await client.read_to("0\r\n\r\n"),
                "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"
            );
        }
        EXPECT_EQ(server.server.active_streams(), 0U);
    });
}

TEST(HttpStream, TakesTheNextRequestThatCameMeanwhile) {
    TestServer server(three_handler);
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        std::string many;
        for (int i = 0; i < 20; ++i) {
            many += kGet;
        }
        co_await client.send(many);
        for (int i = 0; i < 20; ++i) {
            EXPECT_TRUE((co_await client.read_to("0\r\n\r\n")).contains("three")) << i;
        }
    });
}

TEST(HttpStream, Http10GetsItUpToTheClose) {
    TestServer server(three_handler);
    server.run([&]() -> Task<void> {
        const std::string answer =
            co_await talk(server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(body_of(answer), "onetwothree");
        EXPECT_TRUE(answer.contains("Connection: close\r\n"));
        EXPECT_FALSE(answer.contains("chunked"));
    });
}

TEST(HttpStream, HeadGetsTheHeadersAndNoProducerRuns) {
    TestServer server([](Request&) -> Task<Response> {
        co_return stream_response([](BodyWriter&) -> Task<void> {
            ADD_FAILURE() << "a producer ran";
            co_return;
        });
    });
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_TRUE((co_await client.read_to("\r\n\r\n")).contains("text/event-stream"));
        EXPECT_FALSE(client.stream().has_input());
    });
}

TEST(HttpStream, OfKnownLengthIsNotChunked) {
    TestServer server([](Request&) -> Task<Response> {
        Response response = stream_response(write_three, false);
        std::get<StreamBody>(response.body).length = 11;
        co_return response;
    });
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        for (int i = 0; i < 2; ++i) {
            co_await client.send(kGet);
            const std::string answer = co_await client.read_to("three");
            EXPECT_TRUE(answer.contains("Content-Length: 11\r\n"));
            EXPECT_EQ(body_of(answer), "onetwothree");
        }
    });
}

// A producer that says one thing and then waits, and what became of it.
struct Waiting {
    int begun = 0;
    int ended = 0;

    HttpServer::Handler handler(bool live = true) {
        return [this, live](Request&) -> Task<Response> { return respond(this, live); };
    }

    static Task<Response> respond(Waiting* self, bool live) {
        co_return stream_response(
            [self](BodyWriter& writer) { return produce(self, writer); }, live
        );
    }

    static Task<void> produce(Waiting* self, BodyWriter& writer) {
        struct OnEnd {
            Waiting* waiting;

            ~OnEnd() { ++waiting->ended; }
        };

        const OnEnd on_end{self};
        ++self->begun;
        EXPECT_TRUE((co_await writer.write("hello")).has_value());
        co_await wait_for_ever();
    }
};

TEST(HttpStream, AHangUpCancelsAProducerThatWaits) {
    Waiting waiting;
    TestServer server(waiting.handler());
    server.run([&]() -> Task<void> {
        {
            RawClient client = co_await RawClient::connect(server);
            co_await client.send(kGet);
            co_await client.read_to("hello");
            EXPECT_EQ(server.server.active_streams(), 1U);
            EXPECT_EQ(waiting.ended, 0);
        }
        co_await until([&] { return server.server.connections() == 0; });
        EXPECT_EQ(waiting.ended, 1);
        EXPECT_EQ(server.server.active_streams(), 0U);
    });
}

TEST(HttpStream, StoppingCancelsWhatStillWaits) {
    Waiting waiting;
    TestServer server(waiting.handler(false));
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kGet);
        co_await client.read_to("hello");
        server.server.abort();
        EXPECT_FALSE((co_await client.read_to_end()).contains("0\r\n\r\n"));
    });
    EXPECT_EQ(waiting.begun, 1);
    EXPECT_EQ(waiting.ended, 1);
}

TEST(HttpStream, AProducersExceptionCutsTheBody) {
    TestServer server([](Request&) -> Task<Response> {
        co_return stream_response([](BodyWriter& writer) -> Task<void> {
            EXPECT_TRUE((co_await writer.write("some")).has_value());
            throw std::runtime_error("a bug");
        });
    });
    server.run([&]() -> Task<void> {
        EXPECT_EQ(body_of(co_await talk(server, kGet)), "4\r\nsome\r\n");
    });
}

TEST(HttpStream, AnAbortedBodyHasNoEnd) {
    TestServer server([](Request&) -> Task<Response> {
        co_return stream_response([](BodyWriter& writer) -> Task<void> {
            EXPECT_TRUE((co_await writer.write("some")).has_value());
            writer.abort();
            EXPECT_FALSE((co_await writer.write("more")).has_value());
        });
    });
    server.run([&]() -> Task<void> {
        EXPECT_EQ(body_of(co_await talk(server, kGet)), "4\r\nsome\r\n");
    });
}

TEST(HttpStream, AClientThatDoesNotReadIsCutOff) {
    ServerOptions options = quick_options();
    options.limits.stalled = 20ms;
    TestServer server(
        [](Request&) -> Task<Response> {
            co_return stream_response([](BodyWriter& writer) -> Task<void> {
                const std::string block(1U << 20U, 'x');
                while ((co_await writer.write(block)).has_value()) {
                }
            });
        },
        std::move(options)
    );
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kGet);
        co_await client.read_to("xxx");
        co_await until([&] { return server.server.connections() == 0; });
    });
}

TEST(HttpDrain, ClosesIdleConnectionsAndLetsRequestsFinish) {
    bool go_on = false;
    bool begun = false;
    TestServer server([&](Request& request) -> Task<Response> {
        begun = request.path == "/slow";
        co_await until([&] { return request.path != "/slow" || go_on; });
        co_return Response{.status = 200, .headers = {}, .body = "done"};
    });
    server.run([&]() -> Task<void> {
        RawClient idle = co_await RawClient::connect(server);
        co_await idle.send(kGet);
        co_await idle.read_to("done");
        RawClient busy = co_await RawClient::connect(server);
        co_await busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        co_await until([&] { return begun; });
        async::TaskGroup group(server.loop.get_executor());
        group.spawn("drain", server.server.drain(10s));
        EXPECT_EQ(co_await idle.read_to_end(), "");
        go_on = true;
        const std::string answer = co_await busy.read_to_end();
        EXPECT_TRUE(answer.contains("Connection: close\r\n")) << answer;
        EXPECT_EQ(body_of(answer), "done");
        co_await group.join();
        EXPECT_EQ(server.server.connections(), 0U);
        EXPECT_FALSE((co_await connect_tcp(server.pool, "127.0.0.1", server.port)).has_value());
    });
}

TEST(HttpDrain, TellsStreamsToEnd) {
    TestServer server([](Request&) -> Task<Response> {
        co_return stream_response([](BodyWriter& writer) -> Task<void> {
            EXPECT_TRUE((co_await writer.write("hello")).has_value());
            co_await until([&] { return writer.draining(); });
            EXPECT_TRUE((co_await writer.write("bye")).has_value());
        });
    });
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kGet);
        co_await client.read_to("hello\r\n");
        co_await server.server.drain(10s);
        EXPECT_EQ(co_await client.read_to_end(), "3\r\nbye\r\n0\r\n\r\n");
    });
}

TEST(HttpDrain, CutsLiveStreamsLongBeforeDownloads) {
    Waiting waiting;
    TestServer server(waiting.handler(true));
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kGet);
        co_await client.read_to("hello\r\n");
        const auto begin = std::chrono::steady_clock::now();
        co_await server.server.drain(50s);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 40s);
        EXPECT_EQ(co_await client.read_to_end(), "");
    });
    EXPECT_EQ(waiting.ended, 1);
}

}  // namespace
}  // namespace signalbox::net
