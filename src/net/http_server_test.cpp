#include "net/http_server.hpp"

#include "async/task_group.hpp"
#include "net/test_support.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace signalbox::net {
namespace {

using namespace std::chrono_literals;

// Says what it was asked; reads the body unless the path is /ignore.
Task<Response> echo(Request& request) {
    if (request.path == "/throw") {
        throw std::runtime_error("a bug");
    }
    std::string text(to_string(request.method));
    text += " " + request.path;
    if (request.path != "/ignore") {
        const auto body = co_await request.body.read_all();
        if (!body) {
            co_return Response{
                .status = body.error().code() == Code::kTooLarge ? 413U : 400U,
                .headers = {},
                .body = body.error().message()
            };
        }
        text += " [" + *body + "]";
    }
    co_return Response{.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = text};
}

constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kLastGet = "GET /z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        for (int i = 0; i < 3; ++i) {
            co_await client.send(kGet);
            const std::string answer = co_await client.read_to("[]");
            EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
            EXPECT_TRUE(answer.contains("\r\nContent-Length: 9\r\n\r\nGET /a []")) << answer;
            EXPECT_FALSE(answer.contains("Connection:")) << answer;
        }
        EXPECT_EQ(server.server.connections(), 1U);
    });
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        std::string requests = "\r\n\r\n";
        for (int i = 0; i < 50; ++i) {
            requests += "POST /" + std::to_string(i) +
                        " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
        }
        const std::string answers = co_await talk(server, requests + kLastGet);
        std::size_t at = 0;
        for (int i = 0; i < 50; ++i) {
            at = answers.find("POST /" + std::to_string(i) + " [abc]", at);
            EXPECT_NE(at, std::string::npos) << i;
        }
        EXPECT_TRUE(answers.ends_with("GET /z []"));
    });
}

// Descriptors of sockets that a process started now would inherit.
int inherited_sockets() {
    int count = 0;
    for (int fd = 0; fd < 1000; ++fd) {
        struct stat status{};
        const int flags = ::fcntl(fd, F_GETFD);
        const bool open = flags >= 0 && ::fstat(fd, &status) == 0;
        count += open && S_ISSOCK(status.st_mode) && (flags & FD_CLOEXEC) == 0 ? 1 : 0;
    }
    return count;
}

TEST(HttpServer, ItsConnectionsAreNotInherited) {
    const int before = inherited_sockets();
    const TemporaryDirectory directory;
    TestServer server(echo);
    ASSERT_TRUE(server.server.listen_unix(directory.path() / "s").has_value());
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kGet);
        co_await client.read_to("[]");
        RawClient local(make_socket_stream((co_await connect_unix(directory.path() / "s")).value())
        );
        co_await local.send(kGet);
        co_await local.read_to("[]");
        EXPECT_EQ(server.server.connections(), 2U);
        EXPECT_EQ(inherited_sockets(), before);
    });
}

TEST(HttpServer, AWaitOfTheHandlersThatWasCancelledIsItsFailure) {
    TestServer server([](Request&) -> Task<Response> {
        throw boost::system::system_error(boost::asio::error::operation_aborted);
        co_return Response{};
    });
    server.run([&]() -> Task<void> {
        EXPECT_EQ(status_of(co_await talk(server, kLastGet)), "500");
    });
}

TEST(HttpServer, ReadsChunkedBodies) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: "
            "close\r\n\r\n4\r\nab"
        );
        co_await async::yield();
        co_await client.send("cd\r\n3\r\nefg\r\n0\r\n\r\n");
        EXPECT_EQ(body_of(co_await client.read_to_end()), "POST /a [abcdefg]");
    });
}

TEST(HttpServer, ReadsTheSameByteByByte) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        const std::string requests =
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n"
            "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3;e\r\nabc\r\n1\r\nd\r\n0\r\nT: u\r\n\r\n"
            "PUT /c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" +
            std::string(kLastGet);
        RawClient client = co_await RawClient::connect(server);
        for (const char byte : requests) {
            co_await client.send(std::string(1, byte));
            co_await async::yield();
        }
        const std::string answers = co_await client.read_to_end();
        for (const char* said : {"POST /a []", "POST /b [abcd]", "PUT /c [hi]", "GET /z []"}) {
            EXPECT_TRUE(answers.contains(said)) << answers;
        }
    });
}

