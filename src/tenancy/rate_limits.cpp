#include "tenancy/rate_limits.hpp"

#include <algorithm>

namespace signalbox::tenancy {

namespace {

using std::chrono::ceil;
using std::chrono::seconds;

// Room is made this many buckets at a time at most, so that no call takes long.
constexpr std::size_t kMaxForgottenAtOnce = 16;

}  // namespace

BucketTable::BucketTable(BucketPolicy policy, std::size_t max_buckets)
    : policy_(policy), max_buckets_(std::max<std::size_t>(max_buckets, 1)) {}

TokenBucket::Verdict BucketTable::take(std::string_view name, SteadyTime now) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
    } else {
        make_room(now);
        entries_.push_front({.name = std::string(name), .bucket = TokenBucket(policy_)});
        by_name_.emplace(entries_.front().name, entries_.begin());
    }
    return entries_.front().bucket.take(now);
}

void BucketTable::make_room(SteadyTime now) {
    // From the one used longest ago: full buckets say no more than none at all.
    for (std::size_t i = 0; i < kMaxForgottenAtOnce && !entries_.empty(); ++i) {
        const Entry& oldest = entries_.back();
        if (entries_.size() < max_buckets_ && !oldest.bucket.full(now)) {
            return;
        }
        by_name_.erase(oldest.name);
        entries_.pop_back();
    }
}

RateLimits::RateLimits(RatesConfig config, const Clock& clock)
    : config_(config),
      clock_(clock),
      requests_(BucketPolicy::per(config.requests_per_second, seconds(1)), config.max_buckets),
      wrong_keys_(
          BucketPolicy::per(config.wrong_keys_per_minute, seconds(60)), config.max_buckets
      ) {}

Result<RateStatus> RateLimits::count_request(std::string_view key_id) {
    const TokenBucket::Verdict verdict = requests_.take(key_id, clock_.steady());
    if (!verdict.admitted) {
        return fail(Error(
                        Code::kExhausted,
                        "RATE_LIMITED",
                        "Too many requests: more than " +
                            std::to_string(config_.requests_per_second) + " a second with this key"
        )
                        .with_retry_after(ceil<seconds>(verdict.retry_after)));
    }
    return RateStatus{
        .limit = config_.requests_per_second,
        .remaining = verdict.remaining,
        .full_after = ceil<seconds>(verdict.full_after),
    };
}

Result<void> RateLimits::count_wrong_key(std::string_view address) {
    const TokenBucket::Verdict verdict = wrong_keys_.take(address, clock_.steady());
    if (!verdict.admitted) {
        return fail(Error(
                        Code::kExhausted,
                        "TOO_MANY_WRONG_KEYS",
                        "Too many wrong keys: more than " +
                            std::to_string(config_.wrong_keys_per_minute) +
                            " a minute from this address"
        )
                        .with_retry_after(ceil<seconds>(verdict.retry_after)));
    }
    return {};
}

}  // namespace signalbox::tenancy
