#include "net/response_sender.hpp"

#include "base/log.hpp"
#include "net/file_chunk.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace signalbox::net {

namespace asio = boost::asio;

namespace {

// Above this a body is written from where it is, not copied behind its head.
constexpr std::size_t kCopiedBody = 64U << 10U;
// Kept from response to response; a larger one gives its memory back.
constexpr std::size_t kKeptOutput = 16U << 10U;
// Read while a stream runs; a next request that comes early must fit, no more.
constexpr std::size_t kWatchBytes = 256;
constexpr auto kNotCancelled = asio::cancellation_type::none;

void append_chunk_size(std::string& out, std::size_t size) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
    out.append(digits.data(), end);
    out += "\r\n";
}

}  // namespace

// Lives in send_stream's frame, which outlasts the producer.
class ResponseSender::StreamWriter final : public BodyWriter {
public:
    StreamWriter(ResponseSender& sender, bool chunked, std::optional<std::uint64_t> length)
        : sender_(sender), chunked_(chunked), length_(length) {}

    Task<Result<void>> write(std::string_view bytes) override {
        if (aborted_) {
            co_return fail(Code::kUnavailable, "STREAM_OVER", "the response is over");
        }
        if (bytes.empty()) {
            co_return Result<void>();
        }
        sent_ += bytes.size();
        if (length_ && sent_ > *length_) {
            // The client would read the surplus as the next response.
            aborted_ = true;
            co_return fail(
                Code::kInternal,
                "STREAM_TOO_LONG",
                "a response announced as " + std::to_string(*length_) + " bytes is longer"
            );
        }
        if (!chunked_) {
            co_return co_await remember(bytes);
        }
        std::string& out = sender_.out_;
        out.clear();
        append_chunk_size(out, bytes.size());
        out += bytes;
        out += "\r\n";
        Result<void> written = co_await remember(out);
        if (out.capacity() > kKeptOutput) {
            std::string().swap(out);
        }
        co_return written;
    }

    [[nodiscard]] bool draining() const override { return sender_.core_.draining; }

    void abort() override { aborted_ = true; }

    Task<void> run(const StreamBody* body) {
        struct OnEnd {
            StreamWriter& writer;

            ~OnEnd() {
                writer.ended_ = true;
                writer.sender_.channel_.stream().cancel();
            }
        };

        const OnEnd on_end{*this};
        co_await body->produce(*this);
        complete_ = !aborted_ && (!length_ || sent_ == *length_);
    }

    [[nodiscard]] bool ended() const { return ended_; }

    /// The producer returned of its own will, with all it had to say.
    [[nodiscard]] bool complete() const { return complete_; }

    [[nodiscard]] std::uint64_t sent() const { return sent_; }

private:
    Task<Result<void>> remember(std::string_view bytes) {
        Result<void> written = co_await sender_.write(bytes);
        aborted_ = aborted_ || !written.has_value();
        co_return written;
    }

    ResponseSender& sender_;
    bool chunked_;
    std::optional<std::uint64_t> length_;
    std::uint64_t sent_ = 0;
    bool aborted_ = false;
    bool complete_ = false;
    bool ended_ = false;
};

Task<ResponseSender::Outcome> ResponseSender::send(Response response, Exchange exchange) {
    Outcome outcome;
    if (std::holds_alternative<StreamBody>(response.body)) {
        outcome = co_await send_stream(std::move(response), std::move(exchange));
    } else if (std::holds_alternative<FileBody>(response.body)) {
        outcome = co_await send_file(response, exchange);
    } else {
        outcome = co_await send_text(response, exchange);
    }
    if (out_.capacity() > kKeptOutput) {
        std::string().swap(out_);
    }
    co_return outcome;
}

void ResponseSender::end_live_stream() {
    if (live_producer_ != nullptr) {
        live_producer_->cancel();
    }
}

void ResponseSender::append_head(
    const Response& response,
    const Exchange& exchange,
    std::optional<std::uint64_t> length,
    bool chunked
) {
    out_.clear();
    append_response_head(
        out_,
        response,
        {.content_length = length,
         .chunked = chunked,
         .close = exchange.close,
         .http10 = exchange.http10,
         .date = core_.date,
         .request_id = exchange.request_id}
    );
}

Task<Result<void>> ResponseSender::write(std::string_view bytes) {
    return channel_.write(bytes, core_.deadline_in(core_.options.limits.stalled));
}

