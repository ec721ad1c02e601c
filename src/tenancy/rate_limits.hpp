// Rates per key and, for wrong keys, per address.
//
// Buckets live in tables of bounded size. When a table is full, buckets that have filled up are
// forgotten first, then the one used longest ago: forgetting only ever gives somebody a fresh
// bucket.
//
// Threads: event loop.  Suspends: never.  Errors: kExhausted with the time to wait.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "tenancy/token_bucket.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signalbox::tenancy {

/// Named buckets of one policy, at most `max_buckets`.
class BucketTable {
public:
    BucketTable(BucketPolicy policy, std::size_t max_buckets);

    TokenBucket::Verdict take(std::string_view name, SteadyTime now);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string name;
        TokenBucket bucket;
    };

    void make_room(SteadyTime now);

    BucketPolicy policy_;
    std::size_t max_buckets_;
    std::list<Entry> entries_;  ///< most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_name_;
};

struct RatesConfig {
    std::uint32_t requests_per_second = 10'000;  ///< per key
    std::uint32_t wrong_keys_per_minute = 10;    ///< per address
    std::size_t max_buckets = 100'000;           ///< of each table
};

/// What the headers `X-RateLimit-…` say.
struct RateStatus {
    std::uint32_t limit = 0;
    std::uint32_t remaining = 0;
    std::chrono::seconds full_after{0};
};

class RateLimits {
public:
    /// The clock must outlive the limits.
    RateLimits(RatesConfig config, const Clock& clock);

    /// One request of this key.
    [[nodiscard]] Result<RateStatus> count_request(std::string_view key_id);

    /// One wrong key from this address: kExhausted when it sent too many.
    [[nodiscard]] Result<void> count_wrong_key(std::string_view address);

private:
    RatesConfig config_;
    const Clock& clock_;
    BucketTable requests_;
    BucketTable wrong_keys_;
};

}  // namespace signalbox::tenancy
