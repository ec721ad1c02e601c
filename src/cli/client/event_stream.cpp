#include "cli/client/event_stream.hpp"

#include "cli/exit_code.hpp"

#include <algorithm>

namespace signalbox::cli {

namespace {

using std::chrono::milliseconds;

constexpr unsigned kNoContent = 204;
constexpr std::size_t kMaxEventBytes = std::size_t{1} << 20U;

bool may_pass(const Error& error) {
    return error.word() == kUnreachableWord || error.code() == Code::kExhausted ||
           error.code() == Code::kUnavailable || error.code() == Code::kDeadline;
}

}  // namespace

EventStream::EventStream(ApiClient& client, Random& random, EventStreamOptions options)
    : client_(client), random_(random), options_(std::move(options)) {}

Task<Result<std::optional<wire::SseEvent>>> EventStream::next() {
    for (;;) {
        if (!connection_) {
            auto connected = co_await connect();
            if (connected && *connected == Outcome::kOver) {
                co_return std::nullopt;
            }
            if (!connected) {
                SB_CO_OK(co_await recover(std::move(connected).error()));
                continue;
            }
        }
        if (auto event = parser_->next()) {
            last_event_id_ = event->id;
            co_return std::move(event);
        }
        if (auto read = co_await read_more(); !read) {
            drop_connection();
            SB_CO_OK(co_await recover(std::move(read).error()));
        }
    }
}

Task<Result<EventStream::Outcome>> EventStream::connect() {
    ApiCall call{.target = options_.target, .idle_timeout = options_.idle_timeout};
    call.headers.set("Accept", "text/event-stream");
    if (!last_event_id_.empty()) {
        call.headers.set("Last-Event-ID", last_event_id_);
    }
    SB_CO_TRY(net::ClientStream stream, co_await client_.open(std::move(call)));
    if (stream.status() == kNoContent) {
        co_return Outcome::kOver;
    }
    connection_ = std::move(stream);
    parser_ = std::make_unique<wire::SseParser>(kMaxEventBytes, last_event_id_);
    co_return Outcome::kReady;
}

Task<Result<void>> EventStream::read_more() {
    SB_CO_TRY(const std::string_view bytes, co_await connection_->next());
    if (bytes.empty()) {
        // Orderly or not, who waits for a final event has not got it.
        co_return fail(
            Code::kUnavailable, std::string(kUnreachableWord), "the server ended the stream"
        );
    }
    failures_ = 0;
    co_return parser_->feed(bytes);
}

Task<Result<void>> EventStream::recover(Error error) {
    ++failures_;
    if (!may_pass(error) || failures_ > options_.max_failures) {
        co_return fail(std::move(error));
    }
    milliseconds wait = async::backoff_delay(options_.backoff, failures_, random_);
    if (const auto asked = error.retry_after()) {
        wait = std::clamp<milliseconds>(*asked, wait, std::chrono::minutes(1));
    }
    if (options_.on_trouble) {
        options_.on_trouble(error, wait);
    }
    co_await async::sleep_for(wait);
    co_return Result<void>();
}

void EventStream::drop_connection() {
    connection_.reset();
    parser_.reset();
}

}  // namespace signalbox::cli
