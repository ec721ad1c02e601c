#include "net/tls_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ssl.h>

#include <utility>

namespace signalbox::net {

namespace asio = boost::asio;
using boost::system::error_code;

struct TlsContext {
    asio::ssl::context ssl;
    bool verify;
};

namespace {

Failure unusable(std::string_view what, const std::filesystem::path& path, const error_code& ec) {
    return fail(
        Code::kInvalid,
        "TLS_FILE",
        std::string(what) + " " + path.string() + " is not usable: " + ec.message()
    );
}

// What operations under way refer to; the last of them, or the stream, lets go of it.
struct Session {
    Session(Socket socket, std::shared_ptr<TlsContext> tls)
        : context(std::move(tls)), stream(std::move(socket), context->ssl) {}

    std::shared_ptr<TlsContext> context;
    asio::ssl::stream<Socket> stream;
    std::function<void()> on_gone;
    char watched_byte = 0;
};

class TlsStreamImpl final : public TlsStream {
public:
    TlsStreamImpl(Socket socket, std::shared_ptr<TlsContext> context, std::string host)
        : host_(std::move(host)),
          session_(std::make_shared<Session>(std::move(socket), std::move(context))) {}

    ~TlsStreamImpl() override { TlsStreamImpl::close(); }

    TlsStreamImpl(const TlsStreamImpl&) = delete;
    TlsStreamImpl& operator=(const TlsStreamImpl&) = delete;

    Task<Result<void>> handshake() override {
        using Side = asio::ssl::stream_base;
        if (!host_.empty()) {
            prepare_client();
        }
        error_code ec;
        co_await session_->stream.async_handshake(
            host_.empty() ? Side::server : Side::client, asio::redirect_error(kAwait, ec)
        );
        if (ec) {
            const std::string what = host_.empty() ? "TLS handshake" : "TLS with " + host_;
            co_return fail(co_await to_stream_error(what, ec));
        }
        co_return Result<void>();
    }

    Task<void> wait_for_peer() override {
        error_code ignored;
        co_await socket().async_wait(Socket::wait_read, asio::redirect_error(kAwait, ignored));
    }

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override {
        error_code ec;
        const std::size_t count = co_await session_->stream.async_read_some(
            asio::buffer(buffer.data(), buffer.size()), asio::redirect_error(kAwait, ec)
        );
        if (ec && !is_end(ec)) {
            co_return fail(co_await to_stream_error("reading from the connection", ec));
        }
        co_return count;
    }

    Task<Result<void>> write_all(std::string_view bytes) override {
        error_code ec;
        co_await asio::async_write(
            session_->stream,
            asio::buffer(bytes.data(), bytes.size()),
            asio::redirect_error(kAwait, ec)
        );
        if (ec) {
            co_return fail(co_await to_stream_error("writing to the connection", ec));
        }
        co_return Result<void>();
    }

    std::size_t write_now(std::string_view /*bytes*/) override { return 0; }

    // Takes a byte to see the end; after a watch the stream is not read from any more.
    void watch(std::function<void()> on_gone) override {
        session_->on_gone = std::move(on_gone);
        session_->stream.async_read_some(
            asio::buffer(&session_->watched_byte, 1),
            [session = session_](const error_code& ec, std::size_t /*count*/) {
                if (ec && session->on_gone != nullptr) {
                    std::exchange(session->on_gone, nullptr)();
                }
            }
        );
    }

    void unwatch() override { session_->on_gone = nullptr; }

    [[nodiscard]] bool has_input() override {
        return SSL_pending(session_->stream.native_handle()) > 0 ||
               peek_input(socket()) != SocketInput::kNothing;
    }

    void cancel() override {
        error_code ignored;
        socket().cancel(ignored);
    }

    void shutdown_send() override {
        error_code ignored;
        socket().shutdown(Socket::shutdown_send, ignored);
    }

    void close() override {
        unwatch();
        error_code ignored;
        socket().close(ignored);
    }

private:
    Socket& socket() { return session_->stream.next_layer(); }

    // Many peers close without a word; whether the message was whole is for HTTP to say.
    static bool is_end(const error_code& ec) {
        return ec == asio::error::eof || ec == asio::ssl::error::stream_truncated;
    }

    void prepare_client() {
        error_code not_numeric;
        static_cast<void>(asio::ip::make_address(host_, not_numeric));
        if (not_numeric) {
            // Server name indication is for names only (RFC 6066, section 3).
            SSL_set_tlsext_host_name(session_->stream.native_handle(), host_.c_str());
        }
        if (session_->context->verify) {
            session_->stream.set_verify_callback(asio::ssl::host_name_verification(host_));
        }
    }

    std::string host_;
    std::shared_ptr<Session> session_;
};

std::shared_ptr<TlsContext> make_context(asio::ssl::context::method method, bool verify) {
    auto context = std::make_shared<TlsContext>(asio::ssl::context(method), verify);
    SSL_CTX* native = context->ssl.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Idle connections give their record buffers back: 34 kB each.
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    return context;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> make_server_tls(
    const std::filesystem::path& certificate, const std::filesystem::path& key
) {
    auto context = make_context(asio::ssl::context::tls_server, false);
    error_code ec;
    context->ssl.use_certificate_chain_file(certificate.string(), ec);
    if (ec) {
        return unusable("TLS certificate", certificate, ec);
    }
    context->ssl.use_private_key_file(key.string(), asio::ssl::context::pem, ec);
    if (ec) {
        return unusable("TLS key", key, ec);
    }
    if (SSL_CTX_check_private_key(context->ssl.native_handle()) != 1) {
        return fail(
            Code::kInvalid,
            "TLS_FILE",
            "TLS key " + key.string() + " does not belong to certificate " + certificate.string()
        );
    }
    return context;
}

Result<std::shared_ptr<TlsContext>> make_client_tls(
    const std::filesystem::path& ca_file, bool verify
) {
    auto context = make_context(asio::ssl::context::tls_client, verify);
    context->ssl.set_verify_mode(verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
    error_code ec;
    if (ca_file.empty()) {
        context->ssl.set_default_verify_paths(ec);
    } else {
        context->ssl.load_verify_file(ca_file.string(), ec);
    }
    if (ec) {
        return unusable("CA file", ca_file, ec);
    }
    return context;
}

std::unique_ptr<TlsStream> make_tls_stream(
    Socket socket, std::shared_ptr<TlsContext> context, std::string host
) {
    return std::make_unique<TlsStreamImpl>(std::move(socket), std::move(context), std::move(host));
}

}  // namespace signalbox::net