Task<ResponseSender::Outcome> ResponseSender::send_text(
    const Response& response, const Exchange& exchange
) {
    const std::string& text = std::get<std::string>(response.body);
    const bool with_body = !exchange.head_only && status_has_body(response.status);
    append_head(response, exchange, text.size(), false);
    const bool at_once = with_body && text.size() <= kCopiedBody;
    if (at_once) {
        out_ += text;
    }
    bool written = (co_await write(out_)).has_value();
    if (written && with_body && !at_once) {
        written = (co_await write(text)).has_value();
    }
    co_return Outcome{.reusable = written, .bytes_sent = written && with_body ? text.size() : 0};
}

Task<ResponseSender::Outcome> ResponseSender::send_file(
    const Response& response, const Exchange& exchange
) {
    const FileBody& body = std::get<FileBody>(response.body);
    append_head(response, exchange, body.length, false);
    Outcome outcome;
    if (!(co_await write(out_)).has_value()) {
        co_return outcome;
    }
    const std::uint64_t length =
        exchange.head_only || !status_has_body(response.status) ? 0 : body.length;
    while (outcome.bytes_sent < length) {
        const auto size = static_cast<std::size_t>(
            std::min<std::uint64_t>(length - outcome.bytes_sent, kFileChunk)
        );
        const std::uint64_t offset = body.offset + outcome.bytes_sent;
        auto read = [file = body.file, offset, size] {
            return read_file_chunk(*file, offset, size);
        };
        const Result<std::string> chunk = co_await core_.pool.run(std::move(read));
        if (!chunk) {
            log::error(
                "file response cut short",
                {{"request_id", exchange.request_id}, {"error", chunk.error().message()}}
            );
            co_return outcome;
        }
        if (!(co_await write(*chunk)).has_value()) {
            co_return outcome;
        }
        outcome.bytes_sent += size;
    }
    outcome.reusable = true;
    co_return outcome;
}

// Returns when the producer has ended, or has nobody to write to any more.
Task<void> ResponseSender::watch_peer(const StreamWriter& writer, async::TaskGroup& producer) {
    while (!writer.ended()) {
        const std::size_t capacity = std::max(channel_.input().capacity(), kWatchBytes);
        if (channel_.input().size() >= capacity) {
            // Somebody sends requests without waiting; a failing write will tell that it is gone.
            co_await producer.join();
            break;
        }
        const Result<bool> more = co_await channel_.read_more(capacity);
        if (!more || !*more) {
            break;
        }
    }
}

// Runs the producer to its end, whatever that is: it must not outlive this frame, so when this task
// is cancelled it waits for the producer before it notices.
Task<void> ResponseSender::run_producer(StreamWriter& writer, const StreamBody& body) {
    co_await asio::this_coro::throw_if_cancelled(false);
    async::TaskGroup producer(core_.executor);
    core_.live_streams += body.live ? 1 : 0;
    live_producer_ = body.live ? &producer : nullptr;
    producer.spawn("response stream", writer.run(&body));
    if ((co_await asio::this_coro::cancellation_state).cancelled() == kNotCancelled) {
        co_await watch_peer(writer, producer);
    }
    producer.cancel();
    while (producer.size() > 0) {
        co_await producer.join();
    }
    live_producer_ = nullptr;
    core_.live_streams -= body.live ? 1 : 0;
    co_await asio::this_coro::throw_if_cancelled(true);
}

Task<ResponseSender::Outcome> ResponseSender::send_stream(Response response, Exchange exchange) {
    const StreamBody body = std::move(std::get<StreamBody>(response.body));
    const bool chunked = !body.length && !exchange.http10;
    // Without any framing the close is the end.
    const bool up_to_close = !chunked && !body.length;
    exchange.close = exchange.close || up_to_close;
    append_head(response, exchange, body.length, chunked);
    Outcome outcome;
    if (!(co_await write(out_)).has_value()) {
        co_return outcome;
    }
    if (exchange.head_only || !status_has_body(response.status)) {
        outcome.reusable = !up_to_close;
        co_return outcome;
    }
    response = {};
    std::string().swap(out_);
    if (exchange.release) {
        exchange.release();
    }
    channel_.input().shrink(0);

    StreamWriter writer(*this, chunked, body.length);
    co_await run_producer(writer, body);
    outcome.bytes_sent = writer.sent();
    if (writer.complete()) {
        const bool ended = !chunked || (co_await write("0\r\n\r\n")).has_value();
        outcome.reusable = ended && !up_to_close;
    }
    co_return outcome;
}

}  // namespace signalbox::net
