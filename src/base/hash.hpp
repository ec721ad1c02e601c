// SHA-256 (FIPS 180-4), HMAC (RFC 2104) and a comparison that takes the same time for every input.
//
// Threads: a Sha256 one at a time; the functions any.  Suspends: never.  Errors: none.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace signalbox {

using Digest = std::array<std::byte, 32>;

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);

    /// Ends this hash and starts a new one.
    [[nodiscard]] Digest finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view message);

[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace signalbox
