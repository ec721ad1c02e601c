#include "net/http_client.hpp"

#include "async/task_group.hpp"
#include "net/test_support.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <fstream>

namespace signalbox::net {
namespace {

using namespace std::chrono_literals;

Task<void> write_many(BodyWriter& writer) {
    for (int i = 0; i < 1000; ++i) {
        if (!(co_await writer.write("line " + std::to_string(i) + "\n")).has_value()) {
            co_return;
        }
    }
}

Task<void> write_then_abort(BodyWriter& writer) {
    EXPECT_TRUE((co_await writer.write("part")).has_value());
    writer.abort();
}

Task<Response> answer(Request& request) {
    if (request.path == "/stream") {
        co_return Response{
            .status = 200,
            .headers = {},
            .body = StreamBody{.produce = write_many, .live = false, .length = {}}
        };
    }
    if (request.path == "/cut") {
        co_return Response{
            .status = 200,
            .headers = {},
            .body = StreamBody{.produce = write_then_abort, .live = false, .length = {}}
        };
    }
    if (request.path == "/refuse") {
        co_return Response{.status = 413, .headers = {}, .body = "too large"};
    }
    if (request.path == "/slow") {
        co_await wait_for_ever();
    }
    request.body.set_limit(100'000'000);
    std::uint64_t size = 0;
    std::string beginning;
    while (true) {
        const auto piece = co_await request.body.next();
        if (!piece || piece->empty()) {
            break;
        }
        beginning += piece->substr(0, std::min<std::size_t>(piece->size(), 40 - beginning.size()));
        size += piece->size();
    }
    co_return Response{
        .status = 200,
        .headers = {{"X-Host", std::string(request.headers.find("Host").value_or("none"))}},
        .body = std::string(to_string(request.method)) + " " + request.target + " " +
                std::to_string(size) + " " + beginning
    };
}

// A server, and a client of it.
struct Pair : TestServer {
    explicit Pair(HttpServer::Handler handler = answer) : TestServer(std::move(handler)) {
        port = server.listen_tcp("127.0.0.1", 0).value();
        client = make_client({});
    }

    std::unique_ptr<HttpClient> make_client(ClientOptions options) {
        if (options.base_url.empty()) {
            options.base_url = "http://127.0.0.1:" + std::to_string(port);
        }
        return HttpClient::make(loop.get_executor(), pool, std::move(options)).value();
    }

    std::unique_ptr<HttpClient> client;
};

TEST(HttpClient, SendsAndKeepsItsConnection) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        for (int i = 0; i < 5; ++i) {
            const auto got = co_await pair.client->send({.target = "/a?b=c", .headers = {}});
            EXPECT_EQ(got.value().body, "GET /a?b=c 0 ");
            EXPECT_EQ(got->headers.find("x-host"), "127.0.0.1:" + std::to_string(pair.port));
            const auto posted = co_await pair.client->send(
                {.method = Method::kPost, .headers = {}, .body = {"hello"}}
            );
            EXPECT_EQ(posted.value().body, "POST / 5 hello");
        }
        EXPECT_EQ(pair.server.connections(), 1U);
        const auto head = co_await pair.client->send({.method = Method::kHead, .headers = {}});
        EXPECT_EQ(head.value().status, 200U);
        EXPECT_EQ(head->body, "");
        EXPECT_EQ(pair.server.connections(), 1U);
    });
}

TEST(HttpClient, UsesAsManyConnectionsAsRequestsAtOnceAndKeepsSome) {
    Pair pair;
    auto client = pair.make_client({.max_idle_connections = 2});
    pair.run([&]() -> Task<void> {
        async::TaskGroup group(pair.loop.get_executor());
        int done = 0;
        auto one = [](HttpClient* http, int* count) -> Task<void> {
            *count +=
                (co_await http->send({.target = "/stream", .headers = {}})).has_value() ? 1 : 0;
        };
        for (int i = 0; i < 10; ++i) {
            group.spawn("request", one(client.get(), &done));
        }
        co_await group.join();
        EXPECT_EQ(done, 10);
        co_await until([&] { return pair.server.connections() <= 2; });
    });
}

