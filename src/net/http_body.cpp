#include "net/http_body.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {

BodyReader::BodyReader(std::string whole)
    : whole_(std::move(whole)), whole_given_(whole_.empty()), content_length_(whole_.size()) {}

BodyReader::BodyReader(BodySource& source, std::optional<std::uint64_t> content_length)
    : source_(&source), content_length_(content_length) {}

Task<Result<std::string_view>> BodyReader::next() {
    // Refused by what was announced, before anything is sent for nothing.
    if (content_length_.value_or(0) > limit_) {
        co_return fail(too_large(*content_length_));
    }
    std::string_view piece;
    if (source_ != nullptr) {
        SB_CO_TRY(piece, co_await source_->next_piece());
    } else if (!std::exchange(whole_given_, true)) {
        piece = whole_;
    }
    bytes_read_ += piece.size();
    if (bytes_read_ > limit_) {
        co_return fail(too_large(bytes_read_));
    }
    co_return piece;
}

Task<Result<std::string>> BodyReader::read_all() {
    std::string all;
    while (true) {
        SB_CO_TRY(const std::string_view piece, co_await next());
        if (piece.empty()) {
            co_return all;
        }
        if (all.empty()) {
            all.reserve(static_cast<std::size_t>(
                std::min<std::uint64_t>(content_length_.value_or(piece.size()), limit_)
            ));
        }
        all += piece;
    }
}

Error BodyReader::too_large(std::uint64_t bytes) const {
    return {
        Code::kTooLarge,
        "BODY_TOO_LARGE",
        "request body too large: " + std::to_string(bytes) +
            (content_length_ ? " bytes" : " bytes and more") + " (max: " + std::to_string(limit_) +
            ")"
    };
}

}  // namespace signalbox::net
