// One connection of the client: one exchange after the other.
//
// While it waits for its peer a watchdog closes the stream if no byte moves for too long. After a
// failure, an upload that was cut short or a response without an end it cannot be used again.
//
// Threads: the event loop.  Suspends: start, next_piece.
// Errors: kUnavailable when cut off or not spoken to in HTTP, kDeadline; without the URL.
#pragma once

#include "async/blocking_pool.hpp"
#include "base/clock.hpp"
#include "net/http_client.hpp"
#include "net/http_parser.hpp"
#include "net/input_buffer.hpp"
#include "net/stream.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::net {

/// Acts on a stream whose peer is silent for too long.
class Watchdog {
public:
    enum class Bite : std::uint8_t { kClose, kCancelRead };

    /// `stream` must outlive the watchdog.
    Watchdog(Executor executor, Stream& stream);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    void arm(std::chrono::milliseconds limit, Bite bite = Bite::kClose);
    void disarm();

    /// It has bitten since it was armed.
    [[nodiscard]] bool expired() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

class ClientConnection {
public:
    ClientConnection(
        Executor executor, async::BlockingPool& pool, std::unique_ptr<Stream> stream, bool encrypted
    );

    /// Sends the request and reads the head of its answer. `head` ends with its blank line.
    Task<Result<MessageHead>> start(
        const ClientRequest& request, std::string head, std::chrono::milliseconds idle_timeout
    );

    /// The next piece of the answer's body, valid until the next call; empty at the end.
    Task<Result<std::string_view>> next_piece();

    /// Between exchanges, with a peer that will take another.
    [[nodiscard]] bool reusable() const;

    /// Any byte of an answer came in this exchange.
    [[nodiscard]] bool heard() const { return heard_; }

    /// A pooled connection: the peer has closed it, or sent what nobody asked for.
    [[nodiscard]] bool stale() { return stream_->has_input(); }

private:
    /// What came before the head of the answer proper.
    enum class Interim : std::uint8_t { kNothing, kContinue, kAnswer };

    Task<Result<MessageHead>> read_head(bool bodiless);
    Task<Result<void>> send_body(const ClientRequest& request);
    Task<Result<bool>> send_text(std::string_view text, const ClientRequest& request);
    Task<Result<bool>> send_file(const FilePiece& piece, const ClientRequest& request);
    Task<Result<void>> write(std::string_view bytes);
    Task<Result<bool>> read_more(std::size_t capacity);
    Task<bool> wait_for_go_ahead();
    Task<Result<bool>> answer_begins();
    Interim pass_interim();
    void count_sent(const ClientRequest& request, std::size_t bytes);
    [[nodiscard]] Error silent() const;

    async::BlockingPool& pool_;
    std::unique_ptr<Stream> stream_;
    Watchdog watchdog_;
    InputBuffer input_;
    MessageParser parser_{MessageParser::Kind::kResponse};
    std::chrono::milliseconds idle_timeout_{};
    std::uint64_t sent_ = 0;
    std::uint64_t total_ = 0;
    std::size_t piece_size_ = 0;  ///< of the input, handed out and not consumed yet
    bool encrypted_;
    bool heard_ = false;
    bool broken_ = false;
};

/// What all pieces have together.
[[nodiscard]] std::uint64_t body_size(const ClientRequest& request);

}  // namespace signalbox::net
