// How many event streams are open: in total and per key.
//
// A slot is given back when it is destroyed, however the stream ended.
//
// Threads: event loop.  Suspends: never.  Errors: kExhausted STREAM_LIMIT, naming the limit.
#pragma once

#include "api/api_config.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace signalbox::api {

class StreamSlots {
public:
    class Slot {
    public:
        Slot(Slot&& other) noexcept
            : slots_(std::exchange(other.slots_, nullptr)), key_(std::move(other.key_)) {}

        Slot& operator=(Slot&&) = delete;

        ~Slot() {
            if (slots_ != nullptr) {
                slots_->give_back(key_);
            }
        }

    private:
        friend class StreamSlots;

        Slot(StreamSlots& slots, std::string key) : slots_(&slots), key_(std::move(key)) {}

        StreamSlots* slots_;
        std::string key_;
    };

    explicit StreamSlots(StreamLimits limits) : limits_(limits) {}

    StreamSlots(const StreamSlots&) = delete;
    StreamSlots& operator=(const StreamSlots&) = delete;

    /// The slots must outlive the slot.
    [[nodiscard]] Result<Slot> take(const std::string& key);

    [[nodiscard]] std::size_t taken() const { return taken_; }

private:
    void give_back(const std::string& key);

    StreamLimits limits_;
    std::size_t taken_ = 0;
    std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace signalbox::api
