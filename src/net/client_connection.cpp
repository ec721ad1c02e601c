#include "net/client_connection.hpp"

#include "net/file_chunk.hpp"

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <utility>

namespace signalbox::net {

namespace {

constexpr std::size_t kMaxHeadBytes = 64U << 10U;
constexpr std::size_t kHeadBytes = 8U << 10U;
constexpr std::size_t kBodyBytes = 64U << 10U;
constexpr std::size_t kTextChunk = 64U << 10U;
// A server that knows nothing of 100 gets the body after this long (RFC 9110, section 10.1.1).
constexpr std::chrono::milliseconds kGoAheadWait{1'000};

Failure cut_off(std::string what) {
    return fail(Code::kUnavailable, "CONNECTION", std::move(what));
}

Failure no_http(const HttpProblem& problem) {
    return fail(Code::kUnavailable, "BAD_RESPONSE", "not an HTTP answer: " + problem.message);
}

}  // namespace

// Outlives the watchdog while a wait of its timer is under way.
struct Watchdog::State : std::enable_shared_from_this<Watchdog::State> {
    State(Executor executor, Stream& watched) : timer(executor), stream(&watched) {}

    void wait() {
        timer.expires_at(deadline);
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
            // A wait that was cancelled too late finds the deadline moved.
            if (!ec && self->stream != nullptr &&
                std::chrono::steady_clock::now() >= self->deadline) {
                self->act();
            }
        });
    }

    void act() {
        expired = true;
        if (bite == Bite::kClose) {
            stream->close();
        } else {
            stream->cancel();
        }
    }

    Timer timer;
    Stream* stream;  ///< null once the watchdog is gone
    SteadyTime deadline = SteadyTime::max();
    Bite bite = Bite::kClose;
    bool expired = false;
};

Watchdog::Watchdog(Executor executor, Stream& stream)
    : state_(std::make_shared<State>(executor, stream)) {}

Watchdog::~Watchdog() {
    disarm();
    state_->stream = nullptr;
}

void Watchdog::arm(std::chrono::milliseconds limit, Bite bite) {
    state_->deadline = std::chrono::steady_clock::now() + limit;
    state_->bite = bite;
    state_->expired = false;
    state_->wait();
}

void Watchdog::disarm() {
    state_->deadline = SteadyTime::max();
    state_->timer.cancel();
}

bool Watchdog::expired() const {
    return state_->expired;
}

ClientConnection::ClientConnection(
    Executor executor, async::BlockingPool& pool, std::unique_ptr<Stream> stream, bool encrypted
)
    : pool_(pool),
      stream_(std::move(stream)),
      watchdog_(executor, *stream_),
      encrypted_(encrypted) {}

bool ClientConnection::reusable() const {
    return !broken_ && parser_.body().done() && parser_.keep_alive() &&
           input_.size() == piece_size_;
}

Task<Result<MessageHead>> ClientConnection::start(
    const ClientRequest& request, std::string head, std::chrono::milliseconds idle_timeout
) {
    idle_timeout_ = idle_timeout;
    heard_ = false;
    sent_ = 0;
    total_ = body_size(request);
    input_.consume(std::exchange(piece_size_, 0));
    const bool asks_first = head.contains("\r\nExpect: 100-continue\r\n");
    SB_CO_OK(co_await write(head));
    Result<void> sent;
    const bool answered = asks_first && !co_await wait_for_go_ahead();
    if (!answered && total_ > 0) {
        sent = co_await send_body(request);
    }
    if (answered || !sent || sent_ < total_) {
        // The server still waits for the rest: nothing else can follow on this connection.
        broken_ = true;
    }
    Result<MessageHead> answer = co_await read_head(request.method == Method::kHead);
    if (!answer && !sent) {
        co_return fail(sent.error());
    }
    co_return answer;
}

// True when the body shall be sent: the server says so, or says nothing for a while.
Task<bool> ClientConnection::wait_for_go_ahead() {
    watchdog_.arm(kGoAheadWait, Watchdog::Bite::kCancelRead);
    Interim seen = Interim::kNothing;
    while (seen == Interim::kNothing) {
        const Result<std::size_t> count = co_await stream_->read_some(input_.prepare(kHeadBytes));
        if (!count && watchdog_.expired()) {
            co_return true;
        }
        if (!count || *count == 0) {
            break;
        }
        input_.commit(*count);
        heard_ = true;
        seen = pass_interim();
    }
    watchdog_.disarm();
    co_return seen == Interim::kContinue;
}

// Takes whole heads with 1xx off the input and says what they were; kAnswer when what follows is,
// or cannot be read as, the head of an answer.
ClientConnection::Interim ClientConnection::pass_interim() {
    Interim seen = Interim::kNothing;
    while (true) {
        const std::string_view input = input_.view();
        const Parsed<std::size_t> size = HeadScanner(kMaxHeadBytes).scan(input);
        if (size && *size == 0) {
            return seen;
        }
        if (!size || !input.starts_with("HTTP/1.1 1")) {
            return Interim::kAnswer;
        }
        seen = input.starts_with("HTTP/1.1 100") ? Interim::kContinue : seen;
        input_.consume(*size);
    }
}

