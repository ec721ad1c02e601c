#include "net/http_client.hpp"

#include "base/text.hpp"
#include "net/client_connection.hpp"
#include "net/client_target.hpp"
#include "net/socket_stream.hpp"
#include "net/timeout.hpp"
#include "net/tls_stream.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace signalbox::net {

namespace {

using Connected = std::unique_ptr<ClientConnection>;

// Sending twice has the effect of sending once (RFC 9110, section 9.2.2).
bool may_repeat(Method method) {
    return method != Method::kPost && method != Method::kPatch;
}

bool sends_file(const ClientRequest& request) {
    return std::ranges::any_of(request.body, [](const BodyPiece& piece) {
        return std::holds_alternative<FilePiece>(piece);
    });
}

std::string format_request_head(
    const ClientRequest& request, const ClientTarget& target, const std::string& user_agent
) {
    std::string head(to_string(request.method));
    head += ' ';
    head += target.prefix;
    head += request.target;
    head += " HTTP/1.1\r\n";
    append_field(head, "Host", target.host_header);
    if (!request.headers.find("User-Agent")) {
        append_field(head, "User-Agent", user_agent);
    }
    for (const Header& field : request.headers) {
        append_field(head, field.name, field.value);
    }
    const std::uint64_t size = body_size(request);
    if (size > 0 || request.method == Method::kPost || request.method == Method::kPut ||
        request.method == Method::kPatch) {
        append_field(head, "Content-Length", std::to_string(size));
    }
    // Files are worth asking first whether they are wanted.
    if (sends_file(request)) {
        append_field(head, "Expect", "100-continue");
    }
    head += "\r\n";
    return head;
}

Result<void> check_target(const std::string& target) {
    if (!target.starts_with('/') || target.contains(' ') || has_control_characters(target)) {
        return fail(
            Code::kInvalid,
            "BAD_TARGET",
            "request target '" + to_valid_utf8(target) + "' is not an encoded path"
        );
    }
    return {};
}

}  // namespace

Result<FilePiece> make_file_piece(const std::filesystem::path& path) {
    SB_TRY(UniqueFd file, open_file(path, O_RDONLY));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return fail(system_error(errno, "examining " + path.string()));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(Code::kInvalid, "NO_FILE", path.string() + " is not a regular file");
    }
    return FilePiece{
        .file = std::make_shared<const UniqueFd>(std::move(file)),
        .offset = 0,
        .length = static_cast<std::uint64_t>(status.st_size)
    };
}

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
    Impl(Executor loop, async::BlockingPool& blocking_pool, ClientOptions client_options)
        : executor(loop), pool(blocking_pool), options(std::move(client_options)) {}

    Task<Result<ClientStream>> open(ClientRequest request);
    Task<Result<ClientResponse>> send(ClientRequest request);
    Task<Result<Connected>> establish();
    Connected take_idle();
    void give_back(Connected connection);

    Executor executor;
    async::BlockingPool& pool;
    ClientOptions options;
    ClientTarget target;
    std::shared_ptr<TlsContext> tls;
    std::vector<Connected> idle;
};

struct ClientStream::Impl {
    Connected connection;
    MessageHead head;
    std::string url;
    std::weak_ptr<HttpClient::Impl> client;
};

// All of what connect_timeout is for: look-up, connection and handshake.
Task<Result<Connected>> HttpClient::Impl::establish() {
    SB_CO_TRY(
        Socket socket,
        target.unix_path.empty() ? co_await connect_tcp(pool, target.host, target.port)
                                 : co_await connect_unix(target.unix_path)
    );
    std::unique_ptr<Stream> stream;
    if (target.secure) {
        auto secured = make_tls_stream(std::move(socket), tls, target.host);
        SB_CO_OK(co_await secured->handshake());
        stream = std::move(secured);
    } else {
        stream = make_socket_stream(std::move(socket));
    }
    co_return std::make_unique<ClientConnection>(executor, pool, std::move(stream), target.secure);
}

Connected HttpClient::Impl::take_idle() {
    while (!idle.empty()) {
        Connected connection = std::move(idle.back());
        idle.pop_back();
        if (!connection->stale()) {
            return connection;
        }
    }
    return nullptr;
}

void HttpClient::Impl::give_back(Connected connection) {
    if (connection->reusable() && idle.size() < options.max_idle_connections) {
        idle.push_back(std::move(connection));
    }
}

