#include "wire/multipart_parser.hpp"

#include "base/text.hpp"
#include "wire/header_value.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::wire {

namespace {

// White space a sender may put behind a boundary; nobody does, so little is allowed.
constexpr std::size_t kMaxPadding = 64;

MultipartParser::Event out(std::string_view data) {
    return {.kind = MultipartParser::Kind::kData, .data = data};
}

Failure invalid(std::string message) {
    return fail(Code::kInvalid, "BAD_MULTIPART", "multipart body: " + std::move(message));
}

}  // namespace

MultipartParser::MultipartParser(std::string_view boundary, MultipartLimits limits)
    : limits_(limits), delimiter_("\r\n--" + std::string(boundary)) {
    borrow_line_end();
}

// The very first boundary, and one right behind a part's header, have no line end of their own.
void MultipartParser::borrow_line_end() {
    held_ = delimiter_.substr(0, 2);
    borrowed_ = held_.size();
}

Result<MultipartParser::Event> MultipartParser::next() {
    while (true) {
        const State before = state_;
        Result<Event> event = step();
        if (!event) {
            state_ = State::kFailed;
            return event;
        }
        const bool skipped = before == State::kPreamble && event->kind != Kind::kNeedMore;
        const bool header_follows = before == State::kBoundary && event->kind == Kind::kPartBegin;
        if (!skipped && !header_follows) {
            return event;
        }
    }
}

Result<MultipartParser::Event> MultipartParser::step() {
    switch (state_) {
        case State::kPreamble:
        case State::kData:
            return next_data();
        case State::kBoundary:
            return next_boundary();
        case State::kHeader:
            return next_header();
        case State::kEnded:
            input_ = {};
            return Event{.kind = Kind::kEnd, .data = {}};
        case State::kFailed:
            break;
    }
    return invalid("it was refused before");
}

Result<void> MultipartParser::finish() const {
    if (state_ != State::kEnded) {
        return invalid(
            "it ends before its closing boundary" +
            (state_ == State::kData ? ", in part '" + to_valid_utf8(part_.name) + "'" : "")
        );
    }
    return {};
}

// Data up to the next delimiter; kPartEnd (in the preamble: any end) once the delimiter was passed.
MultipartParser::Event MultipartParser::next_data() {
    if (!held_.empty()) {
        return resume_held();
    }
    if (input_.empty()) {
        return {.kind = Kind::kNeedMore, .data = {}};
    }
    const std::size_t found = input_.find(delimiter_);
    if (found == 0) {
        input_.remove_prefix(delimiter_.size());
        state_ = State::kBoundary;
        return {.kind = Kind::kPartEnd, .data = {}};
    }
    if (found != std::string_view::npos) {
        return out(std::exchange(input_, input_.substr(found)).substr(0, found));
    }
    // CR stands only at the delimiter's beginning, so the last one is the only candidate.
    const std::size_t last_cr = input_.rfind('\r');
    if (last_cr != std::string_view::npos && delimiter_.starts_with(input_.substr(last_cr))) {
        held_ = input_.substr(last_cr);
        const std::string_view data = input_.substr(0, last_cr);
        input_ = {};
        return data.empty() ? Event{.kind = Kind::kNeedMore, .data = {}} : out(data);
    }
    return out(std::exchange(input_, {}));
}

// Goes on comparing where the last read ended in the middle of what may be a delimiter.
MultipartParser::Event MultipartParser::resume_held() {
    const std::string_view wanted = std::string_view(delimiter_).substr(held_.size());
    const auto [in, want] = std::ranges::mismatch(input_, wanted);
    const auto matched = static_cast<std::size_t>(in - input_.begin());
    if (want == wanted.end()) {
        held_.clear();
        borrowed_ = 0;
        input_.remove_prefix(matched);
        state_ = State::kBoundary;
        return {.kind = Kind::kPartEnd, .data = {}};
    }
    if (in == input_.end()) {
        held_ += input_;
        input_ = {};
        return {.kind = Kind::kNeedMore, .data = {}};
    }
    passed_ = held_.substr(borrowed_);
    held_.clear();
    borrowed_ = 0;
    return passed_.empty() ? next_data() : out(passed_);
}

// Behind a delimiter: `--` ends the body, else white space and CR LF begin a part (kPartBegin).
Result<MultipartParser::Event> MultipartParser::next_boundary() {
    while (!input_.empty()) {
        const char c = input_.front();
        input_.remove_prefix(1);
        line_ += c;
        if (line_ == "--") {
            line_.clear();
            state_ = State::kEnded;
            return Event{.kind = Kind::kEnd, .data = {}};
        }
        if (line_.ends_with("\r\n")) {
            line_.clear();
            state_ = State::kHeader;
            return Event{.kind = Kind::kPartBegin, .data = {}};
        }
        const std::size_t first = line_.find_first_not_of(" \t");
        const bool is_padding =
            first == std::string::npos || (line_[first] == '\r' && first + 1 == line_.size());
        if ((!is_padding && line_ != "-") || line_.size() > kMaxPadding) {
            return invalid("unexpected bytes behind a boundary");
        }
    }
    return Event{.kind = Kind::kNeedMore, .data = {}};
}

Result<MultipartParser::Event> MultipartParser::next_header() {
    while (!input_.empty()) {
        const std::size_t end = input_.find('\n');
        const std::string_view piece =
            input_.substr(0, end == std::string_view::npos ? end : end + 1);
        if (line_.size() + piece.size() > limits_.header_bytes) {
            return fail(
                Code::kTooLarge,
                "PART_HEADER_TOO_LARGE",
                "multipart body: the header of part " + std::to_string(parts_ + 1) +
                    " is larger than " + std::to_string(limits_.header_bytes) + " bytes"
            );
        }
        line_ += piece;
        input_.remove_prefix(piece.size());
        if (line_ == "\r\n" || line_.ends_with("\r\n\r\n")) {
            SB_OK(parse_header());
            line_.clear();
            state_ = State::kData;
            borrow_line_end();
            return Event{.kind = Kind::kPartBegin, .data = {}};
        }
    }
    return Event{.kind = Kind::kNeedMore, .data = {}};
}

Result<void> MultipartParser::parse_header() {
    if (++parts_ > limits_.parts) {
        return fail(
            Code::kTooLarge,
            "TOO_MANY_PARTS",
            "multipart body: more than " + std::to_string(limits_.parts) + " parts"
        );
    }
    part_ = {};
    bool named = false;
    for (std::string_view rest = line_; !rest.empty();) {
        const std::size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
        const std::size_t colon = line.find(':');
        const std::string name = to_lower(trim(line.substr(0, colon)));
        const std::string_view value =
            colon == std::string_view::npos ? "" : trim(line.substr(colon + 1));
        if (name == "content-disposition") {
            SB_TRY(const HeaderValue disposition, parse_header_value(value));
            named = disposition.value == "form-data" && disposition.find("name").has_value();
            part_.name = disposition.find("name").value_or("");
            if (const auto filename = disposition.find("filename")) {
                part_.filename = *filename;
            }
        } else if (name == "content-type") {
            part_.content_type = value;
        }
    }
    if (!named) {
        return invalid("part " + std::to_string(parts_) + " has no form-data name");
    }
    return {};
}

}  // namespace signalbox::wire
