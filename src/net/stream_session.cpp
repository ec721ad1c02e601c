#include "net/stream_session.hpp"

#include "base/log.hpp"
#include "net/response_sender.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace signalbox::net {

namespace {

// A chunk's memory is kept up to this, enough for a heartbeat: there are many streams, and they say
// little.
constexpr std::size_t kKeptChunk = 64;

void append_chunk_size(std::string& out, std::size_t size) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
    out.append(digits.data(), end);
    out += "\r\n";
}

}  // namespace

StreamSession::StreamSession(
    ServerCore& core, Channel& channel, StreamBody body, bool chunked, Summary summary
)
    : core_(core),
      channel_(channel),
      body_(std::move(body)),
      summary_(std::move(summary)),
      chunked_(chunked) {
    core_.live_streams += body_.live ? 1 : 0;
}

// However it ended, also by being cancelled, it is reported once.
StreamSession::~StreamSession() {
    channel_.stream().unwatch();
    core_.live_streams -= body_.live ? 1 : 0;
    if (core_.options.on_request_done) {
        core_.options.on_request_done(
            {.method = summary_.method,
             .path = summary_.path,
             .status = summary_.status,
             .duration = std::chrono::steady_clock::now() - summary_.started,
             .bytes_received = summary_.bytes_received,
             .bytes_sent = sent_,
             .request_id = summary_.request_id,
             .peer = summary_.peer}
        );
    }
}

// The one place where a producer's exceptions end; being cancelled is not its failure. All in one
// coroutine: its frame lives as long as the stream.
Task<bool> StreamSession::run(std::function<void()> on_gone) {
    channel_.stream().watch(std::move(on_gone));
    try {
        co_await body_.produce(*this);
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) {
            throw;
        }
        stream_failed(error.what());
    } catch (const std::exception& error) {
        stream_failed(error.what());
    }
    channel_.stream().unwatch();
    if (aborted_ || (body_.length && sent_ != *body_.length)) {
        co_return false;
    }
    co_return !chunked_ || (co_await send("0\r\n\r\n")).has_value();
}

void StreamSession::stream_failed(std::string_view what) {
    aborted_ = true;
    log::error(
        "stream failed",
        {{"request_id", summary_.request_id}, {"path", summary_.path}, {"error", what}}
    );
}

Task<Result<void>> StreamSession::write(std::string_view bytes) {
    if (aborted_) {
        co_return fail(Code::kUnavailable, "STREAM_OVER", "the response is over");
    }
    if (bytes.empty()) {
        co_return Result<void>();
    }
    sent_ += bytes.size();
    if (body_.length && sent_ > *body_.length) {
        // The client would read the surplus as the next response.
        aborted_ = true;
        co_return fail(
            Code::kInternal,
            "STREAM_TOO_LONG",
            "a response announced as " + std::to_string(*body_.length) + " bytes is longer"
        );
    }
    if (!chunked_) {
        co_return co_await send(bytes);
    }
    chunk_.clear();
    append_chunk_size(chunk_, bytes.size());
    chunk_ += bytes;
    chunk_ += "\r\n";
    Result<void> sent = co_await send(chunk_);
    if (chunk_.capacity() > kKeptChunk) {
        std::string().swap(chunk_);
    }
    co_return sent;
}

Task<Result<void>> StreamSession::send(std::string_view bytes) {
    Result<void> sent;
    if (!channel_.write_now(bytes)) {
        sent = co_await write_in_time(core_, channel_, bytes);
    }
    aborted_ = aborted_ || !sent.has_value();
    co_return sent;
}

}  // namespace signalbox::net
