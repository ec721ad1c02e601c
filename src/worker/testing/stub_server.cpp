#include "worker/testing/stub_server.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "contract/error_body.hpp"

#include <algorithm>

namespace signalbox::worker {

namespace {

constexpr std::uint64_t kMaxBody = std::uint64_t{1} << 30U;
constexpr std::string_view kPrefix = "/worker/v1";
constexpr std::string_view kResults = "/results/";

net::Response text(unsigned status, std::string body) {
    net::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

net::Response refuse(Code code, const std::string& word) {
    return text(
        static_cast<unsigned>(contract::http_status(code)),
        contract::encode_error(Error(code, word, word + " in the test"), "test", Instant())
    );
}

net::ServerOptions make_options() {
    net::ServerOptions options;
    options.render_error = [](const net::Refusal& refusal) {
        return text(refusal.status, refusal.message);
    };
    return options;
}

}  // namespace

StubServer::StubServer(
    Executor executor, async::BlockingPool& pool, const std::filesystem::path& socket
)
    : server_(std::move(executor), pool, make_options(), [this](net::Request& request) {
          return answer(request);
      }) {
    SB_CHECK(server_.listen_unix(socket).has_value());
}

Task<void> StubServer::stop() {
    server_.stop_accepting();
    co_await server_.drain(std::chrono::milliseconds(0));
}

bool StubServer::saw_phase(contract::WorkerPhase phase) const {
    return std::ranges::any_of(beats, [phase](const auto& beat) { return beat.phase == phase; });
}

Task<net::Response> StubServer::answer(net::Request& request) {
    request.body.set_limit(kMaxBody);
    const std::string path = request.path.substr(std::min(request.path.size(), kPrefix.size()));
    const std::string call = std::string(net::to_string(request.method)) + " " + path;
    calls.push_back(call);
    if (on_call) {
        on_call(call);
    }
    if (away) {
        co_return refuse(Code::kUnavailable, "AWAY");
    }
    if (gone) {
        co_return refuse(Code::kGone, "FENCED");
    }
    if (request.headers.find("Authorization") != "Bearer secret") {
        co_return refuse(Code::kUnauthenticated, "WRONG_TOKEN");
    }
    if (path == "/attempt") {
        co_return text(200, contract::encode(attempt));
    }
    if (path == "/scenario") {
        co_return answer_scenario(request);
    }
    if (path == "/log") {
        co_return co_await take_log(request);
    }
    if (path == "/verdict") {
        co_return co_await take_verdict(request);
    }
    if (path.starts_with(kResults)) {
        co_return co_await take_result(request, path.substr(kResults.size()));
    }
    const auto body = co_await request.body.read_all();
    beats.push_back(
        contract::decode_beat_request(body.value_or("")).value_or(contract::BeatRequest{})
    );
    co_return text(200, contract::encode(order));
}

net::Response StubServer::answer_scenario(const net::Request& request) {
    const auto range = request.headers.find("Range");
    const auto from =
        range ? parse_number<std::size_t>(range->substr(6, range->size() - 7)) : std::nullopt;
    if (from) {
        return text(206, zip.substr(std::min(*from, zip.size())));
    }
    if (cut_scenario_at > 0) {
        const std::size_t end = std::exchange(cut_scenario_at, 0);
        return text(200, zip.substr(0, end));
    }
    return text(200, zip);
}

Task<net::Response> StubServer::take_log(net::Request& request) {
    const auto body = co_await request.body.read_all();
    const auto offset = parse_number<std::uint64_t>(request.find_query("offset").value_or(""));
    if (!offset || !body) {
        co_return refuse(Code::kInvalid, "NO_OFFSET");
    }
    if (*offset > log.size()) {
        co_return text(
            409, contract::encode(contract::LogAnswer{.next = {}, .expected = log.size()})
        );
    }
    log.replace(*offset, std::min(body->size(), log.size() - *offset), *body);
    if (on_log) {
        on_log();
    }
    co_return text(200, contract::encode(contract::LogAnswer{.next = log.size(), .expected = {}}));
}

Task<net::Response> StubServer::take_result(net::Request& request, std::string path) {
    const auto body = co_await request.body.read_all();
    if (!body || path == refused_result) {
        co_return refuse(Code::kTooLarge, "TOO_LARGE");
    }
    if (request.headers.find("X-SHA256") != sha256_hex(*body)) {
        co_return refuse(Code::kInvalid, "WRONG_HASH");
    }
    results[path] = *body;
    co_return text(200, "{}");
}

Task<net::Response> StubServer::take_verdict(net::Request& request) {
    const auto body = co_await request.body.read_all();
    auto taken = contract::decode_verdict(body.value_or(""));
    if (!taken) {
        co_return refuse(Code::kUnprocessable, "BAD_VERDICT");
    }
    if (verdict && *verdict != *taken) {
        co_return refuse(Code::kConflict, "OTHER_VERDICT");
    }
    verdict = std::move(*taken);
    co_return text(200, "{}");
}

}  // namespace signalbox::worker
