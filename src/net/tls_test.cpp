// Server and client over TLS, with certificates made here.
#include "net/http_client.hpp"
#include "net/test_support.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdio>

namespace signalbox::net {
namespace {

using namespace std::chrono_literals;

template <class T, void (*Release)(T*)>
struct Releaser {
    void operator()(T* object) const { Release(object); }
};

using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Releaser<X509, X509_free>>;

struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, FileCloser>;

void add_alternative_names(X509* certificate) {
    X509_EXTENSION* names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
}

// A self-signed certificate for localhost in `directory`.
TlsFiles make_certificate(
    const std::filesystem::path& directory, const std::string& name, Key key
) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    std::string text = name;
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char*>(text.data()), -1, -1, 0
    );
    X509_set_issuer_name(certificate.get(), subject);
    add_alternative_names(certificate.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    TlsFiles files{.certificate = directory / (name + ".crt"), .key = directory / (name + ".key")};
    PEM_write_X509(File(std::fopen(files.certificate.c_str(), "w")).get(), certificate.get());
    PEM_write_PrivateKey(
        File(std::fopen(files.key.c_str(), "w")).get(),
        key.get(),
        nullptr,
        nullptr,
        0,
        nullptr,
        nullptr
    );
    return files;
}

Key ecdsa_key() {
    return Key(EVP_EC_gen("P-256"));
}

Task<Response> answer(Request& request) {
    const auto body = co_await request.body.read_all();
    co_return Response{
        .status = 200,
        .headers = {},
        .body = std::string(request.secure ? "secure " : "plain ") + std::to_string(body->size())
    };
}

struct TlsPair : TestServer {
    explicit TlsPair(ServerOptions options = quick_options(), Key key = ecdsa_key())
        : TestServer(answer, std::move(options)),
          files(make_certificate(directory.path(), "a", std::move(key))) {
        port = server.listen_tcp("127.0.0.1", 0, files).value();
    }

    std::unique_ptr<HttpClient> make_client(std::filesystem::path ca_file, bool verify = true) {
        return HttpClient::make(
                   loop.get_executor(),
                   pool,
                   {.base_url = "https://127.0.0.1:" + std::to_string(port),
                    .ca_file = std::move(ca_file),
                    .verify_certificate = verify}
        )
            .value();
    }

    TemporaryDirectory directory;
    TlsFiles files;
};

TEST(Tls, ServesAndVerifies) {
    TlsPair pair;
    auto client = pair.make_client(pair.files.certificate);
    pair.run([&]() -> Task<void> {
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ((co_await client->send({.headers = {}})).value().body, "secure 0");
        }
        const auto large = co_await client->send(
            {.method = Method::kPost, .headers = {}, .body = {std::string(1'000'000, 'x')}}
        );
        EXPECT_EQ(large.value().body, "secure 1000000");
        EXPECT_EQ(pair.server.connections(), 1U);
    });
}

TEST(Tls, RsaKeysWorkToo) {
    TlsPair pair(quick_options(), Key(EVP_RSA_gen(2048)));
    auto client = pair.make_client(pair.files.certificate);
    pair.run([&]() -> Task<void> {
        EXPECT_EQ((co_await client->send({.headers = {}})).value().body, "secure 0");
    });
}

TEST(Tls, RefusesACertificateItDoesNotTrust) {
    TlsPair pair;
    const TlsFiles other = make_certificate(pair.directory.path(), "other", ecdsa_key());
    pair.run([&]() -> Task<void> {
        const auto refused = co_await pair.make_client(other.certificate)->send({.headers = {}});
        EXPECT_EQ(refused.error().code(), Code::kUnavailable);
        EXPECT_TRUE(refused.error().message().contains("verify failed"))
            << refused.error().message();
        const auto by_system = co_await pair.make_client({})->send({.headers = {}});
        EXPECT_FALSE(by_system.has_value());
        const auto unverified = co_await pair.make_client({}, false)->send({.headers = {}});
        EXPECT_EQ(unverified.value().body, "secure 0");
    });
}

TEST(Tls, SaysWhichFileIsNotUsable) {
    TlsPair pair;
    const TlsFiles other = make_certificate(pair.directory.path(), "other", ecdsa_key());
    TestServer server(answer);
    const auto listen = [&server](const TlsFiles& files) {
        return server.server.listen_tcp("127.0.0.1", 0, files).error();
    };
    EXPECT_EQ(listen({.certificate = "/none", .key = pair.files.key}).code(), Code::kInvalid);
    EXPECT_TRUE(listen({.certificate = "/none", .key = pair.files.key}).message().contains("/none")
    );
    const Error mixed = listen({.certificate = pair.files.certificate, .key = other.key});
    EXPECT_EQ(mixed.code(), Code::kInvalid) << mixed.message();
    const auto client = HttpClient::make(
        server.loop.get_executor(), server.pool, {.base_url = "https://x", .ca_file = "/none"}
    );
    EXPECT_EQ(client.error().code(), Code::kInvalid);
    pair.run([]() -> Task<void> { co_return; });
}

TEST(Tls, AHandshakeHasItsTimeAndOthersGoOn) {
    ServerOptions options = quick_options();
    options.limits.handshake = 20ms;
    options.limits.handshakes = 1;
    TlsPair pair(std::move(options));
    auto client = pair.make_client(pair.files.certificate);
    pair.run([&]() -> Task<void> {
        RawClient silent = co_await RawClient::connect(pair);
        RawClient halting = co_await RawClient::connect(pair);
        co_await halting.send("\x16\x03\x01");
        EXPECT_EQ((co_await client->send({.headers = {}})).value().body, "secure 0");
        EXPECT_EQ(co_await silent.read_to_end(), "");
        co_await halting.read_to_end();
        RawClient plain = co_await RawClient::connect(pair);
        co_await plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_FALSE((co_await plain.read_to_end()).contains("HTTP"));
    });
}

TEST(Tls, ADrainDoesNotWaitForHandshakes) {
    ServerOptions options = quick_options();
    options.limits.handshake = 20s;
    TlsPair pair(std::move(options));
    pair.run([&]() -> Task<void> {
        RawClient silent = co_await RawClient::connect(pair);
        RawClient halting = co_await RawClient::connect(pair);
        co_await halting.send("\x16\x03\x01");
        co_await until([&] { return pair.server.connections() == 2; });
        const auto begin = std::chrono::steady_clock::now();
        co_await pair.server.drain(20s);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
        EXPECT_EQ(co_await silent.read_to_end(), "");
    });
}

}  // namespace
}  // namespace signalbox::net