TEST(HttpServer, SpeaksHttp10) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        EXPECT_EQ(body_of(co_await talk(server, "GET /a HTTP/1.0\r\n\r\n")), "GET /a []");
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_TRUE((co_await client.read_to("[]")).contains("Connection: keep-alive\r\n"));
        co_await client.send("GET /b HTTP/1.0\r\n\r\n");
        EXPECT_EQ(body_of(co_await client.read_to_end()), "GET /b []");
    });
}

TEST(HttpServer, HeadGetsTheHeadersOnly) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        const std::string answer =
            co_await talk(server, "HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        EXPECT_TRUE(answer.contains("Content-Length: 10\r\n")) << answer;
        EXPECT_EQ(body_of(answer), "");
    });
}

TEST(HttpServer, RefusesMalformedRequestsWithTheOwnersBody) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        const std::vector<std::pair<std::string, std::string>> cases{
            {"nonsense\r\n\r\n", "400"},
            {"GET / HTTP/1.1\r\n\r\n", "400"},
            {"GET / HTTP/1.1\nHost: x\n\n", "400"},
            {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "400"},
            {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", "400"},
            {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
            {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
             "0\r\n\r\n",
             "400"},
            {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
             "400"},
            {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
             "501"},
            {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
            {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
            {"GET / HTTP/3.0\r\n\r\n", "505"},
            {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"},
            {"GET /" + std::string(17000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"},
            {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(17000, 'a') + "\r\n\r\n", "431"},
        };
        for (const auto& [request, status] : cases) {
            const std::string answer = co_await talk(server, request);
            EXPECT_EQ(status_of(answer), status) << request.substr(0, 100) << "\n" << answer;
            EXPECT_TRUE(answer.contains("Connection: close\r\n")) << answer;
            EXPECT_TRUE(answer.contains("X-Request-ID: ")) << answer;
        }
    });
}

TEST(HttpServer, AMalformedRequestIsAnsweredForItselfNotForTheOneBefore) {
    std::vector<std::string> seen;
    ServerOptions options = quick_options();
    options.on_request_done = [&seen](const RequestSummary& done) {
        seen.push_back(std::string(to_string(done.method)) + " " + std::string(done.path));
    };
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("HEAD /first HTTP/1.1\r\nHost: x\r\nX-Request-ID: first\r\n\r\n");
        co_await client.read_to("\r\n\r\n");
        co_await client.send("GET / HTTP/1.1\nHost: x\n\n");
        const std::string answer = co_await client.read_to_end();
        EXPECT_EQ(status_of(answer), "400");
        EXPECT_TRUE(body_of(answer).starts_with("BAD_REQUEST: ")) << answer;
        EXPECT_FALSE(answer.contains("first")) << answer;
        const std::string head = co_await talk(server, "HEAD / HTTP/1.1\r\n\r\n");
        EXPECT_EQ(status_of(head), "400");
        EXPECT_EQ(body_of(head), "");
    });
    EXPECT_EQ(seen, (std::vector<std::string>{"HEAD /first", "GET /", "HEAD /"}));
}

TEST(HttpServer, AHeadOfNearlyTheLimitIsServed) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        const std::string answer = co_await talk(
            server,
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: " + std::string(16'000, 'a') +
                "\r\n\r\n"
        );
        EXPECT_EQ(status_of(answer), "200") << answer;
    });
}

TEST(HttpServer, TakesOverSaneRequestIdsAndMakesOthers) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        const auto with_id = [](const std::string& id) {
            return "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-ID: " + id +
                   "\r\n\r\n";
        };
        EXPECT_TRUE((co_await talk(server, with_id("my-id"))).contains("X-Request-ID: my-id\r\n"));
        const std::string made = co_await talk(server, with_id("not sane"));
        const std::size_t at = made.find("X-Request-ID: req-");
        EXPECT_NE(at, std::string::npos) << made;
        EXPECT_EQ(made.find("\r\n", at), at + 34) << made;
    });
}

