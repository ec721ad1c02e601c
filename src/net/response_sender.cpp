#include "net/response_sender.hpp"

#include "base/log.hpp"
#include "net/file_chunk.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {

namespace {

// Above this a body is written from where it is, not copied behind its head.
constexpr std::size_t kCopiedBody = 64U << 10U;
// Kept from response to response; a larger one gives its memory back.
constexpr std::size_t kKeptOutput = 16U << 10U;
// What a peer must take in the time it is given, however long the whole is.
constexpr std::size_t kWrittenPiece = 64U << 10U;

}  // namespace

void ResponseSender::append_head(const Response& response, const Exchange& exchange) {
    ResponseFraming framing{
        .close = exchange.close,
        .http10 = exchange.http10,
        .date = core_.date,
        .request_id = exchange.request_id
    };
    if (const auto* const text = std::get_if<std::string>(&response.body)) {
        framing.content_length = text->size();
    } else if (const auto* const file = std::get_if<FilePiece>(&response.body)) {
        framing.content_length = file->length;
    } else {
        const StreamBody& stream = std::get<StreamBody>(response.body);
        framing.content_length = stream.length;
        framing.chunked = is_chunked(stream, exchange.http10) && status_has_body(response.status);
    }
    out_.clear();
    append_response_head(out_, response, framing);
}

Task<ResponseSender::Outcome> ResponseSender::send(const Response& response, Exchange exchange) {
    append_head(response, exchange);
    const bool with_body = !exchange.head_only && status_has_body(response.status);
    const auto* const text = with_body ? std::get_if<std::string>(&response.body) : nullptr;
    const auto* const file = with_body ? std::get_if<FilePiece>(&response.body) : nullptr;
    Outcome outcome;
    std::string_view apart;
    if (text != nullptr) {
        outcome.bytes_sent = text->size();
        (text->size() <= kCopiedBody ? static_cast<void>(out_ += *text)
                                     : static_cast<void>(apart = *text));
    }
    std::string_view rest = out_;
    outcome.whole =
        channel_.write_now(rest) || (co_await write_in_time(core_, channel_, rest)).has_value();
    if (outcome.whole && !apart.empty()) {
        outcome.whole = (co_await write_in_time(core_, channel_, apart)).has_value();
    }
    if (outcome.whole && file != nullptr) {
        outcome = co_await send_file(*file);
    }
    if (out_.capacity() > kKeptOutput) {
        release();
    }
    co_return outcome;
}

Task<ResponseSender::Outcome> ResponseSender::send_file(const FilePiece& body) {
    Outcome outcome;
    while (outcome.bytes_sent < body.length) {
        const auto size = static_cast<std::size_t>(
            std::min<std::uint64_t>(body.length - outcome.bytes_sent, kFileChunk)
        );
        const std::uint64_t offset = body.offset + outcome.bytes_sent;
        auto read = [file = body.file, offset, size] {
            return read_file_chunk(*file, offset, size);
        };
        const Result<std::string> chunk = co_await core_.pool.run(std::move(read));
        if (!chunk) {
            log::error("file response cut short", {{"error", chunk.error().message()}});
            co_return outcome;
        }
        if (!(co_await write_in_time(core_, channel_, *chunk)).has_value()) {
            co_return outcome;
        }
        outcome.bytes_sent += size;
    }
    outcome.whole = true;
    co_return outcome;
}

Task<Result<void>> write_in_time(ServerCore& core, Channel& channel, std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, kWrittenPiece);
        channel.begin_wait(Channel::Wait::kOutput, core.deadline_in(core.options.limits.stalled));
        Result<void> written = co_await channel.stream().write_all(piece);
        channel.end_wait();
        SB_CO_OK(std::move(written));
        bytes.remove_prefix(piece.size());
    }
    co_return Result<void>();
}

}  // namespace signalbox::net
