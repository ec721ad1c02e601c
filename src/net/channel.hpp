// A connection of the server with its input and the time by which its peer must have moved.
//
// Waits do not arm timers. They note a deadline, and the server's sweep asks overdue() each second:
// an overdue read fails with kDeadline, so that its caller can still answer; anything else that is
// overdue closes the connection.
//
// Threads: the event loop.  Suspends: read_more.
// Errors: kUnavailable when the peer is gone, kDeadline as above.
#pragma once

#include "base/clock.hpp"
#include "net/input_buffer.hpp"
#include "net/stream.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace signalbox::net {

inline constexpr std::size_t kInputBytes = 8U << 10U;
inline constexpr std::size_t kLargeInputBytes = 64U << 10U;

class Channel {
public:
    enum class Wait : std::uint8_t {
        kNothing,    ///< a handler is at work, or a stream has nothing to say
        kHandshake,  ///< TLS
        kRequest,    ///< idle: the first byte of a request
        kInput,      ///< the rest of a head, or a body
        kOutput,     ///< the peer to take what is written
        kEnd,        ///< the end of what is dropped after a refusal
    };

    explicit Channel(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

    [[nodiscard]] InputBuffer& input() { return input_; }

    [[nodiscard]] Stream& stream() { return *stream_; }

    [[nodiscard]] Wait wait() const { return wait_; }

    void begin_wait(Wait wait, SteadyTime deadline) {
        wait_ = wait;
        deadline_ = deadline;
    }

    void end_wait() { wait_ = Wait::kNothing; }

    /// Reads at least one byte behind the input, in a block of `capacity`; false at the end.
    Task<Result<bool>> read_more(std::size_t capacity);

    /// Sends what can go without waiting and takes it off `bytes`; true when that was all.
    bool write_now(std::string_view& bytes) {
        bytes.remove_prefix(stream_->write_now(bytes));
        return bytes.empty();
    }

    /// Called by the sweep: acts if the wait is over its deadline.
    void check(SteadyTime now);

    /// The last read was ended by check().
    [[nodiscard]] bool timed_out() const { return timed_out_; }

    void close() { stream_->close(); }

private:
    std::unique_ptr<Stream> stream_;
    InputBuffer input_;
    SteadyTime deadline_{};
    Wait wait_ = Wait::kNothing;
    bool timed_out_ = false;
};

}  // namespace signalbox::net