TEST(HttpServer, AHandlersExceptionIsA500AndTheConnectionGoesOn) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        const std::string answers =
            co_await talk(server, "GET /throw HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(kLastGet));
        EXPECT_EQ(status_of(answers), "500");
        EXPECT_FALSE(answers.contains("a bug"));
        EXPECT_TRUE(answers.ends_with("GET /z []"));
    });
}

TEST(HttpServer, SaysContinueOnlyWhenTheBodyIsWanted) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        );
        EXPECT_EQ(co_await client.read_to("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.send("hi");
        EXPECT_TRUE((co_await client.read_to("]")).ends_with("POST /a [hi]"));
        co_await client.send(
            "POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        );
        const std::string refused = co_await client.read_to("ignore");
        EXPECT_TRUE(refused.starts_with("HTTP/1.1 200 ")) << refused;
        EXPECT_TRUE(refused.contains("Connection: close\r\n")) << refused;
    });
}

TEST(HttpServer, AnEarlyAnswerReachesAClientThatGoesOnSending) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
        EXPECT_TRUE((co_await client.read_to("/ignore")).contains("Connection: close\r\n"));
        co_await client.send(std::string(4'000'000, 'x'));
        EXPECT_EQ(co_await client.read_to_end(), "");
    });
}

TEST(HttpServer, ARefusedBodyIsDroppedOnlySoFar) {
    ServerOptions options = quick_options();
    options.limits.dropped = 20ms;
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n");
        const std::string answer = co_await client.read_to_end();
        EXPECT_EQ(status_of(answer), "413");
        EXPECT_EQ(body_of(answer), "request body too large: 9000000 bytes (max: 1048576)");
    });
}

TEST(HttpServer, AChunkedBodyIsRefusedAtTheLimit) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        std::string request = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 20; ++i) {
            request += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
        }
        const std::string answer = co_await talk(server, request + "0\r\n\r\n");
        EXPECT_EQ(status_of(answer), "413") << answer.substr(0, 300);
    });
}

TEST(HttpServer, SlowRequestsGet408AndIdleConnectionsAreClosed) {
    ServerOptions options = quick_options();
    options.limits.slow = 20ms;
    options.limits.idle = 20ms;
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        EXPECT_EQ(status_of(co_await talk(server, "GET / HTT")), "408");
        const std::string body =
            co_await talk(server, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
        EXPECT_EQ(status_of(body), "408");
        EXPECT_EQ(co_await talk(server, ""), "");
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kGet);
        EXPECT_EQ(status_of(co_await client.read_to_end()), "200");
    });
}

TEST(HttpServer, AHeadThatTricklesEndsAnyway) {
    ServerOptions options = quick_options();
    options.limits.head = 30ms;
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("GET / HTTP/1.1\r\n");
        for (int lines = 0; lines < 1000 && !client.stream().has_input(); ++lines) {
            co_await client.send("A: b\r\n");
            const auto next = std::chrono::steady_clock::now() + 1ms;
            co_await until([next] { return std::chrono::steady_clock::now() >= next; });
        }
        EXPECT_EQ(status_of(co_await client.read_to("\r\n\r\n")), "408");
    });
}

TEST(HttpServer, ABodyThatTricklesEndsAnyway) {
    ServerOptions options = quick_options();
    options.limits.slow = 30ms;
    options.limits.least_rate = 1'000'000;
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n");
        int bytes = 0;
        for (; bytes < 1000 && !client.stream().has_input(); ++bytes) {
            co_await client.send("a");
            const auto next = std::chrono::steady_clock::now() + 1ms;
            co_await until([next] { return std::chrono::steady_clock::now() >= next; });
        }
        EXPECT_LT(bytes, 1000);
        EXPECT_EQ(status_of(co_await client.read_to("\r\n\r\n")), "408");
    });
}

