// TLS over a socket, server and client side. OpenSSL stays behind this header.
//
// Threads: the event loop.  Suspends: TlsStream::handshake, wait_for_peer.
// Errors: kInvalid for files that are not usable, naming them; kUnavailable for a handshake.
#pragma once

#include "net/socket_stream.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace signalbox::net {

struct TlsContext;

/// The certificate file may hold the chain; TLS 1.2 and newer.
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_server_tls(
    const std::filesystem::path& certificate, const std::filesystem::path& key
);

/// `ca_file` empty: what the system trusts. Without `verify` anything is trusted.
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_client_tls(
    const std::filesystem::path& ca_file, bool verify
);

class TlsStream : public Stream {
public:
    /// Before anything else, once.
    virtual Task<Result<void>> handshake() = 0;

    /// Returns when the peer has sent something, or is gone.
    virtual Task<void> wait_for_peer() = 0;
};

/// `host`: whom the certificate must name; empty on the server side.
[[nodiscard]] std::unique_ptr<TlsStream> make_tls_stream(
    Socket socket, std::shared_ptr<TlsContext> context, std::string host
);

}  // namespace signalbox::net