Task<Result<void>> ClientConnection::send_body(const ClientRequest& request) {
    for (const BodyPiece& piece : request.body) {
        const auto* const text = std::get_if<std::string>(&piece);
        SB_CO_TRY(
            const bool go_on,
            text != nullptr ? co_await send_text(*text, request)
                            : co_await send_file(std::get<FilePiece>(piece), request)
        );
        if (!go_on) {
            break;
        }
    }
    co_return Result<void>();
}

// False when the server has answered already.
Task<Result<bool>> ClientConnection::send_text(
    std::string_view text, const ClientRequest& request
) {
    while (!text.empty()) {
        SB_CO_TRY(const bool over, co_await answer_begins());
        if (over) {
            co_return false;
        }
        const std::string_view chunk = text.substr(0, kTextChunk);
        SB_CO_OK(co_await write(chunk));
        count_sent(request, chunk.size());
        text.remove_prefix(chunk.size());
    }
    co_return true;
}

Task<Result<bool>> ClientConnection::send_file(
    const FilePiece& piece, const ClientRequest& request
) {
    for (std::uint64_t done = 0; done < piece.length;) {
        SB_CO_TRY(const bool over, co_await answer_begins());
        if (over) {
            co_return false;
        }
        const std::uint64_t offset = piece.offset + done;
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.length - done, kFileChunk));
        auto read = [file = piece.file, offset, size] {
            return read_file_chunk(*file, offset, size);
        };
        SB_CO_TRY(const std::string chunk, co_await pool_.run(std::move(read)));
        SB_CO_OK(co_await write(chunk));
        count_sent(request, size);
        done += size;
    }
    co_return true;
}

// Whether the answer is there before the body is sent; a late 100 is none. Under TLS what waits may
// be of the protocol's own; an early answer is then found at the end.
Task<Result<bool>> ClientConnection::answer_begins() {
    while (!encrypted_ && sent_ > 0 && stream_->has_input()) {
        SB_CO_TRY(const bool more, co_await read_more(kHeadBytes));
        if (!more || pass_interim() == Interim::kAnswer) {
            co_return true;
        }
    }
    co_return false;
}

void ClientConnection::count_sent(const ClientRequest& request, std::size_t bytes) {
    sent_ += bytes;
    if (request.on_progress) {
        request.on_progress(sent_, total_);
    }
}

Task<Result<void>> ClientConnection::write(std::string_view bytes) {
    watchdog_.arm(idle_timeout_);
    Result<void> written = co_await stream_->write_all(bytes);
    watchdog_.disarm();
    if (!written) {
        broken_ = true;
        if (watchdog_.expired()) {
            co_return fail(silent());
        }
    }
    co_return written;
}

Task<Result<bool>> ClientConnection::read_more(std::size_t capacity) {
    watchdog_.arm(idle_timeout_);
    const Result<std::size_t> count = co_await stream_->read_some(input_.prepare(capacity));
    watchdog_.disarm();
    if (!count) {
        broken_ = true;
        co_return watchdog_.expired() ? fail(silent()) : fail(count.error());
    }
    input_.commit(*count);
    heard_ = heard_ || *count > 0;
    co_return *count > 0;
}

Task<Result<MessageHead>> ClientConnection::read_head(bool bodiless) {
    HeadScanner scanner(kMaxHeadBytes);
    while (true) {
        const Parsed<std::size_t> size = scanner.scan(input_.view());
        if (!size) {
            broken_ = true;
            co_return no_http(size.error());
        }
        if (*size == 0) {
            const std::size_t capacity = input_.size() < kHeadBytes ? kHeadBytes : kMaxHeadBytes;
            SB_CO_TRY(const bool more, co_await read_more(capacity));
            if (!more) {
                broken_ = true;
                co_return cut_off("the server closed the connection without an answer");
            }
            continue;
        }
        Parsed<MessageHead> head = parser_.parse_head(input_.view().substr(0, *size), bodiless);
        input_.consume(*size);
        scanner.reset();
        if (!head) {
            broken_ = true;
            co_return no_http(head.error());
        }
        if (head->status >= 200) {
            co_return *std::move(head);
        }
    }
}

Task<Result<std::string_view>> ClientConnection::next_piece() {
    input_.consume(std::exchange(piece_size_, 0));
    BodyDecoder& body = parser_.body();
    while (!body.done()) {
        const Parsed<BodyDecoder::Step> step = body.decode(input_.view());
        if (!step) {
            broken_ = true;
            co_return no_http(step.error());
        }
        if (!step->data.empty()) {
            piece_size_ = step->consumed;
            co_return step->data;
        }
        input_.consume(step->consumed);
        if (body.done()) {
            break;
        }
        SB_CO_TRY(const bool more, co_await read_more(kBodyBytes));
        if (!more) {
            broken_ = true;
            if (!body.finish()) {
                co_return cut_off("the connection was cut within the answer");
            }
        }
    }
    co_return std::string_view();
}

Error ClientConnection::silent() const {
    return {
        Code::kDeadline,
        "TIMEOUT",
        "nothing moved for " + std::to_string(idle_timeout_.count()) + " ms"
    };
}

std::uint64_t body_size(const ClientRequest& request) {
    std::uint64_t size = 0;
    for (const BodyPiece& piece : request.body) {
        const auto* const text = std::get_if<std::string>(&piece);
        size += text != nullptr ? text->size() : std::get<FilePiece>(piece).length;
    }
    return size;
}

}  // namespace signalbox::net
