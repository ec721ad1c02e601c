#include "net/http_connection.hpp"

#include "base/log.hpp"
#include "net/request_head.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

HttpProblem timeout_problem(std::string message) {
    return {.status = 408, .word = "REQUEST_TIMEOUT", .message = std::move(message)};
}

HttpProblem slow_head_problem(const ServerLimits& limits) {
    return timeout_problem(
        "the head of the request was not whole: no further byte came within " +
        std::to_string(limits.slow.count()) + " ms, or not the last within " +
        std::to_string(limits.head.count()) + " ms"
    );
}

HttpProblem slow_body_problem(const ServerLimits& limits) {
    return timeout_problem(
        "the body of the request came too slowly: no further byte within " +
        std::to_string(limits.slow.count()) + " ms, or fewer than " +
        std::to_string(limits.least_rate) + " bytes a second"
    );
}

HttpProblem overload_problem(std::size_t limit) {
    return {
        .status = 503,
        .word = "TOO_MANY_CONNECTIONS",
        .message = "too many connections (max: " + std::to_string(limit) + ")"
    };
}

}  // namespace

Connection::Connection(ServerCore& core, std::unique_ptr<Stream> stream, Origin origin)
    : core_(core),
      channel_(std::move(stream)),
      origin_(std::move(origin)),
      scanner_(core.options.limits.head_bytes),
      sender_(core, channel_) {
    core_.connections.insert(this);
}

Connection::~Connection() {
    core_.connections.erase(this);
}

// A frame per idle connection: what it awaits comes and goes.
Task<void> Connection::run(std::unique_ptr<Connection> self) {
    Next next = Next::kRequest;
    while (next == Next::kRequest) {
        next = co_await self->next_exchange();
        if (next == Next::kStream) {
            const bool whole = co_await self->run_stream();
            self->stream_.reset();
            next = whole ? self->after_stream_ : Next::kClose;
        }
    }
    if (next == Next::kDropAndClose) {
        co_await self->drop_rest();
    }
    self->channel_.close();
}

Task<Connection::Next> Connection::next_exchange() {
    request_.reset();
    const Parsed<std::size_t> head_size = co_await read_head();
    if (!head_size) {
        co_return co_await answer_problem(head_size.error());
    }
    if (*head_size == 0) {
        co_return Next::kClose;
    }
    co_return co_await exchange(*head_size);
}

// The size of the next head in the input; 0 when the connection is over.
Task<Parsed<std::size_t>> Connection::read_head() {
    const ServerLimits& limits = core_.options.limits;
    InputBuffer& input = channel_.input();
    input.shrink(kInputBytes);
    SteadyTime whole_by = SteadyTime::max();
    while (true) {
        // Blank lines before a request are tolerated (RFC 9112, section 2.2).
        while (input.view().starts_with("\r\n")) {
            input.consume(2);
            scanner_.reset();
        }
        const Parsed<std::size_t> scanned = scanner_.scan(input.view());
        if (!scanned || *scanned > 0) {
            co_return scanned;
        }
        if (input.empty()) {
            if (core_.draining) {
                co_return 0;
            }
            idle_turn_ = ++core_.idle_turns;
            channel_.begin_wait(Channel::Wait::kRequest, core_.deadline_in(limits.idle));
        } else {
            whole_by = std::min(whole_by, core_.deadline_in(limits.head));
            channel_.begin_wait(
                Channel::Wait::kInput, std::min(whole_by, core_.deadline_in(limits.slow))
            );
        }
        const std::size_t full = std::max(input.capacity(), kInputBytes);
        const Result<bool> more = co_await channel_.read_more(
            input.size() < full ? full : std::max(full + 1, limits.head_bytes)
        );
        channel_.end_wait();
        if (channel_.timed_out()) {
            co_return std::unexpected(slow_head_problem(limits));
        }
        if (!more || !*more) {
            co_return 0;
        }
    }
}

