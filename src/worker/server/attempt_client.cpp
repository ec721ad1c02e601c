#include "worker/server/attempt_client.hpp"

#include "base/url.hpp"
#include "contract/error_body.hpp"

namespace signalbox::worker {

namespace {

constexpr std::string_view kBase = "/worker/v1";
constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20U;
constexpr unsigned kConflict = 409;

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

Failure refused(const net::ClientResponse& response) {
    return fail(contract::decode_error(static_cast<int>(response.status), response.body));
}

// `https://host:port/path?query` in its two parts; a presigned address is on another server.
struct SplitUrl {
    std::string base;
    std::string target;
};

SplitUrl split_url(const std::string& url) {
    const std::size_t host = url.find("://");
    const std::size_t path = url.find('/', host == std::string::npos ? 0 : host + 3);
    if (path == std::string::npos) {
        return {.base = url, .target = "/"};
    }
    return {.base = url.substr(0, path), .target = url.substr(path)};
}

}  // namespace

Result<std::unique_ptr<AttemptClient>> AttemptClient::make(
    Executor executor, async::BlockingPool& pool, const WorkerSettings& settings
) {
    net::ClientOptions options;
    options.base_url = settings.server_url;
    options.ca_file = settings.ca_file;
    options.connect_timeout = settings.times.answer;
    SB_TRY(auto client, net::HttpClient::make(executor, pool, std::move(options)));
    return std::unique_ptr<AttemptClient>(
        new AttemptClient(executor, pool, std::move(client), settings)
    );
}

AttemptClient::AttemptClient(
    Executor executor,
    async::BlockingPool& pool,
    std::unique_ptr<net::HttpClient> client,
    const WorkerSettings& settings
)
    : executor_(std::move(executor)),
      pool_(pool),
      client_(std::move(client)),
      authorization_("Bearer " + settings.token),
      ca_file_(settings.ca_file),
      answer_time_(settings.times.answer) {}

net::ClientRequest AttemptClient::make_request(net::Method method, std::string target) const {
    net::ClientRequest request;
    request.method = method;
    request.target = std::string(kBase) + std::move(target);
    request.headers.add("Authorization", authorization_);
    request.max_response_bytes = kMaxAnswerBytes;
    return request;
}

Task<Result<net::ClientResponse>> AttemptClient::send(net::ClientRequest request) {
    SB_CO_TRY(auto response, co_await client_->send(std::move(request)));
    if (!is_success(response.status) && response.status != kConflict) {
        co_return refused(response);
    }
    co_return response;
}

Task<Result<contract::AttemptDescription>> AttemptClient::get_attempt() {
    auto request = make_request(net::Method::kGet, "/attempt");
    request.total_timeout = answer_time_;
    SB_CO_TRY(const auto response, co_await send(std::move(request)));
    if (response.status == kConflict) {
        co_return refused(response);
    }
    co_return contract::decode_attempt_description(response.body);
}

Task<Result<net::ClientStream>> AttemptClient::open_scenario(
    contract::ScenarioInfo scenario, std::uint64_t offset
) {
    auto request = make_request(net::Method::kGet, "/scenario");
    net::HttpClient* client = client_.get();
    std::unique_ptr<net::HttpClient> elsewhere;
    if (!scenario.url.empty()) {
        SplitUrl url = split_url(scenario.url);
        net::ClientOptions options;
        options.base_url = std::move(url.base);
        options.ca_file = ca_file_;
        SB_CO_TRY(elsewhere, net::HttpClient::make(executor_, pool_, std::move(options)));
        client = elsewhere.get();
        request.target = std::move(url.target);
        request.headers.erase("Authorization");  // the address is its own credential
    }
    if (offset > 0) {
        request.headers.add("Range", "bytes=" + std::to_string(offset) + "-");
    }
    SB_CO_TRY(net::ClientStream stream, co_await client->open(std::move(request)));
    if (!is_success(stream.status())) {
        SB_CO_TRY(const std::string body, co_await stream.read_all(kMaxAnswerBytes));
        co_return fail(contract::decode_error(static_cast<int>(stream.status()), body));
    }
    co_return stream;
}

Task<Result<contract::BeatAnswer>> AttemptClient::beat(contract::BeatRequest beat) {
    auto request = make_request(net::Method::kPost, "/beat");
    request.headers.add("Content-Type", "application/json");
    request.body.emplace_back(contract::encode(beat));
    request.total_timeout = answer_time_;
    SB_CO_TRY(const auto response, co_await send(std::move(request)));
    if (response.status == kConflict) {
        co_return refused(response);
    }
    co_return contract::decode_beat_answer(response.body);
}

Task<Result<std::uint64_t>> AttemptClient::put_log(std::uint64_t offset, std::string bytes) {
    auto request = make_request(net::Method::kPut, "/log?offset=" + std::to_string(offset));
    request.headers.add("Content-Type", "application/octet-stream");
    request.body.emplace_back(std::move(bytes));
    request.total_timeout = answer_time_ * 3;
    SB_CO_TRY(const auto response, co_await send(std::move(request)));
    SB_CO_TRY(const auto answer, contract::decode_log_answer(response.body));
    if (!answer.next && !answer.expected) {
        co_return refused(response);
    }
    co_return answer.next ? *answer.next : *answer.expected;
}

Task<Result<void>> AttemptClient::put_result(model::ResultFile result, net::FilePiece content) {
    auto request = make_request(net::Method::kPut, "/results/" + percent_encode_path(result.path));
    request.headers.add("Content-Type", "application/octet-stream");
    request.headers.add("X-SHA256", result.sha256);
    request.body.emplace_back(std::move(content));
    SB_CO_TRY(const auto response, co_await send(std::move(request)));
    if (response.status == kConflict) {
        co_return refused(response);
    }
    co_return Result<void>();
}

Task<Result<void>> AttemptClient::post_verdict(std::string verdict) {
    auto request = make_request(net::Method::kPost, "/verdict");
    request.headers.add("Content-Type", "application/json");
    request.body.emplace_back(std::move(verdict));
    request.total_timeout = answer_time_ * 6;
    SB_CO_OK(co_await send(std::move(request)));
    co_return Result<void>();
}

}  // namespace signalbox::worker