Task<Result<ClientStream>> HttpClient::Impl::open(ClientRequest request) {
    SB_CO_OK(check_target(request.target));
    const std::string head = format_request_head(request, target, options.user_agent);
    const auto idle_timeout = request.idle_timeout.value_or(options.idle_timeout);
    Connected connection = take_idle();
    while (true) {
        const bool reused = connection != nullptr;
        if (!reused) {
            Result<Connected> fresh =
                co_await with_timeout(establish(), options.connect_timeout, "connecting");
            if (!fresh) {
                co_return fail(std::move(fresh).error().prefixed("cannot reach " + options.base_url)
                );
            }
            connection = *std::move(fresh);
        }
        Result<MessageHead> answer = co_await connection->start(request, head, idle_timeout);
        if (answer) {
            co_return ClientStream(std::make_unique<ClientStream::Impl>(ClientStream::Impl{
                .connection = std::move(connection),
                .head = *std::move(answer),
                .url = options.base_url,
                .client = weak_from_this()
            }));
        }
        // The server may have closed a kept connection just when we used it.
        const bool again = reused && !connection->heard() && may_repeat(request.method) &&
                           answer.error().code() == Code::kUnavailable;
        connection.reset();
        if (!again) {
            co_return fail(std::move(answer).error().prefixed(options.base_url));
        }
    }
}

Task<Result<ClientResponse>> HttpClient::Impl::send(ClientRequest request) {
    const std::size_t max_bytes = request.max_response_bytes;
    SB_CO_TRY(ClientStream stream, co_await open(std::move(request)));
    SB_CO_TRY(std::string body, co_await stream.read_all(max_bytes));
    co_return ClientResponse{
        .status = stream.status(), .headers = stream.headers(), .body = std::move(body)
    };
}

ClientStream::ClientStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ClientStream::ClientStream(ClientStream&&) noexcept = default;
ClientStream& ClientStream::operator=(ClientStream&&) noexcept = default;

ClientStream::~ClientStream() {
    // Kept for the next request if the answer was read to its end.
    if (impl_ != nullptr && impl_->connection != nullptr) {
        if (const auto client = impl_->client.lock()) {
            client->give_back(std::move(impl_->connection));
        }
    }
}

unsigned ClientStream::status() const {
    return impl_->head.status;
}

const Headers& ClientStream::headers() const {
    return impl_->head.headers;
}

Task<Result<std::string_view>> ClientStream::next() {
    Result<std::string_view> piece = co_await impl_->connection->next_piece();
    if (!piece) {
        co_return fail(std::move(piece).error().prefixed(impl_->url));
    }
    co_return piece;
}

Task<Result<std::string>> ClientStream::read_all(std::size_t max_bytes) {
    std::string all;
    while (true) {
        SB_CO_TRY(const std::string_view piece, co_await next());
        if (piece.empty()) {
            co_return all;
        }
        if (all.size() + piece.size() > max_bytes) {
            co_return fail(
                Code::kTooLarge,
                "RESPONSE_TOO_LARGE",
                impl_->url + ": the answer is larger than " + std::to_string(max_bytes) + " bytes"
            );
        }
        all += piece;
    }
}

Result<std::unique_ptr<HttpClient>> HttpClient::make(
    Executor executor, async::BlockingPool& pool, ClientOptions options
) {
    SB_TRY(ClientTarget target, parse_client_target(options.base_url));
    auto impl = std::make_shared<Impl>(executor, pool, std::move(options));
    impl->target = std::move(target);
    if (impl->target.secure) {
        SB_TRY(impl->tls, make_client_tls(impl->options.ca_file, impl->options.verify_certificate));
    }
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

HttpClient::HttpClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpClient::~HttpClient() = default;

Task<Result<ClientResponse>> HttpClient::send(ClientRequest request) {
    const std::shared_ptr<Impl> impl = impl_;
    const auto total = request.total_timeout;
    if (!total) {
        co_return co_await impl->send(std::move(request));
    }
    std::string what = impl->options.base_url + ": " + std::string(to_string(request.method)) +
                       " " + request.target;
    co_return co_await with_timeout(impl->send(std::move(request)), *total, std::move(what));
}

Task<Result<ClientStream>> HttpClient::open(ClientRequest request) {
    const std::shared_ptr<Impl> impl = impl_;
    co_return co_await impl->open(std::move(request));
}

const std::string& HttpClient::base_url() const {
    return impl_->options.base_url;
}

}  // namespace signalbox::net