TEST(HttpClient, UploadsTextAndFilesAsOneBody) {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() / "f") << std::string(3'000'000, 'f');
    Pair pair;
    pair.run([&]() -> Task<void> {
        std::uint64_t progress = 0;
        ClientRequest request{.method = Method::kPut, .target = "/up", .headers = {}};
        request.body = {"begin|", make_file_piece(directory.path() / "f").value(), "|end"};
        request.on_progress = [&progress](std::uint64_t sent, std::uint64_t total) {
            EXPECT_GT(sent, progress);
            EXPECT_EQ(total, 3'000'010U);
            progress = sent;
        };
        const auto got = co_await pair.client->send(request);
        EXPECT_EQ(got.value().body, "PUT /up 3000010 begin|" + std::string(34, 'f'));
        EXPECT_EQ(progress, 3'000'010U);
        EXPECT_EQ(make_file_piece(directory.path() / "none").error().code(), Code::kNotFound);
        EXPECT_EQ(make_file_piece(directory.path()).error().code(), Code::kInvalid);
    });
}

TEST(HttpClient, AnUploadThatIsRefusedIsNotSent) {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() / "f") << std::string(3'000'000, 'f');
    Pair pair;
    pair.run([&]() -> Task<void> {
        ClientRequest request{.method = Method::kPost, .target = "/refuse", .headers = {}};
        request.body = {make_file_piece(directory.path() / "f").value()};
        request.on_progress = [](std::uint64_t, std::uint64_t) {
            ADD_FAILURE() << "bytes were sent";
        };
        const auto got = co_await pair.client->send(std::move(request));
        EXPECT_EQ(got.value().status, 413U);
        EXPECT_EQ(got->body, "too large");
    });
}

TEST(HttpClient, SeesAnAnswerThatComesDuringTheUpload) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        const auto got = co_await pair.client->send(
            {.method = Method::kPost,
             .target = "/refuse",
             .headers = {},
             .body = {std::string(8'000'000, 'x')}}
        );
        EXPECT_EQ(got.value().status, 413U);
        EXPECT_EQ((co_await pair.client->send({.headers = {}})).value().status, 200U);
    });
}

Task<std::string> read_stream(HttpClient* client) {
    ClientStream stream = (co_await client->open({.target = "/stream", .headers = {}})).value();
    EXPECT_EQ(stream.status(), 200U);
    std::string all;
    while (true) {
        const auto piece = co_await stream.next();
        if (piece.value().empty()) {
            co_return all;
        }
        all += *piece;
    }
}

TEST(HttpClient, StreamsAnswers) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        const std::string all = co_await read_stream(pair.client.get());
        EXPECT_TRUE(all.starts_with("line 0\nline 1\n"));
        EXPECT_TRUE(all.ends_with("line 999\n"));
        // Read to its end, the connection is used again; dropped half-way it is not.
        const auto dropped = co_await pair.client->open({.target = "/stream", .headers = {}});
        EXPECT_EQ(dropped.value().status(), 200U);
        EXPECT_EQ((co_await pair.client->send({.headers = {}})).value().status, 200U);
    });
}

TEST(HttpClient, ACutAnswerIsAnErrorAndALargeOneToo) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        const auto cut = co_await pair.client->send({.target = "/cut", .headers = {}});
        EXPECT_EQ(cut.error().code(), Code::kUnavailable);
        const auto large = co_await pair.client->send(
            {.target = "/stream", .headers = {}, .max_response_bytes = 100}
        );
        EXPECT_EQ(large.error().code(), Code::kTooLarge);
        EXPECT_TRUE(large.error().message().ends_with("the answer is larger than 100 bytes"));
    });
}

