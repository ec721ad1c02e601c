#include "base/hash.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace signalbox {

namespace {

// Fetched once: OpenSSL 3 otherwise looks the algorithm up for each hash.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

unsigned char* raw(Digest& digest) {
    return reinterpret_cast<unsigned char*>(digest.data());
}

}  // namespace

struct Sha256::Context {
    Context() : md(EVP_MD_CTX_new()) { SB_CHECK(md != nullptr); }

    ~Context() { EVP_MD_CTX_free(md); }

    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    EVP_MD_CTX* md;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    SB_CHECK(EVP_DigestInit_ex2(context_->md, sha256_algorithm(), nullptr) == 1);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
    SB_CHECK(EVP_DigestUpdate(context_->md, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
    Digest digest{};
    SB_CHECK(EVP_DigestFinal_ex(context_->md, raw(digest), nullptr) == 1);
    SB_CHECK(EVP_DigestInit_ex2(context_->md, sha256_algorithm(), nullptr) == 1);
    return digest;
}

Digest sha256(std::string_view bytes) {
    thread_local Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string sha256_hex(std::string_view bytes) {
    return to_hex(sha256(bytes));
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
    Digest digest{};
    unsigned int length = 0;
    const unsigned char* const result = HMAC(
        sha256_algorithm(),
        key.data(),
        static_cast<int>(key.size()),
        reinterpret_cast<const unsigned char*>(message.data()),
        message.size(),
        raw(digest),
        &length
    );
    SB_CHECK(result != nullptr && length == digest.size());
    return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace signalbox
