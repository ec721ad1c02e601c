#include "api/stream_slots.hpp"

#include <fmt/format.h>

namespace signalbox::api {

namespace {

constexpr std::chrono::seconds kRetryAfter{5};

Failure too_many(std::string_view whose, std::size_t limit) {
    return fail(Error(
                    Code::kExhausted,
                    "STREAM_LIMIT",
                    fmt::format("Too many event streams {} ({}/{})", whose, limit, limit)
    )
                    .with_retry_after(kRetryAfter));
}

}  // namespace

Result<StreamSlots::Slot> StreamSlots::take(const std::string& key) {
    if (taken_ >= limits_.total) {
        return too_many("on this server", limits_.total);
    }
    std::size_t& of_key = by_key_[key];
    if (of_key >= limits_.per_key) {
        return too_many("of this key", limits_.per_key);
    }
    ++of_key;
    ++taken_;
    return Slot(*this, key);
}

void StreamSlots::give_back(const std::string& key) {
    --taken_;
    const auto found = by_key_.find(key);
    if (--found->second == 0) {
        by_key_.erase(found);
    }
}

}  // namespace signalbox::api
