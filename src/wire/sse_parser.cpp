#include "wire/sse_parser.hpp"

#include "base/text.hpp"

#include <utility>

namespace signalbox::wire {

SseParser::SseParser(std::size_t max_event_bytes, std::string last_event_id)
    : max_event_bytes_(max_event_bytes),
      splitter_(max_event_bytes, [this](LineSplitter::Line line) { take_line(line); }),
      last_event_id_(std::move(last_event_id)),
      pending_id_(last_event_id_) {}

Result<void> SseParser::feed(std::string_view bytes) {
    if (!too_large_) {
        splitter_.feed(bytes);
    }
    if (too_large_) {
        return fail(
            Code::kTooLarge,
            "EVENT_TOO_LARGE",
            "an event of the stream is larger than " + std::to_string(max_event_bytes_) + " bytes"
        );
    }
    return {};
}

std::optional<SseEvent> SseParser::next() {
    if (ready_.empty()) {
        return std::nullopt;
    }
    SseEvent event = std::move(ready_.front());
    ready_.pop_front();
    return event;
}

void SseParser::take_line(LineSplitter::Line line) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    std::string_view text = line.text;
    if (std::exchange(at_start_, false) && text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    if (line.partial || data_.size() + text.size() > max_event_bytes_) {
        too_large_ = true;
    }
    if (too_large_) {
        return;
    }
    if (text.empty()) {
        dispatch();
        return;
    }
    const std::size_t colon = text.find(':');
    std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    take_field(text.substr(0, colon), value);
}

// A line beginning with a colon is a comment: its name is empty, and unknown names are skipped.
void SseParser::take_field(std::string_view name, std::string_view value) {
    if (name == "data") {
        if (std::exchange(has_data_, true)) {
            data_ += '\n';
        }
        data_ += value;
    } else if (name == "event") {
        event_ = value;
    } else if (name == "id" && !value.contains('\0')) {
        pending_id_ = value;
    } else if (name == "retry") {
        if (const auto wait = parse_number<std::uint32_t>(value)) {
            retry_ = std::chrono::milliseconds(*wait);
        }
    }
}

void SseParser::dispatch() {
    last_event_id_ = pending_id_;
    if (has_data_) {
        ready_.push_back(
            {.id = last_event_id_,
             .event = std::exchange(event_, {}),
             .data = std::exchange(data_, {})}
        );
    }
    event_.clear();
    data_.clear();
    has_data_ = false;
}

}  // namespace signalbox::wire
