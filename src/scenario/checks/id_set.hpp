// A set of many names in little memory: 64 bits of each, no text.
//
// Made for sound answers about what is missing: a name that was added is always found. One that was
// not may be taken for another by chance, with a million names about once in 40 million sets.
// Each entry carries whether SUMO surely reads its definition.
//
// Threads: one at a time.  Suspends: never.  Errors: none; a full set takes nothing more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

/// `salt` keeps apart names of different kinds.
[[nodiscard]] std::uint64_t hash_id(std::string_view text, std::uint64_t salt = 0);

/// Of an ordered pair.
[[nodiscard]] inline std::uint64_t hash_pair(std::uint64_t first, std::uint64_t second) {
    const std::uint64_t mixed = (first ^ (first >> 29U)) * 0x9E3779B97F4A7C15U + second;
    return (mixed ^ (mixed >> 32U)) * 0xD6E8FEB86659FD93U;
}

class IdSet {
public:
    enum class Known : std::uint8_t { kNo, kDoubtful, kSure };

    explicit IdSet(std::size_t max_ids) : max_ids_(max_ids) {}

    [[nodiscard]] Known find(std::uint64_t id) const;

    /// What was known before; what is known already stays as it is.
    Known add(std::uint64_t id, bool sure);

    void remove(std::uint64_t id);
    void clear();

    [[nodiscard]] bool full() const { return count_ >= max_ids_; }

private:
    [[nodiscard]] std::size_t home_of(std::uint64_t id) const { return id >> shift_; }

    [[nodiscard]] std::size_t place_of(std::uint64_t id) const;
    void grow();

    std::size_t max_ids_;
    std::size_t count_ = 0;
    unsigned shift_ = 64;               ///< the high bits of an id are its home
    std::vector<std::uint64_t> table_;  ///< open addressing; 0 is free, the lowest bit "sure"
};

}  // namespace signalbox::scenario
