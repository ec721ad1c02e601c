#include "cli/client/api_client.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "contract/error_body.hpp"

namespace signalbox::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{5'000};
constexpr std::size_t kMaxErrorBytes = std::size_t{1} << 20U;

net::ClientOptions options_for(const Connection& connection) {
    return {
        .base_url = connection.url,
        .ca_file = connection.ca_file,
        .user_agent = "signalbox-cli/" SIGNALBOX_VERSION,
        .connect_timeout = kConnectTimeout
    };
}

/// What went wrong on the way gets its own word: nothing is known about what was asked.
Error on_the_way(const Error& error) {
    if (error.code() != Code::kUnavailable && error.code() != Code::kDeadline) {
        return error;
    }
    return Error(error.code(), std::string(kUnreachableWord), error.message());
}

Error error_of(unsigned status, const net::Headers& headers, std::string_view body) {
    Error error = contract::decode_error(static_cast<int>(status), body);
    if (const auto text = headers.find("Retry-After")) {
        if (const auto seconds = parse_number<std::int64_t>(trim(*text))) {
            error = std::move(error).with_retry_after(std::chrono::seconds(*seconds));
        }
    }
    return error;
}

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

Task<Result<net::ClientStream>> checked(Result<net::ClientStream> stream) {
    if (!stream) {
        co_return fail(on_the_way(stream.error()));
    }
    if (is_success(stream->status())) {
        co_return std::move(stream);
    }
    const auto body = co_await stream->read_all(kMaxErrorBytes);
    co_return fail(error_of(stream->status(), stream->headers(), body.value_or("")));
}

}  // namespace

Result<std::unique_ptr<ApiClient>> ApiClient::make(
    Executor executor, async::BlockingPool& pool, Connection connection
) {
    SB_TRY(auto http, net::HttpClient::make(executor, pool, options_for(connection)));
    return std::unique_ptr<ApiClient>(
        new ApiClient(executor, pool, std::move(connection), std::move(http))
    );
}

ApiClient::ApiClient(
    Executor executor,
    async::BlockingPool& pool,
    Connection connection,
    std::unique_ptr<net::HttpClient> http
)
    : executor_(executor),
      pool_(pool),
      connection_(std::move(connection)),
      http_(std::move(http)) {}

net::ClientRequest ApiClient::to_request(ApiCall call) const {
    net::ClientRequest request{
        .method = call.method, .target = std::move(call.target), .headers = std::move(call.headers)
    };
    if (!connection_.key.empty()) {
        if (connection_.purpose == Purpose::kAdmin) {
            request.headers.set("X-Admin-Key", connection_.key);
        } else {
            request.headers.set("Authorization", "Bearer " + connection_.key);
        }
    }
    if (!call.json.empty()) {
        request.headers.set("Content-Type", "application/json");
        request.body.emplace_back(std::move(call.json));
    } else {
        request.body = std::move(call.body);
    }
    request.on_progress = std::move(call.on_progress);
    request.idle_timeout = call.idle_timeout;
    return request;
}

Task<Result<std::string>> ApiClient::call(ApiCall call) {
    SB_CO_TRY(net::ClientResponse response, co_await exchange(std::move(call)));
    co_return std::move(response.body);
}

Task<Result<net::ClientResponse>> ApiClient::exchange(ApiCall call) {
    auto response = co_await http_->send(to_request(std::move(call)));
    if (!response) {
        co_return fail(on_the_way(response.error()));
    }
    if (!is_success(response->status)) {
        co_return fail(with_key_source(error_of(response->status, response->headers, response->body)
        ));
    }
    co_return std::move(response);
}

Task<Result<net::ClientStream>> ApiClient::open(ApiCall call) {
    auto opened = co_await http_->open(to_request(std::move(call)));
    auto stream = co_await checked(std::move(opened));
    if (!stream) {
        co_return fail(with_key_source(stream.error()));
    }
    co_return std::move(stream);
}

Error ApiClient::with_key_source(Error error) const {
    const bool refused = error.code() == Code::kUnauthenticated || error.code() == Code::kForbidden;
    return refused ? std::move(error).with(std::string(kKeySource), connection_.key_source)
                   : std::move(error);
}

Error ApiClient::not_understood(const Error& error) const {
    return {
        Code::kInvalid,
        "BAD_ANSWER",
        connection_.url + " answers, but not as Signalbox does: is the address right? (" +
            error.message() + ")"
    };
}

Task<Result<net::ClientStream>> ApiClient::open_elsewhere(std::string url, net::Headers headers) {
    const std::size_t host = url.find("://");
    const std::size_t path = host == std::string::npos ? host : url.find('/', host + 3);
    if (path == std::string::npos) {
        co_return fail(Code::kInvalid, "BAD_ADDRESS", "the address " + url + " has no path");
    }
    Connection elsewhere{.url = url.substr(0, path)};
    SB_CO_TRY(const auto http, net::HttpClient::make(executor_, pool_, options_for(elsewhere)));
    net::ClientRequest request{.target = url.substr(path), .headers = std::move(headers)};
    auto stream = co_await http->open(std::move(request));
    co_return co_await checked(std::move(stream));
}

std::string job_target(std::string_view id, std::string_view rest) {
    return "/jobs/" + percent_encode(id) + std::string(rest);
}

}  // namespace signalbox::cli