Task<Connection::Next> Connection::exchange(std::size_t head_size) {
    if (const Parsed<void> begun = begin_request(head_size); !begun) {
        co_return co_await answer_problem(begun.error());
    }
    if (origin_.refused) {
        co_return co_await answer_problem(overload_problem(core_.options.limits.connections));
    }
    Response response = co_await call_handler();
    if (channel_.timed_out()) {
        response = render(slow_body_problem(core_.options.limits));
    }
    auto* const stream = std::get_if<StreamBody>(&response.body);
    // Without any framing the close is the end; under TLS the watch takes what comes next.
    const bool single =
        stream != nullptr && (origin_.secure || (http10_ && !stream->length.has_value()));
    const bool body_read = finish_body();
    const bool close = single || !body_read || !parser_.keep_alive() || core_.draining;
    const bool head_only = request_->method == Method::kHead;
    const ResponseSender::Outcome outcome = co_await sender_.send(
        response,
        {.head_only = head_only,
         .http10 = http10_,
         .close = close,
         .request_id = request_->request_id}
    );
    const Next next = outcome.whole ? after_response(body_read, close) : Next::kClose;
    if (stream != nullptr && outcome.whole && !head_only && status_has_body(response.status)) {
        begin_stream(std::move(*stream), response.status, next);
        co_return Next::kStream;
    }
    report(response.status, outcome.bytes_sent);
    co_return next;
}

Connection::Next Connection::after_response(bool body_read, bool close) {
    if (!close) {
        return Next::kRequest;
    }
    // Closing on bytes nobody read would reset the connection and may cost the client its answer.
    return body_read && channel_.input().empty() ? Next::kClose : Next::kDropAndClose;
}

// A stream may live for hours: what only the handler and the parser needed goes.
void Connection::begin_stream(StreamBody body, unsigned status, Next then) {
    const bool chunked = is_chunked(body, http10_);
    stream_ = std::make_unique<StreamSession>(
        core_,
        channel_,
        std::move(body),
        chunked,
        StreamSession::Summary{
            .method = request_->method,
            .path = std::move(request_->path),
            .request_id = std::move(request_->request_id),
            .peer = std::move(request_->peer),
            .status = status,
            .bytes_received = request_->body.bytes_read(),
            .started = started_
        }
    );
    after_stream_ = then;
    request_.reset();
    sender_.release();
    channel_.input().shrink(0);
}

Task<bool> Connection::run_stream() {
    return stream_->run([this] { core_.group.cancel(task_); });
}

void Connection::end_live_stream() {
    if (stream_ != nullptr && stream_->live()) {
        core_.group.cancel(task_);
    }
}

Task<Connection::Next> Connection::answer_problem(HttpProblem problem) {
    if (request_ == nullptr) {
        http10_ = false;
        started_ = std::chrono::steady_clock::now();
        request_ = std::make_unique<Request>();
        request_->request_id = core_.next_request_id();
        request_->peer = origin_.peer;
    }
    const unsigned status = problem.status;
    const Response response = render(std::move(problem));
    const ResponseSender::Outcome outcome = co_await sender_.send(
        response,
        {.head_only = request_->method == Method::kHead,
         .http10 = http10_,
         .close = true,
         .request_id = request_->request_id}
    );
    report(status, outcome.bytes_sent);
    co_return outcome.whole ? Next::kDropAndClose : Next::kClose;
}

// The one place where a handler's exceptions end; being cancelled is not its failure.
Task<Response> Connection::call_handler() {
    std::string what;
    try {
        co_return co_await core_.handler(*request_);
    } catch (const std::exception& error) {
        what = error.what();
    }
    // Throws if it was we who were cancelled, and not something the handler waited for.
    co_await async::throw_if_cancelled();
    log::error(
        "request failed",
        {{"request_id", request_->request_id},
         {"method", to_string(request_->method)},
         {"path", request_->path},
         {"error", what}}
    );
    co_return render(
        {.status = 500, .word = "INTERNAL", .message = "an unexpected error; the log names it"}
    );
}

Parsed<void> Connection::begin_request(std::size_t head_size) {
    started_ = std::chrono::steady_clock::now();
    InputBuffer& input = channel_.input();
    body_waited_ = {};
    Parsed<MessageHead> head = parser_.parse_head(input.view().substr(0, head_size));
    input.consume(head_size);
    scanner_.reset();
    request_ = std::make_unique<Request>();
    request_->peer = origin_.peer;
    request_->secure = origin_.secure;
    std::optional<std::string_view> id;
    if (head) {
        http10_ = head->version == 10;
        continue_owed_ = !http10_ && head->headers.find("Expect").has_value();
        id = head->headers.find("X-Request-ID");
    }
    request_->request_id =
        id && is_sane_request_id(*id) ? std::string(*id) : core_.next_request_id();
    if (!head) {
        return std::unexpected(std::move(head).error());
    }
    if (!parser_.body().done()) {
        request_->body = BodyReader(*this, parser_.content_length());
    }
    return take_request_head(*std::move(head), core_.options.limits.target_bytes, *request_);
}