TEST(HttpServer, AReaderThatIsSlowButSteadyGetsALongAnswerWhole) {
    constexpr std::size_t kSize = 24U << 20U;
    ServerOptions options = quick_options();
    options.limits.stalled = 1s;
    TestServer server(
        [](Request&) -> Task<Response> {
            co_return Response{.status = 200, .headers = {}, .body = std::string(kSize, 'x')};
        },
        std::move(options)
    );
    server.run([&]() -> Task<void> {
        RawClient client = co_await RawClient::connect(server);
        co_await client.send(kLastGet);
        co_await client.read_to("\r\n\r\n");
        std::size_t received = client.take_pending().size();
        std::vector<char> buffer(64U << 10U);
        for (std::size_t count = 1; count > 0; received += count) {
            const auto next = std::chrono::steady_clock::now() + 5ms;
            co_await until([next] { return std::chrono::steady_clock::now() >= next; });
            count = (co_await client.stream().read_some(buffer)).value();
        }
        EXPECT_EQ(received, kSize);
    });
}

#if defined(__has_feature)
constexpr bool kPipesForTypes = __has_feature(undefined_behavior_sanitizer);
#else
constexpr bool kPipesForTypes = false;
#endif

// No descriptor beyond those that are open can be had while this lives.
class NoMoreDescriptors {
public:
    NoMoreDescriptors() {
        EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
        const UniqueFd lowest(::dup(STDERR_FILENO));
        rlimit limit = before_;
        limit.rlim_cur = static_cast<rlim_t>(lowest.get());
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    }

    ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    NoMoreDescriptors(const NoMoreDescriptors&) = delete;
    NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

private:
    rlimit before_{};
};

TEST(HttpServer, OutOfDescriptorsItWaitsAndThenGoesOn) {
    if (kPipesForTypes) {
        GTEST_SKIP() << "this sanitizer checks types through a pipe, and here are none to be had";
    }
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        RawClient idle = co_await RawClient::connect(server);
        co_await idle.send(kGet);
        co_await idle.read_to("[]");
        Socket socket(server.loop.get_executor());
        socket.open({AF_INET, IPPROTO_TCP});
        {
            const NoMoreDescriptors limit;
            const auto address = make_tcp_address("127.0.0.1", server.port).value();
            co_await socket.async_connect(address, kAwait);
            // The idle connection makes room, once its descriptor is back.
            EXPECT_EQ(co_await idle.read_to_end(), "");
            RawClient client(make_socket_stream(std::move(socket)));
            co_await client.send(kLastGet);
            EXPECT_TRUE((co_await client.read_to_end()).ends_with("GET /z []"));
        }
    });
}

TEST(HttpServer, AtTheLimitTheLongestIdleConnectionMakesRoom) {
    ServerOptions options = quick_options();
    options.limits.connections = 2;
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        RawClient first = co_await RawClient::connect(server);
        co_await first.send(kGet);
        co_await first.read_to("[]");
        RawClient second = co_await RawClient::connect(server);
        co_await second.send(kGet);
        co_await second.read_to("[]");
        EXPECT_TRUE((co_await talk(server, kLastGet)).ends_with("GET /z []"));
        EXPECT_EQ(co_await first.read_to_end(), "");
        co_await second.send(kGet);
        EXPECT_TRUE((co_await second.read_to("[]")).ends_with("GET /a []"));
    });
}

TEST(HttpServer, NewcomersGet503WhenNoneIsIdle) {
    ServerOptions options = quick_options();
    options.limits.connections = 1;
    bool begun = false;
    TestServer server(
        [&begun](Request&) -> Task<Response> {
            begun = true;
            co_await wait_for_ever();
            co_return Response{};
        },
        std::move(options)
    );
    server.run([&]() -> Task<void> {
        RawClient busy = co_await RawClient::connect(server);
        co_await busy.send(kGet);
        co_await until([&] { return begun; });
        const std::string refused = co_await talk(server, kGet);
        EXPECT_EQ(status_of(refused), "503");
        EXPECT_TRUE(refused.contains("Retry-After: 1\r\n"));
        EXPECT_TRUE(refused.ends_with("too many connections (max: 1)"));
    });
}

