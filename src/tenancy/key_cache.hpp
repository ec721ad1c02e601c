// What the store said about keys, for a few seconds: found ones and unknown ones apart, so that a
// flood of wrong keys never displaces a right one.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "model/principal.hpp"

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signalbox::tenancy {

/// Null: there is no such key.
using StoredKey = std::shared_ptr<const model::ApiKey>;

class KeyCache {
public:
    /// At most `max_keys` of either kind.
    KeyCache(std::chrono::seconds keep, std::size_t max_keys) : keep_(keep), max_keys_(max_keys) {}

    /// Absent: not remembered.
    [[nodiscard]] std::optional<StoredKey> find(std::string_view hash, SteadyTime now) const;

    void remember(std::string hash, StoredKey key, SteadyTime now);

    void clear();

    [[nodiscard]] std::size_t size() const { return known_.order.size() + unknown_.order.size(); }

private:
    struct Entry {
        std::string hash;
        StoredKey key;
        SteadyTime until;
    };

    struct Half {
        std::list<Entry> order;  ///< newest first
        std::unordered_map<std::string_view, std::list<Entry>::iterator> by_hash;
    };

    void put(Half& half, Entry entry) const;

    std::chrono::seconds keep_;
    std::size_t max_keys_;
    Half known_;
    Half unknown_;
};

}  // namespace signalbox::tenancy