TEST(HttpClient, ReplacesAConnectionTheServerClosedMeanwhile) {
    ServerOptions options = quick_options();
    options.limits.idle = 10ms;
    TestServer server(answer, std::move(options));
    server.port = server.server.listen_tcp("127.0.0.1", 0).value();
    auto client = HttpClient::make(
                      server.loop.get_executor(),
                      server.pool,
                      {.base_url = "http://127.0.0.1:" + std::to_string(server.port)}
    )
                      .value();
    server.run([&]() -> Task<void> {
        for (int i = 0; i < 3; ++i) {
            EXPECT_TRUE((co_await client->send({.method = Method::kPost, .headers = {}})
            ).has_value());
            co_await until([&] { return server.server.connections() == 0; });
        }
    });
}

TEST(HttpClient, SaysWhoIsNotReachableAndWhy) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        const TemporaryDirectory directory;
        const std::string path = (directory.path() / "none.sock").string();
        const auto no_socket =
            co_await pair.make_client({.base_url = "unix:" + path})->send({.headers = {}});
        EXPECT_EQ(no_socket.error().code(), Code::kUnavailable);
        EXPECT_TRUE(no_socket.error().message().contains(path)) << no_socket.error().message();

        const std::string url = "http://127.0.0.1:1";
        const auto refused = co_await pair.make_client({.base_url = url})->send({.headers = {}});
        EXPECT_EQ(refused.error().code(), Code::kUnavailable);
        EXPECT_TRUE(refused.error().message().starts_with("cannot reach " + url + ": "));

        const auto bad = co_await pair.client->send({.target = "/a b", .headers = {}});
        EXPECT_EQ(bad.error().code(), Code::kInvalid);
    });
    EXPECT_EQ(
        HttpClient::make(pair.loop.get_executor(), pair.pool, {.base_url = "nonsense"})
            .error()
            .code(),
        Code::kInvalid
    );
}

TEST(HttpClient, GivesUpOnSilence) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        const auto idle =
            co_await pair.client->send({.target = "/slow", .headers = {}, .idle_timeout = 20ms});
        EXPECT_EQ(idle.error().code(), Code::kDeadline) << idle.error().message();
        const auto total =
            co_await pair.client->send({.target = "/slow", .headers = {}, .total_timeout = 20ms});
        EXPECT_EQ(total.error().code(), Code::kDeadline) << total.error().message();
        EXPECT_TRUE(total.error().message().ends_with("GET /slow took longer than 20 ms"));
        const auto in_time =
            co_await pair.client->send({.target = "/quick", .headers = {}, .total_timeout = 10s});
        EXPECT_EQ(in_time.value().status, 200U);
        // What ends before it has waited for anything is not waited for either.
        const auto at_once =
            co_await pair.client->send({.target = "/a b", .headers = {}, .total_timeout = 1h});
        EXPECT_EQ(at_once.error().code(), Code::kInvalid);
        const std::string long_path(200, 'x');
        auto nowhere = pair.make_client({.base_url = "unix:/" + long_path, .connect_timeout = 1h});
        EXPECT_EQ((co_await nowhere->send({.headers = {}})).error().code(), Code::kInvalid);
    });
}

Task<void> send_slow(HttpClient* client) {
    const auto got = co_await client->send({.target = "/slow", .headers = {}, .total_timeout = 1h});
    ADD_FAILURE() << "was not cancelled, " << got.has_value();
}

TEST(HttpClient, ARequestCanBeCancelled) {
    Pair pair;
    pair.run([&]() -> Task<void> {
        async::TaskGroup group(pair.loop.get_executor());
        group.spawn("slow", send_slow(pair.client.get()));
        co_await until([&] { return pair.server.connections() > 0; });
        group.cancel();
        co_await group.join();
    });
}

TEST(HttpClient, SpeaksOverUnixSockets) {
    const TemporaryDirectory directory;
    Pair pair;
    ASSERT_TRUE(pair.server.listen_unix(directory.path() / "s").has_value());
    auto client = pair.make_client({.base_url = "unix:" + (directory.path() / "s").string()});
    pair.run([&]() -> Task<void> {
        EXPECT_EQ((co_await client->send({.headers = {}})).value().body, "GET / 0 ");
    });
}

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

