// The server as commands see it: a call is an answer of 2xx, or an Error that says why not.
//
// The one place for the credential, for reading error bodies and `Retry-After`, and for telling a
// server that refuses from one that cannot be reached (word kUnreachableWord).
//
// Threads: the event loop.  Suspends: call, exchange, open, fetch.
// Errors: those of the answer, of a refused key with its source (kKeySource) in the context;
// kUnavailable or kDeadline with kUnreachableWord for the way there.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "cli/client/connection.hpp"
#include "net/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::cli {

/// In the context of an error: where the key that was refused came from; empty: there was none.
inline constexpr std::string_view kKeySource = "key_source";

struct ApiCall {
    net::Method method = net::Method::kGet;
    std::string target;                ///< path and query, encoded
    std::string json;                  ///< body; empty: none
    std::vector<net::BodyPiece> body;  ///< instead of json, with its Content-Type among headers
    net::Headers headers;
    std::function<void(std::uint64_t sent, std::uint64_t total)> on_progress;
    std::optional<std::chrono::milliseconds> idle_timeout;
};

/// What was answered, and the text it was read from: that is what `-o json` shows.
template <class T>
struct Answer {
    T value;
    std::string text;
};

class ApiClient {
public:
    /// kInvalid for a malformed address or an unusable CA file. The pool must outlive the client.
    static Result<std::unique_ptr<ApiClient>> make(
        Executor executor, async::BlockingPool& pool, Connection connection
    );

    ApiClient(const ApiClient&) = delete;
    ApiClient& operator=(const ApiClient&) = delete;

    /// The body of a 2xx answer.
    Task<Result<std::string>> call(ApiCall call);

    /// The same with status and headers.
    Task<Result<net::ClientResponse>> exchange(ApiCall call);

    /// A 2xx answer whose body is still to come.
    Task<Result<net::ClientStream>> open(ApiCall call);

    /// `open` of an absolute address elsewhere, without our credential: presigned downloads.
    Task<Result<net::ClientStream>> open_elsewhere(std::string url, net::Headers headers);

    /// GET and decode.
    template <class T>
    Task<Result<Answer<T>>> fetch(std::string target, Result<T> (*decode)(std::string_view)) {
        return call_and_decode(ApiCall{.target = std::move(target)}, decode);
    }

    template <class T>
    Task<Result<Answer<T>>> call_and_decode(ApiCall call, Result<T> (*decode)(std::string_view)) {
        SB_CO_TRY(std::string text, co_await this->call(std::move(call)));
        Result<T> value = decode(text);
        if (!value) {
            co_return fail(not_understood(value.error()));
        }
        co_return Answer<T>{.value = *std::move(value), .text = std::move(text)};
    }

    [[nodiscard]] const Connection& connection() const { return connection_; }

private:
    ApiClient(
        Executor executor,
        async::BlockingPool& pool,
        Connection connection,
        std::unique_ptr<net::HttpClient> http
    );

    [[nodiscard]] net::ClientRequest to_request(ApiCall call) const;
    [[nodiscard]] Error with_key_source(Error error) const;
    [[nodiscard]] Error not_understood(const Error& error) const;

    Executor executor_;
    async::BlockingPool& pool_;
    Connection connection_;
    std::unique_ptr<net::HttpClient> http_;
};

/// `/jobs/{id}`, the id escaped, and what follows.
[[nodiscard]] std::string job_target(std::string_view id, std::string_view rest = {});

}  // namespace signalbox::cli
