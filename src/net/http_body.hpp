// How a handler takes in a request's body and gives out a response's.
//
// A body is pulled in pieces, never held whole unless read_all is asked to; its limit is the
// handler's to set before it reads. Outgoing bodies are text, a piece of a file, or a producer that
// writes until it returns. A producer whose client hung up is cancelled where it waits.
//
// Threads: the event loop.  Suspends: BodyReader::next, read_all, BodyWriter::write.
// Errors: kTooLarge above the limit, kInvalid for broken framing and for a body whose client is
// gone before its end, kDeadline when it sent nothing for too long; of write: kUnavailable, nobody
// reads.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "net/file_chunk.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace signalbox::net {

/// Where a BodyReader gets its bytes: a connection.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// The next piece, valid until the next call; empty at the end.
    virtual Task<Result<std::string_view>> next_piece() = 0;
};

inline constexpr std::uint64_t kDefaultBodyLimit = std::uint64_t{1} << 20U;

class BodyReader {
public:
    /// No body.
    BodyReader() = default;

    /// A body that is there already: for tests and for replays.
    explicit BodyReader(std::string whole);

    /// `source` must outlive the reader; `content_length` is empty for a chunked body.
    BodyReader(BodySource& source, std::optional<std::uint64_t> content_length);

    /// Bytes of the whole body; the default is meant for JSON.
    void set_limit(std::uint64_t max_bytes) { limit_ = max_bytes; }

    [[nodiscard]] std::uint64_t limit() const { return limit_; }

    /// What the client announced, whether or not it will send it.
    [[nodiscard]] std::optional<std::uint64_t> content_length() const { return content_length_; }

    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

    /// The next piece, valid until the next call; empty at the end.
    Task<Result<std::string_view>> next();

    /// What is left, up to the limit.
    Task<Result<std::string>> read_all();

private:
    [[nodiscard]] Error too_large(std::uint64_t bytes) const;

    BodySource* source_ = nullptr;
    std::string whole_;
    bool whole_given_ = true;
    std::optional<std::uint64_t> content_length_ = 0;
    std::uint64_t limit_ = kDefaultBodyLimit;
    std::uint64_t bytes_read_ = 0;
};

class BodyWriter {
public:
    virtual ~BodyWriter() = default;

    /// Returns when the bytes are on their way; an error means that nobody reads any more.
    virtual Task<Result<void>> write(std::string_view bytes) = 0;

    /// The server is stopping: send what is needed and return. Live streams that do not are
    /// cancelled after a short grace, others at the end of the drain.
    [[nodiscard]] virtual bool draining() const = 0;

    /// Ends the body without its terminator, so that the client knows it is cut.
    virtual void abort() = 0;
};

/// Chunked unless the length is known. The producer runs after the handler has returned: it owns
/// what it uses and must not refer to the Request.
struct StreamBody {
    std::function<Task<void>(BodyWriter&)> produce;
    bool live = false;                    ///< an event stream: counted, and ended early by a drain
    std::optional<std::uint64_t> length;  ///< exactly what the producer will write
};

using ResponseBody = std::variant<std::string, FilePiece, StreamBody>;

}  // namespace signalbox::net