// Accepts one connection after the other, says `text` on each and closes it.
Task<void> say_and_close(Acceptor* acceptor, std::string text, int times) {
    for (int i = 0; i < times; ++i) {
        auto socket = co_await acceptor->async_accept(kAwait);
        std::array<char, 1000> ignored{};
        co_await socket.async_read_some(boost::asio::buffer(ignored), kAwait);
        co_await socket.async_write_some(boost::asio::buffer(text), kAwait);
    }
}

// Takes one request: says `says`, one after the other, when its head is there, and `answer` when
// all `body_bytes` of its body are.
Task<void> take_request(
    Acceptor* acceptor, std::vector<std::string> says, std::size_t body_bytes, std::string answer
) {
    auto socket = co_await acceptor->async_accept(kAwait);
    std::string got;
    std::vector<char> buffer(64U << 10U);
    const auto read = [&]() -> Task<void> {
        const std::size_t count =
            co_await socket.async_read_some(boost::asio::buffer(buffer), kAwait);
        got.append(buffer.data(), count);
    };
    while (!got.contains("\r\n\r\n")) {
        co_await read();
    }
    for (const std::string& text : says) {
        co_await socket.async_write_some(boost::asio::buffer(text), kAwait);
        for (int i = 0; i < 20; ++i) {
            co_await async::yield();
        }
    }
    while (got.size() - got.find("\r\n\r\n") - 4 < body_bytes) {
        co_await read();
    }
    co_await socket.async_write_some(boost::asio::buffer(answer), kAwait);
}

TEST(HttpClient, PassesOverInterimAnswersHoweverTheyAreCut) {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() / "f") << std::string(3'000'000, 'f');
    Pair pair;
    Acceptor acceptor(pair.loop.get_executor(), {boost::asio::ip::address_v4::loopback(), 0});
    auto client = pair.make_client(
        {.base_url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port())}
    );
    const std::string last = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    pair.run([&]() -> Task<void> {
        async::TaskGroup group(pair.loop.get_executor());
        const BodyPiece file = make_file_piece(directory.path() / "f").value();
        const std::vector<std::vector<std::string>> cases{
            {"HTTP/1.1 100 Continue\r\n\r\n"},
            {"HTTP/1.1 1", "00 Continue\r\n\r", "\n"},
            {"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"},
        };
        for (const auto& says : cases) {
            group.spawn("peer", take_request(&acceptor, says, 3'000'000, last));
            const auto got = co_await client->send(
                {.method = Method::kPut, .headers = {}, .body = {file}, .total_timeout = 10s}
            );
            EXPECT_TRUE(got.has_value() && got->body == "ok") << says.front();
        }
        // One that nobody asked for, or that comes late, does not end the upload.
        group.spawn("peer", take_request(&acceptor, cases.front(), 8'000'000, last));
        const auto got = co_await client->send(
            {.method = Method::kPut,
             .headers = {},
             .body = {std::string(8'000'000, 'x')},
             .total_timeout = 10s}
        );
        EXPECT_TRUE(got.has_value() && got->body == "ok");
        group.cancel();
        co_await group.join();
    });
}

TEST(HttpClient, NeedsAnAnswerInHttp) {
    Pair pair;
    Acceptor acceptor(pair.loop.get_executor(), {boost::asio::ip::address_v4::loopback(), 0});
    auto client = pair.make_client(
        {.base_url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port())}
    );
    pair.run([&]() -> Task<void> {
        async::TaskGroup group(pair.loop.get_executor());
        const std::vector<std::string> answers{
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"
        };
        for (const std::string& text : answers) {
            group.spawn("peer", say_and_close(&acceptor, text, 1));
            const auto got = co_await client->send({.headers = {}});
            EXPECT_EQ(got.error().code(), Code::kUnavailable) << text;
        }
        group.spawn("peer", say_and_close(&acceptor, "HTTP/1.1 200 OK\r\n\r\nto the end", 1));
        EXPECT_EQ((co_await client->send({.headers = {}})).value().body, "to the end");
        co_await group.join();
    });
}

}  // namespace
}  // namespace signalbox::net