Task<Result<std::string_view>> Connection::next_piece() {
    InputBuffer& input = channel_.input();
    input.consume(std::exchange(piece_size_, 0));
    BodyDecoder& body = parser_.body();
    while (!body_broken_ && !body.done()) {
        const Parsed<BodyDecoder::Step> step = body.decode(input.view());
        if (!step) {
            body_broken_ = true;
            co_return fail(Code::kInvalid, step.error().word, step.error().message);
        }
        if (!step->data.empty()) {
            // It stays in the input until the next call, so that nothing is copied.
            piece_size_ = step->consumed;
            co_return step->data;
        }
        input.consume(step->consumed);
        if (!body.done()) {
            SB_CO_OK(co_await read_body_bytes());
        }
    }
    if (body_broken_) {
        co_return fail(Code::kInvalid, "BAD_REQUEST", "the request body is broken");
    }
    co_return std::string_view();
}

Task<Result<void>> Connection::read_body_bytes() {
    if (std::exchange(continue_owed_, false)) {
        SB_CO_OK(co_await write_in_time(core_, channel_, kContinue));
    }
    const bool large = parser_.content_length().value_or(kLargeInputBytes) > kInputBytes;
    const SteadyTime begin = std::chrono::steady_clock::now();
    channel_.begin_wait(Channel::Wait::kInput, core_.deadline_in(patience()));
    const Result<bool> more = co_await channel_.read_more(large ? kLargeInputBytes : kInputBytes);
    channel_.end_wait();
    body_waited_ += std::chrono::steady_clock::now() - begin;
    if (!more && channel_.timed_out()) {
        body_broken_ = true;
        co_return fail(more.error());
    }
    if (!more || !*more) {
        body_broken_ = true;
        co_return fail(
            Code::kInvalid, "CLIENT_GONE", "the client closed the connection within the body"
        );
    }
    co_return Result<void>();
}

// How long the next bytes of the body may take. Only waiting counts, not what the handler does with
// them meanwhile: a client gets `slow`, and what its bytes have earned at the least rate.
std::chrono::milliseconds Connection::patience() const {
    using std::chrono::milliseconds;
    const ServerLimits& limits = core_.options.limits;
    const milliseconds earned(
        static_cast<std::int64_t>(request_->body.bytes_read() * 1000 / limits.least_rate)
    );
    const auto waited = std::chrono::duration_cast<milliseconds>(body_waited_);
    return std::clamp(limits.slow + earned - waited, milliseconds(0), limits.slow);
}

// Passes over what came of a body that the handler did not read; true when that is all of it.
bool Connection::finish_body() {
    InputBuffer& input = channel_.input();
    input.consume(std::exchange(piece_size_, 0));
    while (!body_broken_ && !parser_.body().done()) {
        const Parsed<BodyDecoder::Step> step = parser_.body().decode(input.view());
        if (!step || step->consumed == 0) {
            return false;
        }
        input.consume(step->consumed);
    }
    return !body_broken_;
}

Task<void> Connection::drop_rest() {
    const ServerLimits& limits = core_.options.limits;
    InputBuffer& input = channel_.input();
    channel_.stream().shutdown_send();
    channel_.begin_wait(Channel::Wait::kEnd, std::chrono::steady_clock::now() + limits.dropped);
    for (std::size_t dropped = 0; dropped < limits.dropped_bytes;) {
        dropped += input.size();
        input.consume(input.size());
        const Result<bool> more = co_await channel_.read_more(kLargeInputBytes);
        if (!more || !*more) {
            break;
        }
    }
    channel_.end_wait();
}

Response Connection::render(HttpProblem problem) {
    const unsigned status = problem.status;
    Response response = core_.options.render_error(
        {.status = status,
         .word = std::move(problem.word),
         .message = std::move(problem.message),
         .request_id = request_->request_id}
    );
    response.status = status;
    if (status == 503 && !response.headers.find("Retry-After")) {
        response.headers.add("Retry-After", "1");
    }
    return response;
}

void Connection::report(unsigned status, std::uint64_t bytes_sent) {
    if (!core_.options.on_request_done) {
        return;
    }
    core_.options.on_request_done(
        {.method = request_->method,
         .path = request_->path,
         .status = status,
         .duration = std::chrono::steady_clock::now() - started_,
         .bytes_received = request_->body.bytes_read(),
         .bytes_sent = bytes_sent,
         .request_id = request_->request_id,
         .peer = request_->peer}
    );
}

}  // namespace signalbox::net
