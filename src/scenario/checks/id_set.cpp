#include "scenario/checks/id_set.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::uint64_t kSure = 1;
constexpr unsigned kFirstBits = 6;

/// An entry without its lowest bit, never 0.
std::uint64_t entry_of(std::uint64_t id) {
    const std::uint64_t entry = id & ~kSure;
    return entry != 0 ? entry : 2;
}

}  // namespace

std::uint64_t hash_id(std::string_view text, std::uint64_t salt) {
    constexpr std::uint64_t kMixer = 0x9E3779B97F4A7C15U;
    std::uint64_t hash = (salt + 1) * 0xC2B2AE3D27D4EB4FU ^ text.size();
    std::uint64_t word = 0;
    while (text.size() >= sizeof word) {
        std::memcpy(&word, text.data(), sizeof word);
        hash = (hash ^ word) * kMixer;
        hash ^= hash >> 32U;
        text.remove_prefix(sizeof word);
    }
    word = 0;
    if (!text.empty()) {
        std::memcpy(&word, text.data(), text.size());
    }
    hash = (hash ^ word) * kMixer;
    hash = (hash ^ (hash >> 29U)) * 0xD6E8FEB86659FD93U;
    return hash ^ (hash >> 32U);
}

std::size_t IdSet::place_of(std::uint64_t id) const {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = home_of(id);
    while (table_[at] != 0 && (table_[at] & ~kSure) != id) {
        at = (at + 1) & mask;
    }
    return at;
}

IdSet::Known IdSet::find(std::uint64_t id) const {
    if (table_.empty()) {
        return Known::kNo;
    }
    const std::uint64_t found = table_[place_of(entry_of(id))];
    return found == 0 ? Known::kNo : (found & kSure) != 0 ? Known::kSure : Known::kDoubtful;
}

IdSet::Known IdSet::add(std::uint64_t id, bool sure) {
    const Known before = find(id);
    if (before != Known::kNo || full()) {
        return before;
    }
    if ((count_ + 1) * 10 > table_.size() * 7) {
        grow();
    }
    table_[place_of(entry_of(id))] = entry_of(id) | (sure ? kSure : 0);
    ++count_;
    return Known::kNo;
}

void IdSet::remove(std::uint64_t id) {
    if (find(id) == Known::kNo) {
        return;
    }
    // What stands behind moves up, so that no search ends too early.
    const std::size_t mask = table_.size() - 1;
    std::size_t free = place_of(entry_of(id));
    for (std::size_t at = (free + 1) & mask; table_[at] != 0; at = (at + 1) & mask) {
        const std::size_t home = home_of(table_[at]);
        if (((at - home) & mask) >= ((at - free) & mask)) {
            table_[free] = table_[at];
            free = at;
        }
    }
    table_[free] = 0;
    --count_;
}

void IdSet::clear() {
    if (count_ == 0) {
        return;
    }
    // A table that has grown is not kept: whoever clears often pays for what is in it only.
    table_.resize(std::min(table_.size(), std::size_t{1} << kFirstBits));
    std::ranges::fill(table_, 0);
    shift_ = 64 - kFirstBits;
    count_ = 0;
}

void IdSet::grow() {
    const std::vector<std::uint64_t> old = std::exchange(
        table_,
        std::vector<std::uint64_t>(
            table_.empty() ? std::size_t{1} << kFirstBits : table_.size() * 2
        )
    );
    shift_ = old.empty() ? 64 - kFirstBits : shift_ - 1;
    for (const std::uint64_t entry : old) {
        if (entry != 0) {
            table_[place_of(entry & ~kSure)] = entry;
        }
    }
}

}  // namespace signalbox::scenario
