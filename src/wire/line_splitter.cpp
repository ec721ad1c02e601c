#include "wire/line_splitter.hpp"

#include <utility>

namespace signalbox::wire {

LineSplitter::LineSplitter(std::size_t max_line_bytes, Sink sink)
    : max_line_bytes_(max_line_bytes), sink_(std::move(sink)) {}

void LineSplitter::feed(std::string_view bytes) {
    if (!bytes.empty() && std::exchange(skip_lf_, false) && bytes.front() == '\n') {
        bytes.remove_prefix(1);
    }
    while (!bytes.empty()) {
        const std::size_t end = bytes.find_first_of("\r\n");
        if (end == std::string_view::npos) {
            hold(bytes);
            return;
        }
        end_line(bytes.substr(0, end));
        const bool was_cr = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        if (was_cr && bytes.empty()) {
            skip_lf_ = true;
        } else if (was_cr && bytes.front() == '\n') {
            bytes.remove_prefix(1);
        }
    }
}

void LineSplitter::finish() {
    if (!held_.empty()) {
        end_line({});
    }
    skip_lf_ = false;
}

// Keeps at most the limit; one byte more shows that the line goes on, and the piece goes out.
void LineSplitter::hold(std::string_view piece) {
    while (held_.size() + piece.size() > max_line_bytes_) {
        const std::size_t room = max_line_bytes_ - held_.size();
        held_.append(piece.substr(0, room));
        piece.remove_prefix(room);
        sink_({.text = held_, .partial = true});
        held_.clear();
    }
    held_.append(piece);
}

void LineSplitter::end_line(std::string_view rest) {
    if (held_.empty() && rest.size() <= max_line_bytes_) {
        sink_({.text = rest, .partial = false});
        return;
    }
    hold(rest);
    sink_({.text = held_, .partial = false});
    held_.clear();
}

}  // namespace signalbox::wire