TEST(HttpServer, ReportsWhatItDid) {
    std::vector<std::string> seen;
    ServerOptions options = quick_options();
    options.on_request_done = [&seen](const RequestSummary& done) {
        seen.push_back(
            std::string(to_string(done.method)) + " " + std::string(done.path) + " " +
            std::to_string(done.status) + " " + std::to_string(done.bytes_received) + "/" +
            std::to_string(done.bytes_sent) + " " + std::string(done.peer)
        );
    };
    TestServer server(echo, std::move(options));
    server.run([&]() -> Task<void> {
        co_await talk(
            server,
            "POST /a%20b?q HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" +
                std::string(kLastGet)
        );
        co_await talk(server, "x\r\n\r\n");
    });
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0], "POST /a b 200 2/14 127.0.0.1");
    EXPECT_EQ(seen[1], "GET /z 200 0/9 127.0.0.1");
    EXPECT_TRUE(seen[2].starts_with("GET / 400 0/")) << seen[2];
}

TEST(HttpServer, SendsPiecesOfFiles) {
    const TemporaryDirectory directory;
    std::string content;
    for (int i = 0; content.size() < 500'000; ++i) {
        content += std::to_string(i) + ",";
    }
    std::ofstream(directory.path() / "f") << content;
    auto handler = [&directory](Request& request) -> Task<Response> {
        auto file = open_file(directory.path() / "f", O_RDONLY);
        const std::uint64_t offset = request.path == "/part" ? 1000 : 0;
        co_return Response{
            .status = 200,
            .headers = {},
            .body =
                FilePiece{
                    .file = std::make_shared<const UniqueFd>(std::move(file).value()),
                    .offset = offset,
                    .length = request.path == "/long" ? 600'000U : 400'000U
                }
        };
    };
    TestServer server(handler);
    server.run([&]() -> Task<void> {
        const std::string end = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        EXPECT_EQ(body_of(co_await talk(server, "GET /" + end)), content.substr(0, 400'000));
        EXPECT_EQ(body_of(co_await talk(server, "GET /part" + end)), content.substr(1000, 400'000));
        EXPECT_EQ(body_of(co_await talk(server, "HEAD /part" + end)), "");
        // A file that is shorter than it was said to be: the cut shows.
        EXPECT_LT(body_of(co_await talk(server, "GET /long" + end)).size(), 600'000U);
    });
}

TEST(HttpServer, ListensOnUnixSocketsAndReplacesStaleOnes) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "s.sock";
    TestServer server(echo);
    {
        // What a killed server leaves behind.
        TestServer gone(echo);
        ASSERT_TRUE(gone.server.listen_unix(path).has_value());
        std::filesystem::create_hard_link(path, directory.path() / "kept");
        gone.run([]() -> Task<void> { co_return; });
        std::filesystem::rename(directory.path() / "kept", path);
    }
    ASSERT_TRUE(server.server.listen_unix(path).has_value());
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    TestServer second(echo);
    EXPECT_EQ(second.server.listen_unix(path).error().code(), Code::kConflict);
    EXPECT_EQ(second.server.listen_unix(std::string(200, 'x')).error().code(), Code::kInvalid);
    server.run([&]() -> Task<void> {
        RawClient client(make_socket_stream((co_await connect_unix(path)).value()));
        co_await client.send(kLastGet);
        EXPECT_TRUE((co_await client.read_to_end()).ends_with("GET /z []"));
    });
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HttpServer, SaysWhyItCannotListen) {
    TestServer server(echo);
    server.run([&]() -> Task<void> {
        TestServer other(echo);
        const auto taken = other.server.listen_tcp("127.0.0.1", server.port);
        EXPECT_EQ(taken.error().code(), Code::kUnavailable);
        EXPECT_TRUE(taken.error().message().contains("127.0.0.1:" + std::to_string(server.port)));
        EXPECT_EQ(other.server.listen_tcp("example.org", 0).error().code(), Code::kInvalid);
        co_return;
    });
}

}  // namespace
}  // namespace signalbox::net
