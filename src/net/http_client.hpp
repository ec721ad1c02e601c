// HTTP/1.1 client with a bounded pool of kept-alive connections to one server.
//
// A request's body is a list of pieces, text and files, sent one after another with their total as
// Content-Length. An answer that comes before the body is sent ends the upload. A kept-alive
// connection that was closed before the first byte of an answer is replaced once, for requests that
// may be repeated. Certificates are verified unless the options say otherwise.
//
// Threads: the event loop.  Suspends: send, open, ClientStream::next.
// Errors: kUnavailable when not reachable or cut off, kDeadline, kTooLarge; the sentence names the
// URL and the cause. A status of 400 and above is an answer, not an error.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "net/file_chunk.hpp"
#include "net/http_message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signalbox::net {

struct ClientOptions {
    std::string base_url;  ///< `http://host:port`, `https://host/prefix`, `unix:/path/to.sock`
    std::filesystem::path ca_file;  ///< PEM; empty: the system's
    bool verify_certificate = true;
    std::string user_agent = "signalbox/" SIGNALBOX_VERSION;
    std::size_t max_idle_connections = 8;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds idle_timeout{60'000};  ///< no byte moves for this long
};

/// The whole of a regular file.
[[nodiscard]] Result<FilePiece> make_file_piece(const std::filesystem::path& path);

using BodyPiece = std::variant<std::string, FilePiece>;

struct ClientRequest {
    Method method = Method::kGet;
    std::string target = "/";  ///< path and query, already encoded
    Headers headers;
    std::vector<BodyPiece> body;
    /// Bytes of the body sent so far, and all of them.
    std::function<void(std::uint64_t sent, std::uint64_t total)> on_progress;
    std::size_t max_response_bytes = std::size_t{16} << 20U;  ///< for send()
    std::optional<std::chrono::milliseconds> idle_timeout;    ///< instead of the option
    std::optional<std::chrono::milliseconds> total_timeout;   ///< of send()
};

struct ClientResponse {
    unsigned status = 0;
    Headers headers;
    std::string body;
};

/// A response whose body is still to come; destroying it drops the connection unless all was read.
class ClientStream {
public:
    struct Impl;

    explicit ClientStream(std::unique_ptr<Impl> impl);
    ClientStream(ClientStream&&) noexcept;
    ClientStream& operator=(ClientStream&&) noexcept;
    ~ClientStream();

    [[nodiscard]] unsigned status() const;
    [[nodiscard]] const Headers& headers() const;

    /// The next piece, valid until the next call; empty at the end. A body that was cut off is
    /// kUnavailable.
    Task<Result<std::string_view>> next();

    /// What is left; more than `max_bytes` is kTooLarge.
    Task<Result<std::string>> read_all(std::size_t max_bytes);

private:
    std::unique_ptr<Impl> impl_;
};

class HttpClient {
public:
    struct Impl;

    /// kInvalid for a malformed URL and for an unusable CA file. The pool must outlive the client.
    static Result<std::unique_ptr<HttpClient>> make(
        Executor executor, async::BlockingPool& pool, ClientOptions options
    );

    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// The whole answer.
    Task<Result<ClientResponse>> send(ClientRequest request);

    /// Returns when the answer's head is there: for event streams and downloads. The stream may
    /// outlive the client.
    Task<Result<ClientStream>> open(ClientRequest request);

    [[nodiscard]] const std::string& base_url() const;

private:
    explicit HttpClient(std::shared_ptr<Impl> impl);

    std::shared_ptr<Impl> impl_;
};

}  // namespace signalbox::net
