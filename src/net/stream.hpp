// A connection as bytes, whatever it runs over: TCP, a Unix socket, TLS.
//
// One reader and one writer may be under way at once. TCP_NODELAY is always on. A stream whose
// operation failed is only good for close(), unless that was a cancelled read. TLS connections end
// without close_notify: HTTP's own framing tells a whole message from a cut one.
//
// Threads: the event loop.  Suspends: read_some, write_all.
// Errors: kUnavailable when the peer is gone or the stream was closed; cancellation throws.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace signalbox::net {

class Stream {
public:
    virtual ~Stream() = default;

    /// How many bytes came; 0 is the end.
    virtual Task<Result<std::size_t>> read_some(std::span<char> buffer) = 0;

    /// `bytes` must stay valid until this returns.
    virtual Task<Result<void>> write_all(std::string_view bytes) = 0;

    /// Sends what can go at once and returns how much that was; 0 when it has to wait, or fails.
    virtual std::size_t write_now(std::string_view bytes) = 0;

    /// Calls `on_gone` once if the peer hangs up before unwatch(); bytes that come instead end the
    /// watch. Until unwatch() nothing may be read.
    virtual void watch(std::function<void()> on_gone) = 0;
    virtual void unwatch() = 0;

    /// Bytes or the peer's end wait to be read; never blocks.
    [[nodiscard]] virtual bool has_input() = 0;

    /// Waiting operations return kUnavailable; after a cancelled read the stream may be used on.
    virtual void cancel() = 0;

    /// No more is sent; the peer sees the end after what was written.
    virtual void shutdown_send() = 0;

    /// Waiting operations return kUnavailable; repeated calls do nothing.
    virtual void close() = 0;
};

}  // namespace signalbox::net
