// Randomness as a dependency: unpredictable for keys and ids, seeded for simulations.
//
// Threads: OsRandom any; SeededRandom one at a time.  Suspends: never.  Errors: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>

namespace signalbox {

class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> bytes) = 0;

    /// Uniform in [0, bound); `bound` > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);

    /// `length` characters of [A-Za-z0-9], each uniform.
    [[nodiscard]] std::string alphanumerics(std::size_t length);
};

/// The kernel's generator by way of OpenSSL; fit for secrets.
class OsRandom final : public Random {
public:
    void fill(std::span<std::byte> bytes) override;
};

/// The same sequence for the same seed; for tests only.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

    void fill(std::span<std::byte> bytes) override;

private:
    std::mt19937_64 engine_;
};

}  // namespace signalbox
