#include "tenancy/key_cache.hpp"

#include <utility>

namespace signalbox::tenancy {

std::optional<StoredKey> KeyCache::find(std::string_view hash, SteadyTime now) const {
    for (const Half* half : {&known_, &unknown_}) {
        const auto found = half->by_hash.find(hash);
        if (found != half->by_hash.end() && now < found->second->until) {
            return found->second->key;
        }
    }
    return std::nullopt;
}

void KeyCache::remember(std::string hash, StoredKey key, SteadyTime now) {
    Half& half = key ? known_ : unknown_;
    put(half, {.hash = std::move(hash), .key = std::move(key), .until = now + keep_});
}

void KeyCache::clear() {
    known_ = {};
    unknown_ = {};
}

void KeyCache::put(Half& half, Entry entry) const {
    if (const auto old = half.by_hash.find(entry.hash); old != half.by_hash.end()) {
        const auto place = old->second;
        half.by_hash.erase(old);
        half.order.erase(place);
    }
    half.order.push_front(std::move(entry));
    half.by_hash.emplace(half.order.front().hash, half.order.begin());
    // All entries live equally long, so the oldest is the first to run out.
    while (half.order.size() > max_keys_) {
        half.by_hash.erase(half.order.back().hash);
        half.order.pop_back();
    }
}

}  // namespace signalbox::tenancy
